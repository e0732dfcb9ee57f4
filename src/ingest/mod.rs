//! Readers: documents in, facts and problems out.

pub mod cpu_map;
