//! Portolan: which hosts each guest of a libvirt/KVM cluster can reach, and why not the others.

pub mod ingest;
pub mod model;
pub mod text;
