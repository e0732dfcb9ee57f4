//! What is true of the world, whatever an inventory says: CPU models and features, ARM cores,
//! machine types, and what each version of libvirt and QEMU changed.
//!
//! Each fact is a line of a data file of this project's own form, with its source named; the code
//! here only reads those lines.

mod abi;
pub mod arm;
mod data;
mod file_systems;
pub mod firmware;
mod huge_pages;
mod machines;
mod newer;
mod noticed;
pub mod os;
pub mod ports;
mod unmigratable;
pub mod versions;
pub mod x86;

pub use abi::{AbiDefault, AbiKind, AbiProperty, AbiScope, abi_scopes};
pub use file_systems::{FileSystem, Lie, file_system};
pub use huge_pages::{default_huge_page, huge_page_of, huge_sizes};
pub use machines::{
    DistributionMachine, MachineVersion, distribution_machines, nearest_machine, upstream_machines,
};
pub use newer::{Newer, Refuser, newer};
pub use noticed::{Noticed, all_noticed, noticed};
pub use unmigratable::{Unmigratable, unmigratable};
