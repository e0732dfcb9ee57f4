//! Portolan: which hosts each guest of a libvirt/KVM cluster can reach, and why not the others.

pub mod cli;
pub mod compat;
pub mod cpu;
pub mod generate;
pub mod ingest;
pub mod knowledge;
pub mod model;
pub mod plan;
pub mod report;
pub mod rewrite;
pub mod text;
