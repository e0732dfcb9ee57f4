//! Firmware files by the names under which the distributions install them.
//!
//! Read off the file lists of edk2-ovmf and edk2-aarch64 (Fedora 40), ovmf and qemu-efi-aarch64
//! (Debian 12), qemu-ovmf-x86_64 and qemu-uefi-aarch64 (openSUSE 15.5) and of QEMU 8.2's own `pc-bios`.

use crate::model::{Arch, DocumentKind, Firmware, FirmwareKind, FirmwareMapping};

/// One file that QEMU loads as flash.
struct Name {
    code: &'static str,
    vars: &'static str,
    arch: Arch,
    machines: &'static [&'static str],
    features: &'static [&'static str],
}

const PC: &[&str] = &["pc-i440fx-*", "pc-q35-*"];
const Q35: &[&str] = &["pc-q35-*"];
const VIRT: &[&str] = &["virt", "virt-*"];
const SECURE: &[&str] = &["requires-smm", "secure-boot"];
const ENROLLED: &[&str] = &["enrolled-keys", "requires-smm", "secure-boot"];

const fn arm(code: &'static str, vars: &'static str) -> Name {
    Name { code, vars, arch: Arch::Aarch64, machines: VIRT, features: &[] }
}

const fn arm_secure(code: &'static str, vars: &'static str, features: &'static [&'static str]) -> Name {
    Name { code, vars, arch: Arch::Aarch64, machines: VIRT, features }
}

const fn pc(code: &'static str, vars: &'static str) -> Name {
    Name { code, vars, arch: Arch::X86_64, machines: PC, features: &[] }
}

const fn secure(code: &'static str, vars: &'static str) -> Name {
    Name { code, vars, arch: Arch::X86_64, machines: Q35, features: SECURE }
}

const fn enrolled(code: &'static str, vars: &'static str) -> Name {
    Name { code, vars, arch: Arch::X86_64, machines: Q35, features: ENROLLED }
}

/// `QEMU_EFI.fd` and `OVMF.fd` are not here: they are not padded to the size of a flash chip, or
/// hold code and variables together.
static NAMES: [Name; 33] = [
    arm("AAVMF_CODE.fd", "AAVMF_VARS.fd"),
    arm("AAVMF_CODE.no-secboot.fd", "AAVMF_VARS.fd"),
    arm_secure("AAVMF_CODE.secboot.fd", "AAVMF_VARS.fd", &["secure-boot"]),
    arm("AAVMF_CODE.verbose.fd", "AAVMF_VARS.fd"),
    arm_secure("AAVMF_CODE.ms.fd", "AAVMF_VARS.ms.fd", &["enrolled-keys", "secure-boot"]),
    arm_secure("AAVMF_CODE.snakeoil.fd", "AAVMF_VARS.snakeoil.fd", &["enrolled-keys", "secure-boot"]),
    arm("QEMU_EFI-pflash.raw", "vars-template-pflash.raw"),
    arm("QEMU_EFI-silent-pflash.raw", "vars-template-pflash.raw"),
    arm("QEMU_EFI-pflash.qcow2", "vars-template-pflash.qcow2"),
    arm("QEMU_EFI-silent-pflash.qcow2", "vars-template-pflash.qcow2"),
    arm("aavmf-aarch64-code.bin", "aavmf-aarch64-vars.bin"),
    arm("aavmf-aarch64-ms-code.bin", "aavmf-aarch64-ms-vars.bin"),
    arm("aavmf-aarch64-opensuse-code.bin", "aavmf-aarch64-opensuse-vars.bin"),
    arm("aavmf-aarch64-suse-code.bin", "aavmf-aarch64-suse-vars.bin"),
    arm("edk2-aarch64-code.fd", "edk2-arm-vars.fd"),
    pc("OVMF_CODE.fd", "OVMF_VARS.fd"),
    pc("OVMF_CODE.pure-efi.fd", "OVMF_VARS.pure-efi.fd"),
    pc("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
    pc("OVMF_CODE_4M.qcow2", "OVMF_VARS_4M.qcow2"),
    pc("OVMF_CODE.cc.fd", "OVMF_VARS.fd"),
    pc("edk2-x86_64-code.fd", "edk2-i386-vars.fd"),
    pc("ovmf-x86_64-code.bin", "ovmf-x86_64-vars.bin"),
    pc("ovmf-x86_64-4m-code.bin", "ovmf-x86_64-4m-vars.bin"),
    secure("OVMF_CODE.secboot.fd", "OVMF_VARS.fd"),
    secure("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.fd"),
    secure("OVMF_CODE_4M.secboot.qcow2", "OVMF_VARS_4M.qcow2"),
    secure("edk2-x86_64-secure-code.fd", "edk2-i386-vars.fd"),
    secure("ovmf-x86_64-smm-code.bin", "ovmf-x86_64-smm-vars.bin"),
    enrolled("OVMF_CODE.ms.fd", "OVMF_VARS.ms.fd"),
    enrolled("OVMF_CODE_4M.ms.fd", "OVMF_VARS_4M.ms.fd"),
    enrolled("OVMF_CODE_4M.snakeoil.fd", "OVMF_VARS_4M.snakeoil.fd"),
    enrolled("ovmf-x86_64-smm-ms-code.bin", "ovmf-x86_64-smm-ms-vars.bin"),
    enrolled("ovmf-x86_64-smm-suse-code.bin", "ovmf-x86_64-smm-suse-vars.bin"),
];

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name))
}

fn named(path: &str) -> Option<&'static Name> {
    NAMES.iter().find(|known| known.code == split(path).1)
}

/// The path at which the variables belong to the code at `path`; `None` where the name is not known.
pub(super) fn variables(path: &str) -> Option<String> {
    named(path).map(|known| format!("{}/{}", split(path).0, known.vars))
}

/// The format of the image at `path`, as its name has it.
fn format(path: &str) -> String {
    let end = path.rsplit_once('.').map(|(_, end)| end);
    end.filter(|end| *end == "qcow2").unwrap_or("raw").to_owned()
}

/// UEFI firmware at `path` of which a document of the kind `told_by` tells, with what its name tells. What `arch` says
/// counts before the name.
pub(super) fn firmware(
    path: &str,
    variables: Option<String>,
    arch: Option<Arch>,
    told_by: DocumentKind,
) -> Firmware {
    let known = named(path);
    let machines = |known: &Name| known.machines.iter().map(ToString::to_string).collect();
    let fits = |arch: &Arch| known.filter(|known| known.arch == *arch).map(machines).unwrap_or_default();
    let arch = arch.or_else(|| known.map(|known| known.arch.clone()));
    Firmware {
        kind: FirmwareKind::Efi,
        executable: Some(path.to_owned()),
        template_format: format(variables.as_deref().unwrap_or(path)),
        nvram_template: variables,
        mapping: FirmwareMapping::Split,
        format: format(path),
        targets: arch.map(|arch| (arch.clone(), fits(&arch))).into_iter().collect(),
        features: known.iter().flat_map(|known| known.features).map(ToString::to_string).collect(),
        told_by,
    }
}
