//! What rewriting a definition changes: the rewriter speaks in the name of these.
//!
//! What breaks and how was seen with libvirt 9.0 and QEMU 7.2 (define and start of x86 elements on an aarch64 `virt` machine)
//! and read in libvirt 11.3, unless an entry names another version.

pub(super) mod boot;
pub(super) mod chipset;
pub(super) mod controllers;
pub(super) mod cpu;
pub(super) mod devices;
pub(super) mod disks;
pub(super) mod firmware;

use crate::compat::mode::Modes;
use crate::compat::rule::{Family, Rule};
use crate::compat::severity::Severity;

/// What they have in common.
const EDIT: Rule =
    Rule { family: Family::Rewrite, severity: Severity::Note, modes: Modes::REBUILD, ..Rule::BLANK };

/// Where it was seen what becomes of the elements of a PC.
const SEEN: &str = "observed: libvirt 9.0 and QEMU 7.2, elements of x86 guests on an aarch64 virt machine";
