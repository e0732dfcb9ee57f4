//! What guests are made fit for: built-in targets, hosts, and what several hosts have in common.

mod board;
mod built_in;
mod fitting;
mod for_host;
mod offer;
mod offers;
mod on_arm;
mod on_x86;
mod pinned;
mod profile;
mod shared;
mod shelf;
mod site;

pub use board::{Board, Gap};
pub use fitting::{FirmwareWish, Fitting};
pub use offer::Offer;
pub use pinned::PinnedCpu;
pub use profile::{HEADROOM, Profile, SCSI_TARGETS};
pub use shelf::{FirmwareChoice, FirmwareFiles};
pub use site::Site;

pub(super) use for_host::has_family;
pub(super) use shelf::{Boot, Shelf};
