//! What disks are called and on which bus they are.

use std::borrow::Cow;

use super::said::{Said, child_value};
use crate::model::guessed_bus;

/// The bus of a disk; what libvirt guesses from the target's name where none is said.
pub(super) fn bus<'s>(disk: impl Said<'s>) -> Cow<'s, str> {
    let said = child_value(disk, "target", "bus");
    said.unwrap_or_else(|| guessed_bus(&target(disk)).into())
}

/// The name of a disk inside the guest, such as `vda`.
pub(super) fn target<'s>(disk: impl Said<'s>) -> Cow<'s, str> {
    child_value(disk, "target", "dev").unwrap_or_default()
}

/// The number of a disk's letters: `sda` is 0 (`virDiskNameToIndex`).
pub(super) fn name_index(name: &str) -> Option<u32> {
    let letters = ["xvd", "hd", "sd", "vd", "fd", "ubd"].iter().find_map(|p| name.strip_prefix(p))?;
    let letters = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    let counted = letters.bytes().try_fold(0_u32, |sum, b| {
        let letter = b.is_ascii_lowercase().then(|| u32::from(b - b'a') + 1)?;
        sum.checked_mul(26)?.checked_add(letter)
    });
    counted?.checked_sub(1)
}
