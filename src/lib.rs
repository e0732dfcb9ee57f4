//! Portolan: which hosts each guest of a libvirt/KVM cluster can reach, and why not the others.

pub mod compat;
mod ingest;
pub mod knowledge;
pub mod model;
pub mod plan;
pub mod text;
