//! Firmware: which of a host's descriptors libvirt chooses for a guest, and whether the files that one names are there.

mod request;
mod select;
mod there;

pub use request::{FirmwareRequest, LoaderRequest};
pub use select::{Unchosen, chosen};
pub use there::is_there;
