//! The choice among descriptors.
//!
//! libvirt 9.0 and 11.3, `qemuFirmwareFillDomain` and `qemuFirmwareMatchDomain`.

use super::request::{FirmwareRequest, LoaderRequest};
use crate::knowledge::versions::{Component, has};
use crate::model::{
    Arch, DocumentKind, Firmware, FirmwareKind, FirmwareMapping, Known, MachineFamily, Version,
    machine_family,
};

/// Why libvirt chooses no firmware for a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unchosen<'f> {
    /// What the guest says does not go together, whatever firmware there is.
    #[error("{0}")]
    Contradiction(&'static str),
    /// No descriptor fits; of a guest that names its file libvirt 9.0 then takes the pairs of `qemu.conf`.
    #[error("no descriptor of the host fits")]
    NoneFits,
    /// The first that fits needs System Management Mode, which the guest has switched off (libvirt before 9.2).
    #[error("'{}' needs SMM, and the guest has it switched off", path(.0))]
    NeedsSmm(&'f Known<Firmware>),
    /// The first that fits is an image of a format that libvirt before 9.2 does not take.
    #[error("'{}' is not a raw image, and libvirt before 9.2 takes no other", path(.0))]
    Format(&'f Known<Firmware>),
}

fn path(firmware: &Known<Firmware>) -> &str {
    firmware.value.executable.as_deref().unwrap_or_default()
}

/// The firmware that libvirt of this version chooses for the request: the first of the host's descriptors, in the order of
/// their file names, that fits.
///
/// libvirt 9.0 refuses every request where one descriptor of the host is broken; that is not looked at here, for broken
/// documents are told of as problems.
///
/// # Errors
/// [`Unchosen`], where libvirt refuses the guest, or finds no descriptor for it.
pub fn chosen<'f>(
    firmware: &'f [Known<Firmware>],
    request: &FirmwareRequest,
    libvirt: Version,
) -> Result<&'f Known<Firmware>, Unchosen<'f>> {
    // Since then paths may stand beside os@firmware, and images may be qcow2.
    let expands = has(Component::Libvirt, libvirt, "firmware-expanded");
    let mut request = request.clone();
    if !has(Component::Libvirt, libvirt, "firmware-features") {
        request.features.clear();
    }
    let request = &request;
    if let Some(contradiction) = contradiction(request, expands) {
        return Err(Unchosen::Contradiction(contradiction));
    }
    let mut described = firmware.iter().filter(|one| one.value.told_by == DocumentKind::FirmwareDescriptor);
    let first = described.find(|one| fits(&one.value, request, expands)).ok_or(Unchosen::NoneFits)?;
    match &first.value {
        one if request.without_smm && one.has("requires-smm") => Err(Unchosen::NeedsSmm(first)),
        one if !expands && one.mapping.is_flash() && one.format != "raw" => Err(Unchosen::Format(first)),
        _ => Ok(first),
    }
}

/// What libvirt says against the guest before it looks at any firmware (libvirt 9.0, `virDomainDefOSValidate` and
/// `qemuValidateDomainDefBoot`).
fn contradiction(request: &FirmwareRequest, expands: bool) -> Option<&'static str> {
    let loader = &request.loader;
    let asks = |feature: &str, enabled| request.features.get(feature) == Some(&enabled);
    let q35 = request.arch == Arch::X86_64 && machine_family(&request.machine) == Some(MachineFamily::Q35);
    let named = loader.path.is_some() || loader.kind.is_some() || loader.template.is_some();
    if loader.secure == Some(true) && !q35 {
        return Some("a loader that is secure exists on q35 only");
    }
    if asks("enrolled-keys", true) && asks("secure-boot", false) {
        return Some("keys cannot be enrolled without Secure Boot");
    }
    if request.auto == Some(FirmwareKind::Bios) && loader.nvram {
        return Some("a BIOS has no variables");
    }
    let auto = request.auto.is_some() && !expands;
    (auto && (named || loader.secure == Some(false) || loader.readonly.is_some()))
        .then_some("libvirt before 9.2 takes no loader and no template beside os@firmware")
}

/// Whether libvirt takes the firmware for one that the request means; `expands` since 9.2.
fn fits(firmware: &Firmware, request: &FirmwareRequest, expands: bool) -> bool {
    Some(firmware.kind) == kind(request)
        && has_files(firmware, &request.loader)
        && firmware.is_for_machine(&request.arch, &request.machine)
        && has_features(firmware, request, expands)
        && is_mapped(firmware, &request.loader, expands)
}

/// What is asked for; a loader in flash is UEFI.
fn kind(request: &FirmwareRequest) -> Option<FirmwareKind> {
    let by_loader = || match request.loader.kind.as_deref() {
        Some("pflash") => Some(FirmwareKind::Efi),
        Some("rom") => Some(FirmwareKind::Bios),
        _ => None,
    };
    request.auto.or_else(by_loader)
}

fn has_files(firmware: &Firmware, loader: &LoaderRequest) -> bool {
    let same = |asked: &Option<String>, has: &Option<String>| asked.is_none() || asked == has;
    same(&loader.path, &firmware.executable) && same(&loader.template, &firmware.nvram_template)
}

/// The features that a guest may ask for or against.
const SWITCHES: [&str; 2] = ["secure-boot", "enrolled-keys"];

fn has_features(firmware: &Firmware, request: &FirmwareRequest, expands: bool) -> bool {
    let switched = |name: &&str| request.features.get(*name).is_none_or(|asked| *asked == firmware.has(name));
    let smm = firmware.has("requires-smm");
    SWITCHES.iter().all(switched)
        && request.needs.iter().all(|need| firmware.has(need))
        && !(expands && smm && request.without_smm)
        && request.loader.secure.is_none_or(|secure| secure == smm)
}

/// Whether libvirt takes a firmware that is mapped so: flash is split unless nothing is to be stored. Since 9.2 one that guests
/// may write to is never chosen.
fn is_mapped(firmware: &Firmware, loader: &LoaderRequest, expands: bool) -> bool {
    let kind = |kind: &str| !expands || loader.kind.as_deref().is_none_or(|asked| asked == kind);
    let image = !expands || loader.format.as_ref().is_none_or(|asked| *asked == firmware.format);
    let flash =
        if loader.stateless == Some(true) { FirmwareMapping::Stateless } else { FirmwareMapping::Split };
    let written = expands && loader.readonly == Some(false);
    image
        && !written
        && match firmware.mapping {
            FirmwareMapping::Kernel => false,
            FirmwareMapping::Memory => kind("rom"),
            mapping => mapping == flash && kind("pflash"),
        }
}
