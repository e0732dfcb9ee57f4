//! Firmware descriptors (QEMU's `docs/interop/firmware.json`, QEMU 9.2).

use serde::Deserialize;

use crate::model::{Arch, DocumentKind, Firmware, FirmwareKind, FirmwareMapping};
use crate::text::{SourceId, Span};

use super::problem::Complaint;
use super::saying::{Reading, Saying, known};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Descriptor {
    interface_types: Vec<String>,
    mapping: Mapping,
    #[serde(default)]
    targets: Vec<Target>,
    #[serde(default)]
    features: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Mapping {
    device: Option<String>,
    mode: Option<String>,
    executable: Option<File>,
    nvram_template: Option<File>,
    filename: Option<String>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    format: Option<String>,
}

impl File {
    fn format(&self) -> String {
        self.format.as_deref().unwrap_or("raw").to_owned()
    }
}

#[derive(Deserialize)]
struct Target {
    architecture: String,
    #[serde(default)]
    machines: Vec<String>,
}

/// Reads one document. An empty one hides the descriptors of its name in other folders.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    if text.trim().is_empty() {
        return Ok(Saying::default());
    }
    let descriptor: Descriptor = serde_json::from_str(text).map_err(|error| refused(text, &error))?;
    let firmware = firmware(descriptor);
    let name = firmware.first().and_then(|one| one.executable.as_deref()).unwrap_or_default();
    let start = if name.is_empty() { None } else { text.find(name) };
    let span = start.map_or(Span::new(0, text.len()), |start| Span::new(start, start + name.len()));
    let firmware = firmware.into_iter().map(|one| known(source, span, one)).collect();
    Ok(Saying { firmware, ..Saying::default() })
}

/// One for each interface that guests can ask for; none for firmware that is neither BIOS nor UEFI.
fn firmware(descriptor: Descriptor) -> Vec<Firmware> {
    let mapping = descriptor.mapping;
    let target = |target: Target| (Arch::named(&target.architecture), target.machines);
    let format = |file: &Option<File>| file.as_ref().map_or_else(|| "raw".to_owned(), File::format);
    let blank = Firmware {
        kind: FirmwareKind::Efi,
        mapping: device(&mapping),
        format: format(&mapping.executable),
        template_format: format(&mapping.nvram_template),
        executable: mapping.executable.map(|file| file.filename).or(mapping.filename),
        nvram_template: mapping.nvram_template.map(|file| file.filename),
        targets: descriptor.targets.into_iter().map(target).collect(),
        features: descriptor.features,
        told_by: DocumentKind::FirmwareDescriptor,
    };
    let kinds = [FirmwareKind::Efi, FirmwareKind::Bios];
    let has = |kind: &FirmwareKind| descriptor.interface_types.iter().any(|one| one == interface(*kind));
    kinds.into_iter().filter(has).map(|kind| Firmware { kind, ..blank.clone() }).collect()
}

fn interface(kind: FirmwareKind) -> &'static str {
    match kind {
        FirmwareKind::Bios => "bios",
        FirmwareKind::Efi => "uefi",
    }
}

/// Flash without a mode is split (QEMU 6.2 brought the modes).
fn device(mapping: &Mapping) -> FirmwareMapping {
    match (mapping.device.as_deref(), mapping.mode.as_deref()) {
        (Some("memory"), _) => FirmwareMapping::Memory,
        (Some("kernel"), _) => FirmwareMapping::Kernel,
        (_, Some("combined")) => FirmwareMapping::Combined,
        (_, Some("stateless")) => FirmwareMapping::Stateless,
        _ => FirmwareMapping::Split,
    }
}

fn refused(text: &str, error: &serde_json::Error) -> Complaint {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = before + error.column().saturating_sub(1);
    let message = format!("not a firmware descriptor: {error}");
    Complaint::new(Some(at), message, "copy the descriptor again, or remove it: QEMU cannot use it either")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = r#"{"description": "made up", "interface-types": ["uefi"],
      "mapping": {"device": "flash", "mode": "split",
        "executable": {"filename": "/usr/share/made-up/CODE.fd", "format": "raw"},
        "nvram-template": {"filename": "/usr/share/made-up/VARS.fd", "format": "raw"}},
      "targets": [{"architecture": "aarch64", "machines": ["virt-*"]}],
      "features": ["verbose-static"], "tags": []}"#;

    #[test]
    fn a_descriptor_is_read_whole() {
        let saying = read(source(), MADE_UP).expect("read");
        let firmware = &saying.firmware[0];
        assert_eq!(&MADE_UP[firmware.place.span.range()], "/usr/share/made-up/CODE.fd");
        assert_eq!(firmware.value.nvram_template.as_deref(), Some("/usr/share/made-up/VARS.fd"));
        assert_eq!(firmware.value.targets, [(Arch::Aarch64, vec!["virt-*".to_owned()])]);
        assert_eq!(firmware.value.kind, FirmwareKind::Efi);
    }

    #[test]
    fn firmware_in_memory_has_a_file_and_no_variables() {
        let text =
            r#"{"interface-types": ["bios"], "mapping": {"device": "memory", "filename": "/made-up.bin"}}"#;
        let saying = read(source(), text).expect("read");
        assert_eq!(saying.firmware[0].value.kind, FirmwareKind::Bios);
        assert_eq!(saying.firmware[0].value.executable.as_deref(), Some("/made-up.bin"));
    }

    #[test]
    fn an_empty_descriptor_hides_and_a_broken_one_is_told() {
        assert_eq!(read(source(), ""), Ok(Saying::default()));
        let complaint = read(source(), "{\n  \"interface-types\": 1").expect_err("broken");
        assert!(complaint.at.is_some_and(|at| at > 2), "{complaint:?}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}
