//! Firmware descriptors, made up: more ways to differ than any distribution has.

use std::fs;
use std::path::Path;

/// A descriptor: where it is, its file's name, interfaces, how it is mapped, format, targets, features. An empty row hides those of
/// its name.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const USR: &str = "usr/share/qemu/firmware";
const ETC: &str = "etc/qemu/firmware";
const PC: &str = "x86_64:pc-i440fx-*,pc-q35-*";
const Q35: &str = "x86_64:pc-q35-*";
const VIRT: &str = "aarch64:virt-*";

const ROWS: &[Row] = &[
    (USR, "05-hidden", "uefi", "split", "raw", PC, "acpi-s3 acpi-s4 secure-boot enrolled-keys"),
    (ETC, "05-hidden", "", "", "", "", ""),
    (USR, "10-overridden", "uefi", "split", "raw", PC, "acpi-s3"),
    (ETC, "10-overridden", "uefi", "split", "raw", "x86_64:pc-q35-6.2", "acpi-s4 verbose-dynamic"),
    (USR, "12-one-machine", "uefi", "split", "raw", "x86_64:pc-q35-7.1", ""),
    (USR, "15-combined", "uefi", "combined", "raw", PC, "acpi-s3"),
    (USR, "18-compressed", "uefi", "split", "qcow2", "x86_64:pc-i440fx-5.*;aarch64:virt-5.*", "acpi-s3"),
    (USR, "20-stateless", "uefi", "stateless", "raw", PC, "amd-sev"),
    (USR, "25-stateless-secure", "uefi", "stateless", "raw", Q35, "secure-boot enrolled-keys requires-smm"),
    (USR, "30-enrolled", "uefi", "split", "raw", Q35, "secure-boot enrolled-keys requires-smm acpi-s3"),
    (USR, "35-secure", "uefi", "split", "raw", Q35, "secure-boot requires-smm"),
    (
        USR,
        "40-secure-without-smm",
        "uefi",
        "split",
        "raw",
        "x86_64:pc-q35-7.2,pc-i440fx-7.2",
        "secure-boot acpi-s4",
    ),
    (USR, "45-smm-alone", "uefi", "split", "raw", "x86_64:pc-q35-6.*", "requires-smm acpi-s3 acpi-s4"),
    (ETC, "50-local", "uefi", "split", "raw", "x86_64:pc-q35-7.0,pc-i440fx-6.*", "acpi-s4"),
    (USR, "55-both", "uefi bios", "split", "raw", "x86_64:*-5.2", ""),
    (USR, "60-plain", "uefi", "split", "raw", PC, "acpi-s3 amd-sev verbose-dynamic"),
    (USR, "65-in-memory", "uefi", "memory", "raw", "x86_64:pc-i440fx-*,pc-q35-*,isapc", "acpi-s3 acpi-s4"),
    (USR, "70-bios", "bios", "memory", "raw", "x86_64:pc-i440fx-*,isapc", "acpi-s3 acpi-s4"),
    (USR, "75-bios-in-flash", "bios", "split", "raw", "x86_64:pc-q35-*", "acpi-s3"),
    (
        USR,
        "80-arm-enrolled",
        "uefi",
        "split",
        "raw",
        "aarch64:virt-7.*,virt-6.2",
        "secure-boot enrolled-keys",
    ),
    (USR, "85-arm-secure", "uefi", "split", "raw", "aarch64:virt-6.*", "secure-boot"),
    (USR, "90-arm", "uefi", "split", "raw", VIRT, "verbose-static"),
];

/// Writes them below `root`.
pub(super) fn write(root: &Path) {
    for row in ROWS {
        let folder = root.join(row.0);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{}.json", row.1)), text(row)).expect("written");
    }
}

fn text((folder, name, interfaces, mode, format, targets, features): &Row) -> String {
    if interfaces.is_empty() {
        return String::new();
    }
    let list = |text: &str, by: char| {
        let all: Vec<String> =
            text.split(by).filter(|one| !one.is_empty()).map(|one| format!("\"{one}\"")).collect();
        format!("[{}]", all.join(", "))
    };
    let folder = folder.split('/').next().unwrap_or_default();
    let mapping = match *mode {
        "memory" => format!(r#"{{"device": "memory", "filename": "/made-up/{folder}/{name}.bin"}}"#),
        "split" => format!(
            r#"{{"device": "flash", "executable": {{"filename": "/made-up/{folder}/{name}.fd", "format": "{format}"}},
               "nvram-template": {{"filename": "/made-up/{folder}/{name}.vars.fd", "format": "{format}"}}}}"#
        ),
        mode => format!(
            r#"{{"device": "flash", "mode": "{mode}",
               "executable": {{"filename": "/made-up/{folder}/{name}.fd", "format": "{format}"}}}}"#
        ),
    };
    let target = |one: &str| {
        let (arch, machines) = one.split_once(':').expect("a target");
        format!(r#"{{"architecture": "{arch}", "machines": {}}}"#, list(machines, ','))
    };
    let targets: Vec<String> = targets.split(';').map(target).collect();
    format!(
        r#"{{"description": "made up", "interface-types": {}, "mapping": {mapping}, "targets": [{}], "features": {}, "tags": []}}"#,
        list(interfaces, ' '),
        targets.join(", "),
        list(features, ' ')
    )
}
