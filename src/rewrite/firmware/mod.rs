//! What starts a guest: UEFI for a `virt` machine, what a PC named and its new host has not, and the same firmware said another
//! way, or UEFI for a BIOS.

mod decide;
mod edits;
mod fit;
mod foresee;
mod on_virt;
mod on_x86;
mod secure;
#[cfg(test)]
mod tests;

pub(super) use fit::fit;
pub(super) use foresee::Foresight;
pub(super) use on_virt::pass;
pub(super) use on_x86::pass as on_x86;
