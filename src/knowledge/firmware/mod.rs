//! Firmware: which of a host's descriptors libvirt chooses for a guest, and whether the files that one names are there.

mod flash;
mod request;
mod select;
mod there;
mod to_uefi;

pub use flash::{FlashImage, not_padded, padded};
pub use request::{FirmwareRequest, LoaderRequest};
pub use select::{Unchosen, chosen};
pub use there::{image_is_there, is_there};
pub use to_uefi::step_to_uefi;
