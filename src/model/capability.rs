//! What a host's emulator offers for one architecture, machine type and virt type.

use std::collections::BTreeMap;

use super::{Arch, CpuDefinition, DocumentKind, Fact, FirmwareKind, Known, Name, VirtType};

/// Whether a custom CPU model can be used: `model@usable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usable {
    /// QEMU says that all its features are there.
    Yes,
    /// QEMU says that some are not.
    No,
    /// QEMU says nothing (it never does on ARM): no promise.
    Unknown,
}

/// One model of `<mode name='custom'>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomModel {
    /// libvirt's name.
    pub name: Name,
    /// Whether it can be used.
    pub usable: Usable,
    /// The versioned name it stands for (libvirt 10.10 and newer).
    pub canonical: Option<Name>,
    /// Whether QEMU will drop it.
    pub deprecated: bool,
    /// The features that the host lacks for it; `None` where libvirt does not say (before 10.9).
    pub blockers: Option<Vec<String>>,
}

/// One device of `<devices>` with its enums.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceOffer {
    /// `@supported`.
    pub supported: Known<bool>,
    /// Each enum with its values, in order.
    pub enums: Vec<(Name, Known<Vec<Name>>)>,
}

impl DeviceOffer {
    /// The values of the enum `name`, where the document has it.
    pub fn values(&self, name: &str) -> Option<&Known<Vec<Name>>> {
        self.enums.iter().rfind(|(known, _)| *known == *name).map(|(_, values)| values)
    }
}

/// One `domcapabilities` document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Capability {
    /// `<arch>`
    pub arch: Known<Arch>,
    /// `<domain>`
    pub virt_type: Known<VirtType>,
    /// `<machine>`, canonical
    pub machine: Known<Name>,
    /// `<path>`: the emulator
    pub emulator: Option<Known<Name>>,
    /// `vcpu@max`
    pub max_vcpus: Fact<u32>,
    /// `os/enum[@name='firmware']`: what `os@firmware` may say (libvirt 5.3 and newer)
    pub firmware: Fact<Vec<FirmwareKind>>,
    /// `os/loader/value`s: files that are there
    pub loaders: Fact<Vec<String>>,
    /// Whether CPU mode `host-passthrough` is offered
    pub host_passthrough: Fact<bool>,
    /// Whether CPU mode `maximum` is offered
    pub maximum: Fact<bool>,
    /// The CPU of mode `host-model`; `None` where the mode is not offered
    pub host_model: Fact<Option<CpuDefinition>>,
    /// The models of mode `custom`; empty where the mode is not offered
    pub models: Fact<Vec<Known<CustomModel>>>,
    /// What libvirt's cache tells of the blockers of models (`virQEMUCaps`), by model; only that of the same emulator
    pub probed: Option<Known<BTreeMap<String, Vec<String>>>>,
    /// `<devices>` by element name
    pub devices: BTreeMap<Name, DeviceOffer>,
    /// `features/gic/enum[@name='version']`; empty where GICs are not offered
    pub gic_versions: Fact<Vec<String>>,
}

impl Capability {
    /// A capability of which nothing else is known.
    pub fn unknown(arch: Known<Arch>, virt_type: Known<VirtType>, machine: Known<Name>) -> Self {
        const KIND: DocumentKind = DocumentKind::DomainCapabilities;
        Self {
            arch,
            virt_type,
            machine,
            emulator: None,
            max_vcpus: Fact::Unknown(KIND),
            firmware: Fact::Unknown(KIND),
            loaders: Fact::Unknown(KIND),
            host_passthrough: Fact::Unknown(KIND),
            maximum: Fact::Unknown(KIND),
            host_model: Fact::Unknown(KIND),
            models: Fact::Unknown(KIND),
            probed: None,
            devices: BTreeMap::new(),
            gic_versions: Fact::Unknown(KIND),
        }
    }

    /// Whether `device` offers `value` in its enum `name`: unknown where the document does not
    /// speak of the device or of the enum.
    pub fn offers(&self, device: &str, name: &str, value: &str) -> Fact<bool> {
        match self.devices.get(device) {
            Some(offer) if !offer.supported.value => Fact::known(false, offer.supported.place),
            Some(offer) => match offer.values(name) {
                Some(values) => Fact::known(values.value.iter().any(|v| *v == *value), values.place),
                None => Fact::Unknown(DocumentKind::DomainCapabilities),
            },
            None => Fact::Unknown(DocumentKind::DomainCapabilities),
        }
    }

    /// The features that the host lacks for the model called `name`: what the document itself says, else what
    /// libvirt's cache says; `None` where neither tells.
    pub fn blockers(&self, name: &str) -> Option<&[String]> {
        let own = self.model(name).and_then(|model| model.value.blockers.as_ref());
        let probed = || self.probed.as_ref().and_then(|probed| probed.value.get(name));
        own.or_else(probed).map(Vec::as_slice)
    }

    /// The custom model called `name`, where the list is known and has it.
    pub fn model(&self, name: &str) -> Option<&Known<CustomModel>> {
        self.models.value()?.iter().find(|model| model.value.name == name)
    }
}
