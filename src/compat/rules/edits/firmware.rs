//! Firmware: UEFI instead of a BIOS, named or chosen by libvirt.

use super::{EDIT, SEEN};
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

/// Where it was seen and read how libvirt chooses.
const CHOICE: &str = "observed: libvirt 9.0 among Debian's descriptors and made-up ones; libvirt 11.3, qemuFirmwareMatchDomain";

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "bios-firmware",
        severity: Severity::Warning,
        summary: "A virt machine is started by UEFI, not by a BIOS",
        explanation: "A virt machine has no BIOS, and a guest with <acpi/> is not even defined without UEFI (\"ACPI \
                      requires UEFI on this architecture\"). The rewriter asks for firmware='efi', or names the files \
                      where the target's libvirt cannot choose. The guest's disk needs an EFI system partition.",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        near_miss: "<os firmware='efi'>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n\
                    </os>",
        references: &[SEEN, "formatdomain, BIOS bootloader: firmware"],
        needs: &[DocumentKind::Domain, DocumentKind::Version, DocumentKind::DomainCapabilities],
        mend: Some(Mend::unsafe_noticed(&["firmware-uefi"])),
        ..EDIT
    },
    Rule {
        id: "x86-firmware-files",
        severity: Severity::Warning,
        summary: "Loader and NVRAM are files for x86; the target has its own",
        explanation: "An OVMF image holds x86 code, and its NVRAM template goes with it. Kept beside firmware='efi' \
                      they are refused (\"cannot be specified when firmware autoselection is enabled\", libvirt 9.0); \
                      without it the start fails (\"unable to find any master var store for loader\"). The rewriter \
                      drops them, and the guest gets the target's own UEFI with fresh variables.",
        example: "<os>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\n\
                  </os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        references: &[
            SEEN,
            "formatdomain, BIOS bootloader: loader, nvram",
            "libvirt 9.0, qemuFirmwareFillDomain",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Version, DocumentKind::DomainCapabilities],
        mend: Some(Mend::unsafe_noticed(&["firmware-variables"])),
        ..EDIT
    },
    Rule {
        id: "firmware-autoselection",
        summary: "The target's libvirt is older than 5.3 and cannot choose firmware by itself",
        explanation: "libvirt chooses firmware by its descriptors since 5.3; older ones ignore os@firmware, and the \
                      guest starts without UEFI. For such a target the rewriter writes <loader> and <nvram> with the \
                      files that are known on it. The guest gets the same UEFI as by choice.",
        example: "<os firmware='efi'>\n  \
                  <type arch='aarch64' machine='virt-2.12'>hvm</type>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='aarch64' machine='virt-2.12'>hvm</type>\n  \
                    <loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>\n\
                    </os>",
        references: &[
            "libvirt 5.3, NEWS: Enable firmware autoselection",
            "formatdomain, BIOS bootloader: firmware",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Version, DocumentKind::DomainCapabilities],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "firmware-expanded",
        summary: "Libvirt 9.2 and newer write the chosen files beside firmware='efi', which older ones refuse",
        explanation: "Since 9.2 libvirt writes the files that it chose, and their formats, beside firmware='efi'. An \
                      older one refuses the loader there (\"cannot be specified when firmware autoselection is \
                      enabled\", libvirt 9.0) and chooses again by itself. The guest's variables stay: the path of \
                      <nvram> is kept.",
        example: "<os firmware='efi'>\n  \
                  <type arch='aarch64' machine='virt-2.12'>hvm</type>\n  \
                  <loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>\n  \
                  <nvram>/var/lib/libvirt/qemu/nvram/g.fd</nvram>\n\
                  </os>",
        near_miss: "<os firmware='efi'>\n  \
                    <type arch='aarch64' machine='virt-2.12'>hvm</type>\n  \
                    <nvram>/var/lib/libvirt/qemu/nvram/g.fd</nvram>\n\
                    </os>",
        references: &["libvirt 9.2, NEWS", "observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Version],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "secure-boot",
        severity: Severity::Warning,
        summary: "Secure Boot with SMM exists on q35 only; whether firmware has enrolled keys must be said",
        explanation: "Secure Boot as libvirt has it for x86 needs SMM, which q35 alone has (\"Secure boot is \
                      supported with q35 machine types only\"). An aarch64 guest keeps Secure Boot where the target is \
                      certain to have firmware for it with enrolled keys; else it goes without, which is for a person to \
                      decide. Where nothing is said, Debian 12 chooses a firmware with enrolled keys for firmware='efi', and \
                      UEFI refuses any loader that is not signed (\"Security Violation\"). So it is said with which, where \
                      libvirt is 8.6 or newer and can be asked.",
        example: "<os firmware='efi'>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <firmware><feature enabled='yes' name='secure-boot'/></firmware>\n\
                  </os>",
        near_miss: "<os firmware='efi'>\n  \
                    <type arch='aarch64' machine='virt-2.12'>hvm</type>\n  \
                    <firmware><feature enabled='no' name='secure-boot'/></firmware>\n\
                    </os>",
        references: &[
            SEEN,
            "formatdomain, BIOS bootloader: firmware, feature",
            "libvirt knowledge base, Secure Boot",
        ],
        needs: &[
            DocumentKind::Domain,
            DocumentKind::Version,
            DocumentKind::FirmwareDescriptor,
            DocumentKind::PackageListing,
        ],
        mend: Some(Mend::unsafe_noticed(&["secure-boot"])),
        ..EDIT
    },
    Rule {
        id: "nvram-contents",
        severity: Severity::Warning,
        summary: "The variables in the NVRAM, boot entries among them, do not move",
        explanation: "The NVRAM file holds what UEFI remembers: boot entries, enrolled keys, settings. It is made for \
                      the old firmware and does not fit another architecture's. What is in it must be noted by a \
                      person before the guest is rebuilt.",
        example: "<os firmware='efi'>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <nvram>/var/lib/libvirt/qemu/nvram/g_VARS.fd</nvram>\n\
                  </os>",
        near_miss: "<os firmware='efi'>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n\
                    </os>",
        references: &["formatdomain, BIOS bootloader: nvram", "libvirt 9.0, qemuPrepareNVRAM"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "firmware-by-name",
        summary: "The guest names its UEFI image; libvirt can choose it",
        explanation: "Paths of images differ from distribution to distribution and change with packages, so a guest that \
                      names its own cannot be started everywhere. With firmware='efi' libvirt chooses by the descriptors of the \
                      host (libvirt 5.3), and firmware/feature says what counts (libvirt 7.2). Portolan foresees the choice and \
                      asks for the features of the image that was named. Where another image is chosen, 4 MiB in place of 2 MiB \
                      for instance, the variables are to be made anew: they were made for the other one.",
        remedy: "rewrite the guest with --firmware auto, to let libvirt choose",
        example: "<os>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\n\
                  </os>",
        near_miss: "<os firmware='efi'>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n\
                    </os>",
        references: &[CHOICE, "virsh(1), start: --reset-nvram"],
        needs: &[DocumentKind::Domain, DocumentKind::Version, DocumentKind::FirmwareDescriptor],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "firmware-by-choice",
        summary: "Libvirt chooses the guest's firmware; it can be named",
        explanation: "What libvirt chooses for firmware='efi' depends on the descriptors of the host that starts the guest, and \
                      on Debian 12 it is an image with enrolled keys, which starts no unsigned loader. Named, code and variables \
                      are the same wherever the files are. An image that needs System Management Mode is named with \
                      secure='yes' and <smm state='on'/>: libvirt refuses the one without the other (\"Secure boot requires SMM \
                      feature enabled\").",
        remedy: "rewrite the guest with --firmware explicit, to name it",
        example: "<os firmware='efi'>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\n\
                    </os>",
        references: &[CHOICE, "observed: libvirt 9.0, a secure loader without SMM"],
        needs: &[DocumentKind::Domain, DocumentKind::Version, DocumentKind::FirmwareDescriptor],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "pc-bios",
        severity: Severity::Warning,
        summary: "The guest starts from a PC BIOS and is to start from UEFI",
        explanation: "SeaBIOS starts what the first sector of a disk holds, UEFI a file of an EFI system partition. The \
                      definition changes by a word; the disk must be made ready by a person first, by a way that depends on the \
                      guest's operating system. libvirt takes no UEFI without <acpi/> (\"UEFI requires ACPI on this \
                      architecture\", libvirt 9.0), so that is added. Both pc and q35 have UEFI; Secure Boot with SMM is q35's alone.",
        remedy: "rewrite the guest with --firmware efi, and take the steps that it names",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        near_miss: "<os firmware='efi'>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n\
                    </os>",
        references: &[
            "UEFI specification, Removable Media Boot Behavior",
            "src/knowledge/data/os-to-uefi.txt names a source for each operating system",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Version, DocumentKind::FirmwareDescriptor],
        mend: Some(Mend::unsafe_noticed(&["firmware-uefi"])),
        ..EDIT
    },
];
