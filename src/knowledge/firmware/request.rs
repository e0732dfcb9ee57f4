//! What a guest asks of firmware, as libvirt weighs it.

use std::collections::BTreeMap;

use crate::model::{Arch, FirmwareKind, FirmwareNeed, Known, Requirements};

/// What a guest asks of firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirmwareRequest {
    /// `os@firmware`; `None` where the guest names a file.
    pub auto: Option<FirmwareKind>,
    /// Its architecture.
    pub arch: Arch,
    /// Its machine type, canonical.
    pub machine: String,
    /// `os/firmware/feature`: with it or without.
    pub features: BTreeMap<String, bool>,
    /// What `<loader>` and `<nvram>` say.
    pub loader: LoaderRequest,
    /// Whether System Management Mode is switched off.
    pub without_smm: bool,
    /// The features of a descriptor that `<pm>` and `<launchSecurity>` ask for.
    pub needs: Vec<&'static str>,
}

/// What a guest's `<loader>` and `<nvram>` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoaderRequest {
    /// The file.
    pub path: Option<String>,
    /// `@type`
    pub kind: Option<String>,
    /// `@secure`
    pub secure: Option<bool>,
    /// `@readonly`
    pub readonly: Option<bool>,
    /// `@stateless`
    pub stateless: Option<bool>,
    /// `@format`, else `nvram@format`, which means both (libvirt 11.3)
    pub format: Option<String>,
    /// Whether there is an `<nvram>`
    pub nvram: bool,
    /// `nvram@template`
    pub template: Option<String>,
}

impl FirmwareRequest {
    /// A guest of `arch` on `machine` that asks for firmware of this kind, and for nothing else of it.
    pub fn plain(kind: FirmwareKind, arch: Arch, machine: impl Into<String>) -> Self {
        Self {
            auto: Some(kind),
            arch,
            machine: machine.into(),
            features: BTreeMap::new(),
            loader: LoaderRequest::default(),
            without_smm: false,
            needs: Vec::new(),
        }
    }

    /// What the guest of these requirements asks, that is of `arch` and on `machine`, which is no alias.
    pub fn of(guest: &Requirements, arch: Arch, machine: impl Into<String>) -> Self {
        let need = &guest.firmware;
        Self {
            auto: need.auto.as_ref().map(|auto| auto.value),
            arch,
            machine: machine.into(),
            features: need.features.iter().map(|(name, known)| (name.clone(), known.value)).collect(),
            loader: loader(need),
            without_smm: is_off(guest, "smm"),
            needs: needs(guest),
        }
    }
}

fn is_off(guest: &Requirements, feature: &str) -> bool {
    let said = guest.features.iter().find(|known| known.value.name == feature);
    said.is_some_and(|known| known.value.value.as_deref() == Some("off"))
}

fn loader(need: &FirmwareNeed) -> LoaderRequest {
    let text = |known: &Option<Known<String>>| known.as_ref().map(|known| known.value.clone());
    let switch = |known: &Option<Known<bool>>| known.as_ref().map(|known| known.value);
    LoaderRequest {
        path: text(&need.loader),
        kind: text(&need.loader_type),
        secure: switch(&need.secure),
        readonly: switch(&need.readonly),
        stateless: switch(&need.stateless),
        format: text(&need.format).or_else(|| text(&need.nvram_format)),
        nvram: need.nvram.is_some(),
        template: text(&need.nvram_template),
    }
}

/// An element of `<pm>`, or a type of `<launchSecurity>`, and the feature of a descriptor that goes with it (libvirt 11.3,
/// `qemuFirmwareMatchDomain`).
const NEEDS: &[(&str, &str)] = &[
    ("suspend-to-mem", "acpi-s3"),
    ("suspend-to-disk", "acpi-s4"),
    ("sev", "amd-sev"),
    ("sev-snp", "amd-sev-snp"),
    ("tdx", "intel-tdx"),
];

fn needs(guest: &Requirements) -> Vec<&'static str> {
    let suspends = guest.firmware.suspends.iter().map(|said| said.value.as_str());
    let asked = suspends.chain(guest.launch_security.iter().map(|said| said.value.as_str()));
    let needs = asked.filter_map(|said| NEEDS.iter().find(|(name, _)| *name == said)).map(|row| row.1);
    let encrypted = guest.firmware.encrypted_state.then_some("amd-sev-es");
    needs.chain(encrypted).collect()
}
