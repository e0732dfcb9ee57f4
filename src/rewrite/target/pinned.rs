//! A CPU by a baseline.

use crate::cpu::x86::Definition;

/// A CPU that a guest gets, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedCpu {
    /// The CPU.
    pub definition: Definition,
    /// Why it is not what it was.
    pub reason: &'static str,
}
