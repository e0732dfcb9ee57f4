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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Place, Sources, Span};

    const OLD: Version = Version::new(9, 0, 0);
    const NEW: Version = Version::new(11, 3, 0);

    /// A made-up descriptor.
    fn descriptor(path: &str, machine: &str, format: &str, features: &[&str]) -> Known<Firmware> {
        let firmware = Firmware {
            kind: FirmwareKind::Efi,
            executable: Some(path.to_owned()),
            nvram_template: Some(format!("{path}.vars")),
            mapping: FirmwareMapping::Split,
            format: format.to_owned(),
            template_format: format.to_owned(),
            targets: vec![(Arch::X86_64, vec![machine.to_owned()])],
            features: features.iter().map(ToString::to_string).collect(),
            told_by: DocumentKind::FirmwareDescriptor,
        };
        let source = Sources::default().add("made-up", "");
        Known::new(firmware, Place { source, span: Span::new(0, 0) })
    }

    /// The image that libvirt chooses for a plain guest on q35 that also asks for what `ask` adds.
    fn choice(
        firmware: &[Known<Firmware>],
        libvirt: Version,
        ask: impl FnOnce(&mut FirmwareRequest),
    ) -> Result<String, String> {
        let mut request = FirmwareRequest::plain(FirmwareKind::Efi, Arch::X86_64, "pc-q35-7.2");
        ask(&mut request);
        let one = chosen(firmware, &request, libvirt).map_err(|why| why.to_string())?;
        Ok(path(one).to_owned())
    }

    #[test]
    fn the_first_that_fits_is_chosen() {
        let all = [
            descriptor("/pc", "pc-i440fx-*", "raw", &[]),
            descriptor("/keys", "pc-q35-*", "raw", &["secure-boot", "enrolled-keys", "requires-smm"]),
            descriptor("/plain", "pc-q35-*", "raw", &["acpi-s3"]),
        ];
        let ask = |name: &'static str, on| {
            choice(&all, OLD, move |request| _ = request.features.insert(name.to_owned(), on))
        };
        assert_eq!(choice(&all, OLD, |_| ()).as_deref(), Ok("/keys"));
        assert_eq!(ask("secure-boot", false).as_deref(), Ok("/plain"));
        assert_eq!(ask("enrolled-keys", true).as_deref(), Ok("/keys"));
        assert_eq!(choice(&all, OLD, |request| request.needs = vec!["acpi-s3"]).as_deref(), Ok("/plain"));
        assert_eq!(
            choice(&all, OLD, |request| request.machine = "pc-i440fx-6.2".into()).as_deref(),
            Ok("/pc")
        );
        assert!(
            choice(&all, OLD, |request| request.machine = "q35".into()).is_err(),
            "an alias is no machine type"
        );
        assert!(
            choice(&all, Version::new(7, 0, 0), |request| {
                request.features.insert("secure-boot".to_owned(), false);
            })
            .is_ok_and(|path| path == "/keys")
        );
    }

    #[test]
    fn versions_differ_in_what_they_pass_over() {
        let all = [
            descriptor("/small", "pc-q35-*", "qcow2", &[]),
            descriptor("/smm", "pc-q35-*", "raw", &["requires-smm"]),
            descriptor("/plain", "pc-q35-*", "raw", &[]),
        ];
        assert!(choice(&all, OLD, |_| ()).is_err_and(|why| why.contains("not a raw image")));
        assert_eq!(choice(&all, NEW, |_| ()).as_deref(), Ok("/small"));
        let raw = |request: &mut FirmwareRequest| request.loader.format = Some("raw".into());
        assert_eq!(choice(&all, NEW, raw).as_deref(), Ok("/smm"));
        let without = |request: &mut FirmwareRequest| request.without_smm = true;
        assert!(choice(&all[1..], OLD, without).is_err_and(|why| why.contains("needs SMM")));
        assert_eq!(choice(&all[1..], NEW, without).as_deref(), Ok("/plain"));
    }

    #[test]
    fn a_guest_that_names_its_file_gets_what_belongs_to_it() {
        let all = [descriptor("/a", "pc-q35-*", "raw", &[]), descriptor("/b", "pc-q35-*", "raw", &[])];
        let named = |request: &mut FirmwareRequest| {
            request.auto = None;
            request.loader.kind = Some("pflash".into());
            request.loader.path = Some("/b".into());
        };
        assert_eq!(choice(&all, OLD, named).as_deref(), Ok("/b"));
        let beside = |request: &mut FirmwareRequest| request.loader.path = Some("/b".into());
        assert!(choice(&all, OLD, beside).is_err_and(|why| why.contains("before 9.2")));
        assert_eq!(choice(&all, NEW, beside).as_deref(), Ok("/b"));
    }
}
