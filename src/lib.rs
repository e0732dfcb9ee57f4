//! Portolan: which hosts each guest of a libvirt/KVM cluster can reach, and why not the others.

pub mod model;
pub mod rewrite;
pub mod text;
