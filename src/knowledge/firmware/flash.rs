//! Whether an image fits the flash of an ARM machine.

use std::sync::LazyLock;

use crate::knowledge::data::rows;

/// An image of UEFI for aarch64, known by the name of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlashImage {
    /// The name of its file.
    pub name: &'static str,
    /// Whether it is padded to the 64 MiB of a flash chip of `virt`.
    pub padded: bool,
    /// Where it is from.
    pub source: &'static str,
}

static IMAGES: LazyLock<Vec<FlashImage>> = LazyLock::new(|| {
    let lines = rows::<3>(include_str!("../data/arm-flash.txt"));
    lines.map(|[name, padded, source]| FlashImage { name, padded: padded == "yes", source }).collect()
});

/// The image at `path`, where its name is known to be one that QEMU refuses as flash: it "requires 67108864 bytes" (QEMU 7.2,
/// `pflash_cfi01`).
pub fn not_padded(path: &str) -> Option<&'static FlashImage> {
    let name = path.rsplit('/').next().unwrap_or(path);
    IMAGES.iter().find(|image| image.name == name && !image.padded)
}

/// The names of images that are padded.
pub fn padded() -> impl Iterator<Item = &'static str> {
    IMAGES.iter().filter(|image| image.padded).map(|image| image.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::data::assert_rows;

    #[test]
    fn every_line_is_read() {
        assert_rows::<3>(include_str!("../data/arm-flash.txt"));
        assert!(not_padded("/usr/share/qemu-efi-aarch64/QEMU_EFI.fd").is_some());
        assert!(not_padded("/usr/share/AAVMF/AAVMF_CODE.fd").is_none() && not_padded("QEMU.fd").is_none());
        assert!(padded().any(|name| name == "QEMU_EFI-pflash.raw"));
    }
}
