//! Devices of a guest, as far as they decide where it can run.

use super::{Known, Name};

/// A disk, without what is personal to the guest (its source is a [`DiskSource`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Disk {
    /// `@device`: `disk`, `cdrom`, `floppy`, `lun`; `disk` where it is not said.
    pub device: Known<Name>,
    /// `target@bus`; where it is not said, what libvirt guesses from the target's name.
    pub bus: Known<Name>,
    /// `<shareable/>`
    pub shareable: bool,
    /// `<readonly/>`
    pub readonly: bool,
    /// `<transient/>`
    pub transient: Option<Known<()>>,
    /// `driver@cache`
    pub cache: Option<Known<Name>>,
}

/// The bus that libvirt takes for a disk whose target names none (`virDomainDiskDefAssignBus`,
/// libvirt 11.3).
pub fn guessed_bus(target: &str) -> &'static str {
    const BUSES: [(&str, &str); 6] =
        [("fd", "fdc"), ("vd", "virtio"), ("sd", "scsi"), ("xvd", "xen"), ("ub", "uml"), ("hd", "ide")];
    BUSES.iter().find(|(prefix, _)| target.starts_with(prefix)).map_or("ide", |(_, bus)| bus)
}

/// Where a disk's bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// No medium.
    Empty,
    /// `type='file'`
    File,
    /// `type='block'`
    Block,
    /// `type='network'`
    Network,
    /// `type='volume'`
    Volume,
    /// `type='nvme'`
    Nvme,
    /// Any other type.
    Other,
}

/// A disk's source: personal to the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSource {
    /// `target@dev`, such as `vda`.
    pub target: Name,
    /// What kind of source.
    pub kind: SourceKind,
    /// The file, device, or `pool/volume`; the place of the disk where there is none.
    pub source: Known<String>,
    /// Whether nothing is written to it.
    pub readonly: bool,
    /// Whether several guests may write to it.
    pub shareable: bool,
    /// `@device`: `disk`, `cdrom`, `floppy`, `lun`.
    pub device: Name,
    /// `driver@cache`
    pub cache: Option<Known<Name>>,
    /// Where a job copies it to another image (`mirror`).
    pub mirror: Option<Known<()>>,
    /// `boot@order`: the guest starts from the lowest one.
    pub boot_order: Option<u32>,
}

/// A controller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Controller {
    /// `@type`: `pci`, `usb`, `scsi`, ...
    pub kind: Known<Name>,
    /// `@index`.
    pub index: Option<u32>,
    /// `@model`.
    pub model: Option<Known<Name>>,
}

/// Any other device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Device {
    /// The element's name: `interface`, `video`, `hostdev`, `input`, ...
    pub element: Known<Name>,
    /// `@type` or `@mode`, whichever the element has.
    pub kind: Option<Known<Name>>,
    /// The model: `model@type`, `@model` or `model@name`, whichever the element has.
    pub model: Option<Known<Name>>,
    /// `@bus` or `target@type`, whichever the element has.
    pub bus: Option<Known<Name>>,
    /// The network or bridge of an interface.
    pub network: Option<Known<Name>>,
}
