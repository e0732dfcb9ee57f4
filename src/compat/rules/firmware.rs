//! What starts a guest.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::{Pair, Subject};
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::compat::severity::Severity;
use crate::knowledge::firmware::{FirmwareRequest, chosen, image_is_there, not_padded};
use crate::model::{DocumentKind, Firmware, FirmwareKind, FirmwareMapping, Known};
use crate::text::Place;

const RULE: Rule = Rule { family: Family::Firmware, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "firmware-not-offered",
        summary: "The guest needs UEFI and the host has none for it",
        explanation: "A guest with os@firmware='efi' or a pflash loader needs a UEFI image of its architecture on \
                      the host; every guest of ARM's `virt` does. libvirt lists what it can select in \
                      domcapabilities (os/enum firmware, libvirt 5.3 and newer); before that, descriptors, the nvram \
                      setting of qemu.conf or the package's files tell.",
        remedy: "install the firmware on the host: ovmf for x86, qemu-efi-aarch64 or edk2-aarch64 for ARM",
        example: "<os supported='yes'><enum name='firmware'><value>bios</value></enum></os>",
        near_miss: "<os supported='yes'><enum name='firmware'><value>bios</value><value>efi</value></enum></os>",
        shown_in: (Side::Target, DocumentKind::DomainCapabilities),
        beside: &[Excerpt::here(
            DocumentKind::Domain,
            "<os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        )],
        references: &["formatdomaincaps, BIOS bootloader: firmware", "libvirt 9.0, qemuFirmwareFillDomain"],
        needs: &[
            DocumentKind::Domain,
            DocumentKind::Capabilities,
            DocumentKind::DomainCapabilities,
            DocumentKind::FirmwareDescriptor,
            DocumentKind::PackageListing,
            DocumentKind::QemuConf,
        ],
        check: Check::Pair(firmware_not_offered),
        ..RULE
    },
    Rule {
        id: "loader-absent",
        modes: Modes::AS_IT_IS,
        summary: "The definition names a firmware file that the host does not have",
        explanation: "<loader> is a path on the host. Where the file is missing libvirt accepts the definition and \
                      the start fails (\"unable to find any master var store for loader\", libvirt 9.0).",
        remedy: "let libvirt select the firmware (os@firmware='efi', no <loader>), or install that very file",
        example: "<os>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <loader readonly='yes' type='pflash'>/usr/share/edk2/ovmf/OVMF_CODE.fd</loader>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\n\
                    </os>",
        beside: &[Excerpt::there(
            DocumentKind::DomainCapabilities,
            "<os supported='yes'>\n  \
             <loader supported='yes'><value>/usr/share/OVMF/OVMF_CODE_4M.fd</value></loader>\n\
             </os>",
        )],
        references: &["libvirt 9.0, qemuPrepareNVRAM", "formatdomaincaps, BIOS bootloader: loader"],
        needs: &[
            DocumentKind::Domain,
            DocumentKind::Capabilities,
            DocumentKind::DomainCapabilities,
            DocumentKind::FirmwareDescriptor,
            DocumentKind::PackageListing,
            DocumentKind::QemuConf,
        ],
        mend: Some(Mend::SILENT),
        check: Check::Pair(loader_absent),
        ..RULE
    },
    Rule {
        id: "bios-on-arm",
        severity: Severity::Warning,
        modes: Modes::REBUILD,
        summary: "The guest boots by BIOS; ARM's `virt` boots by UEFI only",
        explanation: "The rewritten guest starts UEFI, which looks for \\EFI\\BOOT\\BOOTAA64.EFI on an EFI system \
                      partition. A disk made for BIOS has none, but the image is built anew for aarch64 anyway.",
        remedy: "build the aarch64 image with an EFI system partition",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        near_miss: "<os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        beside: &[Excerpt::ARM_HOST],
        references: &["formatdomain, BIOS bootloader", "UEFI specification, Removable Media Boot Behavior"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        check: Check::Pair(bios_on_arm),
        ..RULE
    },
    Rule {
        id: "firmware-request-unmet",
        modes: Modes::COLD,
        summary: "No firmware of the host has what the guest asks of it",
        explanation: "Where os@firmware lets libvirt choose, it takes the first descriptor of the host that fits: by machine type, \
                      and by what the guest asks beyond that, which are firmware/feature (Secure Boot, enrolled keys), loader \
                      (stateless), SMM switched off, S3 and S4 switched on, and memory encryption. Where none fits the start \
                      fails (\"Unable to find any firmware to satisfy 'efi'\", libvirt 9.0). It fails as well where the image \
                      of the one that fits is not there, as on Debian 12, whose 50-edk2-aarch64-secure.json names a file of no \
                      package. A running guest keeps the firmware it has.",
        remedy: "install firmware that has it, or ask for none that the guest can do without",
        example: "<os firmware='efi'>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <firmware><feature enabled='yes' name='secure-boot'/></firmware>\n\
                  </os>",
        near_miss: "<os firmware='efi'>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                    <firmware><feature enabled='no' name='secure-boot'/></firmware>\n\
                    </os>",
        beside: &[Excerpt::there(
            DocumentKind::FirmwareDescriptor,
            r#"{"interface-types": ["uefi"], "mapping": {"device": "flash",
                "executable": {"filename": "/usr/share/OVMF/OVMF_CODE_4M.fd", "format": "raw"},
                "nvram-template": {"filename": "/usr/share/OVMF/OVMF_VARS_4M.fd", "format": "raw"}},
                "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]}], "features": []}"#,
        )],
        references: &[
            "observed: libvirt 9.0, a thousand requests among made-up descriptors",
            "libvirt 9.0, qemuFirmwareMatchDomain",
            "QEMU, docs/interop/firmware.json",
        ],
        needs: &[
            DocumentKind::Domain,
            DocumentKind::Version,
            DocumentKind::Capabilities,
            DocumentKind::DomainCapabilities,
            DocumentKind::FirmwareDescriptor,
            DocumentKind::PackageListing,
        ],
        check: Check::Pair(firmware_request_unmet),
        ..RULE
    },
    Rule {
        id: "firmware-not-padded",
        modes: Modes::AS_IT_IS,
        summary: "The guest's UEFI image is not padded to the size of a flash chip",
        explanation: "The flash of ARM's `virt` has 64 MiB, and QEMU takes no image of another size: \"device requires 67108864 \
                      bytes, block backend provides 2097152 bytes\" (QEMU 7.2). Distributions ship the image twice: QEMU_EFI.fd \
                      as it was built, and padded as AAVMF_CODE.fd or QEMU_EFI-pflash.raw. libvirt accepts the definition, and \
                      the start fails.",
        remedy: "name the padded image, or let libvirt choose (os@firmware='efi', no <loader>)",
        example: "<os>\n  \
                  <type arch='aarch64' machine='virt-7.2'>hvm</type>\n  \
                  <loader readonly='yes' type='pflash'>/usr/share/qemu-efi-aarch64/QEMU_EFI.fd</loader>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='aarch64' machine='virt-7.2'>hvm</type>\n  \
                    <loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>\n\
                    </os>",
        beside: &[Excerpt::ARM_HOST],
        references: &[
            "observed: QEMU 7.2 with Debian 12's qemu-efi-aarch64",
            "src/knowledge/data/arm-flash.txt names a source for each image",
        ],
        needs: &[DocumentKind::Domain],
        check: Check::Guests(firmware_not_padded),
        ..RULE
    },
];

fn firmware_request_unmet(pair: &Pair<'_>, findings: &mut Findings) {
    let started_with = pair.guest.firmware.started_with.as_ref();
    if let Some(loader) = started_with.filter(|_| pair.foreign() == Some(false)) {
        let what = "what the stored definition asks of firmware";
        findings.missing(DocumentKind::Domain, what, Some(loader.place));
        return;
    }
    let Some((asked, what)) = asked(pair).filter(|_| pair.foreign() == Some(false)) else { return };
    let why = match unmet(pair) {
        Ok(None) => return,
        Ok(Some(why)) => why,
        Err(document) => {
            findings.missing(document, "which firmware the host's libvirt would choose", Some(asked));
            return;
        }
    };
    let place = pair.target.firmware.get().map(|all| all.place);
    findings.fire(why, Some(asked), what).and(place, "the host's firmware");
}

/// What the guest asks of the firmware that libvirt is to choose, beyond that it is one for its machine.
fn asked(pair: &Pair<'_>) -> Option<(Place, &'static str)> {
    let need = &pair.guest.firmware;
    need.auto.as_ref()?;
    let feature = need.features.values().next().map(|known| (known.place, "asks for a feature"));
    let loader =
        need.stateless.as_ref().or(need.secure.as_ref()).map(|known| (known.place, "asks of its loader"));
    let suspend = need.suspends.first().map(|known| (known.place, "is to suspend"));
    let secret = pair.guest.launch_security.as_ref().map(|known| (known.place, "asks for encrypted memory"));
    let smm =
        pair.guest.features.iter().find(|f| f.value.name == "smm" && f.value.value.as_deref() == Some("off"));
    let smm = smm.map(|known| (known.place, "has no SMM"));
    feature.or(loader).or(suspend).or(secret).or(smm)
}

/// Why libvirt would start the guest with no firmware; `None` where it would.
fn unmet(pair: &Pair<'_>) -> Result<Option<String>, DocumentKind> {
    let host = pair.target;
    host.emulators.ask()?;
    let (arch, machine) = (pair.guest.arch.ask()?.value.clone(), pair.guest.machine.ask()?.value);
    let request = FirmwareRequest::of(pair.guest, arch.clone(), host.canonical_machine(&arch, machine));
    let firmware = host.firmware.ask()?;
    if firmware.value.iter().all(|one| one.value.told_by != DocumentKind::FirmwareDescriptor) {
        return Err(DocumentKind::FirmwareDescriptor);
    }
    let one = match chosen(&firmware.value, &request, host.libvirt.ask()?.value) {
        Ok(one) => &one.value,
        Err(why) => return Ok(Some(format!("the host's libvirt chooses no firmware for it: {why}"))),
    };
    let path = one.executable.as_deref().unwrap_or_default();
    let listed = one.mapping == FirmwareMapping::Split && one.format == "raw";
    match image_is_there(host, one) {
        Some(false) => Ok(Some(format!("the host's libvirt would choose '{path}', which is not there"))),
        None if listed => Err(DocumentKind::DomainCapabilities),
        _ => Ok(None),
    }
}

fn firmware_not_padded(subject: &Subject<'_>, findings: &mut Findings) {
    let firmware = &subject.guest.firmware;
    let flash = firmware.loader_type.as_ref().is_some_and(|kind| kind.value == "pflash");
    let Some(loader) = firmware.loader.as_ref().filter(|_| flash) else { return };
    if let Some(image) = not_padded(loader.value.trim()) {
        let message = format!("{} is not padded to the 64 MiB of a flash chip of virt", image.name);
        findings.fire(message, Some(loader.place), "the guest's loader");
    }
}

fn firmware_not_offered(pair: &Pair<'_>, findings: &mut Findings) {
    let need = &pair.guest.firmware;
    let wanted = need.auto.as_ref().map(|k| k.place).or(need.loader.as_ref().map(|k| k.place));
    let wanted = wanted.or(need.nvram.as_ref().map(|k| k.place)).or(pair.guest.machine.place());
    let rebuilt = pair.rebuilt_for_arm();
    let native = pair.guest.firmware.kind() == FirmwareKind::Efi && pair.foreign() == Some(false);
    if !rebuilt && !native {
        return;
    }
    let modes = if rebuilt { Modes::REBUILD } else { Modes::AS_IT_IS };
    match offers_efi(pair) {
        Ok(offer) if offer.value => {}
        Ok(offer) => {
            let firing = findings.fire("the host offers no UEFI for this guest", wanted, "needs UEFI");
            firing.and(Some(offer.place), "what the host offers").only(modes);
        }
        Err(document) => {
            findings.missing(document, "whether the host has UEFI", wanted).only(modes);
        }
    }
}

/// Whether the host has UEFI for the guests: domcapabilities says so, else the firmware found on it.
fn offers_efi(pair: &Pair<'_>) -> Result<Known<bool>, crate::model::DocumentKind> {
    let told = pair.offer().ok().and_then(|offer| offer.firmware.get());
    if let Some(kinds) = told {
        return Ok(Known::new(kinds.value.contains(&FirmwareKind::Efi), kinds.place));
    }
    let arch = if pair.foreign() == Some(true) { pair.target.arch.value() } else { pair.arch() };
    let firmware = pair.target.firmware.ask()?;
    let found = firmware
        .value
        .iter()
        .find(|f| f.value.kind == FirmwareKind::Efi && arch.is_some_and(|arch| f.value.is_for(arch)));
    Ok(found.map_or(Known::new(false, firmware.place), |found| Known::new(true, found.place)))
}

fn loader_absent(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(loader) = &pair.guest.firmware.loader else { return };
    let listed = pair.offer().ok().and_then(|offer| offer.loaders.get());
    let found = pair.target.firmware.get();
    if let (None, Err(document)) = (listed, pair.target.firmware.ask()) {
        findings.missing(document, "which firmware files the host has", Some(loader.place));
        return;
    }
    let by_list = listed.is_some_and(|list| list.value.contains(&loader.value));
    let has = |f: &Known<Firmware>| f.value.executable.as_deref() == Some(&loader.value);
    if by_list || found.is_some_and(|list| list.value.iter().any(has)) {
        return;
    }
    let place: Option<Place> = listed.map(|list| list.place).or(found.map(|list| list.place));
    let message = format!("the host does not have the firmware file '{}'", loader.value);
    findings.fire(message, Some(loader.place), "the guest's loader").and(place, "the host's firmware");
}

fn bios_on_arm(pair: &Pair<'_>, findings: &mut Findings) {
    if pair.rebuilt_for_arm() && pair.guest.firmware.kind() == FirmwareKind::Bios {
        findings.fire(
            "the guest boots by BIOS and will boot by UEFI",
            pair.guest.machine.place(),
            "a PC with BIOS",
        );
    }
}
