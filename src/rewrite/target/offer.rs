//! What targets may lack.

/// Something that a target may or may not offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Offer {
    /// SPICE graphics
    Spice,
    /// USB redirection
    UsbRedirection,
    /// A TPM (`tpm-tis`, version 2.0)
    Tpm,
    /// The panic device `pvpanic` on PCI (libvirt 9.1, QEMU 6.0)
    PanicDevice,
    /// The IOMMU `smmuv3` (libvirt 5.5, QEMU 3.0)
    Smmuv3,
    /// `os/firmware/feature`, told apart by libvirt 8.6 and newer
    FirmwareFeatures,
    /// The chosen firmware's files beside `firmware='efi'` (libvirt 9.2)
    FirmwareExpanded,
}
