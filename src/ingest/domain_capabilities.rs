//! `virsh domcapabilities`: what an emulator offers for one architecture, machine and virt type.
//!
//! The format is libvirt's (formatdomaincaps, read against libvirt 4.2 to 11.3). Elements that an
//! older libvirt does not print leave their fact unknown; `supported='no'` is no.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{
    Arch, Capability, CpuDefinition, CustomModel, DeviceOffer, DocumentKind, Fact, Firmware, FirmwareKind,
    Known, Name, Usable, VirtType,
};
use crate::text::SourceId;
use crate::text::xml::{Document, Element};

use super::cpu_definition;
use super::element::Reader;
use super::firmware_names;
use super::problem::Complaint;
use super::saying::{Reading, Saying};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    let document = Document::parse(text).map_err(|error| Complaint::from(&error))?;
    let reader = Reader { source, document: &document };
    let root = reader.root("domainCapabilities")?;
    let loaders = loaders(&reader, root);
    let firmware = loaders.iter().flatten().map(|loader| firmware(loader, root)).collect();
    let capability = capability(&reader, root, loaders)?;
    Ok(Saying { capability: Some(capability), firmware, ..Saying::default() })
}

fn capability(
    reader: &Reader<'_>,
    root: Element<'_>,
    loaders: Option<Vec<Known<String>>>,
) -> Result<Capability, Complaint> {
    let name = |name| reader.text_at(root, name).ok_or_else(|| incomplete(root, name));
    let place = root.at("os/loader").unwrap_or(root);
    let values = loaders.map(|all| reader.said(place, all.into_iter().map(|k| k.value).collect()));
    Ok(Capability {
        arch: name("arch")?.map(|name| Arch::named(&name)),
        virt_type: name("domain")?.map(|name| VirtType::named(&name)),
        machine: name("machine")?.map(|name| Name::new(&name)),
        emulator: reader.word_at(root, "path"),
        max_vcpus: fact(
            root.child("vcpu").and_then(|e| reader.attribute(e, "max", |count| count.parse().ok())),
        ),
        firmware: fact(firmware_kinds(reader, root)),
        loaders: fact(values),
        host_passthrough: fact(mode(root, "host-passthrough").and_then(|e| reader.yes_no(e, "supported"))),
        maximum: fact(mode(root, "maximum").and_then(|e| reader.yes_no(e, "supported"))),
        host_model: fact(mode(root, "host-model").and_then(|e| host_model(reader, e))),
        models: fact(mode(root, "custom").and_then(|e| custom(reader, e))),
        probed: None,
        devices: root.child("devices").map(|e| devices(reader, e)).unwrap_or_default(),
        gic_versions: fact(root.at("features/gic").and_then(|e| gic(reader, e))),
    })
}

fn fact<T>(known: Option<Known<T>>) -> Fact<T> {
    known.map_or(Fact::Unknown(DocumentKind::DomainCapabilities), Fact::Known)
}

fn incomplete(root: Element<'_>, name: &str) -> Complaint {
    let at = root.start_tag().range().start;
    let message = format!("there is no <{name}>, so what it tells cannot be told apart from others");
    Complaint::new(Some(at), message, "print the document again with virsh domcapabilities")
}

fn mode<'d>(root: Element<'d>, name: &str) -> Option<Element<'d>> {
    root.child("cpu")?.children_named("mode").find(|mode| mode.value("name").as_deref() == Some(name))
}

fn enumeration<'d>(element: Element<'d>, name: &str) -> Option<Element<'d>> {
    element.children_named("enum").find(|e| e.value("name").as_deref() == Some(name))
}

fn names(element: Element<'_>) -> Vec<Name> {
    element.children_named("value").map(|value| Name::new(&value.text())).collect()
}

fn values(element: Element<'_>) -> Vec<String> {
    element.children_named("value").map(|value| value.text().into_owned()).collect()
}

/// `os/enum[@name='firmware']`, which libvirt prints since 5.3.
fn firmware_kinds(reader: &Reader<'_>, root: Element<'_>) -> Option<Known<Vec<FirmwareKind>>> {
    let list = enumeration(root.child("os")?, "firmware")?;
    let kind = |name: &String| match name.as_str() {
        "bios" => Some(FirmwareKind::Bios),
        "efi" => Some(FirmwareKind::Efi),
        _ => None,
    };
    Some(reader.said(list, values(list).iter().filter_map(kind).collect()))
}

/// `os/loader/value`s, which libvirt prints only for files that are there.
fn loaders(reader: &Reader<'_>, root: Element<'_>) -> Option<Vec<Known<String>>> {
    let loader = root.at("os/loader")?;
    Some(loader.children_named("value").filter_map(|value| reader.text(value)).collect())
}

/// What the loader's file name tells of it: the document itself tells only the architecture.
fn firmware(loader: &Known<String>, root: Element<'_>) -> Known<Firmware> {
    let arch = root.child("arch").map(|arch| Arch::named(&arch.text()));
    loader.clone().map(|path| firmware_names::firmware(&path, None, arch, DocumentKind::DomainCapabilities))
}

/// The CPU of mode `host-model`, as virsh takes it out of the document: without the mode's attributes.
fn host_model(reader: &Reader<'_>, mode: Element<'_>) -> Option<Known<Option<CpuDefinition>>> {
    let supported = reader.yes_no(mode, "supported")?;
    if !supported.value {
        return Some(supported.map(|_| None));
    }
    let definition = CpuDefinition { mode: None, ..cpu_definition::read(*reader, mode) };
    Some(reader.said(mode, Some(definition)))
}

fn custom(reader: &Reader<'_>, mode: Element<'_>) -> Option<Known<Vec<Known<CustomModel>>>> {
    reader.yes_no(mode, "supported")?;
    let blockers = blockers(mode);
    let models = mode.children_named("model").filter_map(|e| custom_model(reader, e, &blockers));
    Some(reader.said(mode, models.collect()))
}

/// `blockers` by model, which libvirt prints since 10.9.
fn blockers(mode: Element<'_>) -> BTreeMap<String, Vec<String>> {
    let names = |e: Element<'_>| {
        let features = e.children_named("feature").filter_map(|f| f.value("name"));
        features.map(Cow::into_owned).collect()
    };
    let of_model = |e: Element<'_>| Some((e.value("model")?.into_owned(), names(e)));
    mode.children_named("blockers").filter_map(of_model).collect()
}

fn custom_model(
    reader: &Reader<'_>,
    element: Element<'_>,
    blockers: &BTreeMap<String, Vec<String>>,
) -> Option<Known<CustomModel>> {
    let usable = match element.value("usable").as_deref() {
        Some("yes") => Usable::Yes,
        Some("no") => Usable::No,
        _ => Usable::Unknown,
    };
    let name = reader.word(element)?;
    let none = || (usable == Usable::Yes && !blockers.is_empty()).then(Vec::new);
    let model = |name: Name| CustomModel {
        blockers: blockers.get(name.as_str()).cloned().or_else(none),
        name,
        usable,
        canonical: element.value("canonical").map(|name| Name::new(&name)),
        deprecated: element.value("deprecated").as_deref() == Some("yes"),
    };
    Some(name.map(model))
}

fn devices(reader: &Reader<'_>, element: Element<'_>) -> BTreeMap<Name, DeviceOffer> {
    let enums = |device: Element<'_>| {
        let named = |e: Element<'_>| Some((Name::new(&e.value("name")?), reader.said(e, names(e))));
        device.children_named("enum").filter_map(named).collect()
    };
    let offer = |device: Element<'_>| {
        let supported = reader.yes_no(device, "supported")?;
        Some((Name::new(device.name()), DeviceOffer { supported, enums: enums(device) }))
    };
    element.children().filter_map(offer).collect()
}

fn gic(reader: &Reader<'_>, element: Element<'_>) -> Option<Known<Vec<String>>> {
    let supported = reader.yes_no(element, "supported")?;
    let versions = enumeration(element, "version").map(values);
    if supported.value {
        versions.map(|all| reader.said(element, all))
    } else {
        Some(supported.map(|_| vec![]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use crate::model::Policy;
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "<domainCapabilities>
      <path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-9.9</machine>
      <arch>x86_64</arch><vcpu max='288'/>
      <os supported='yes'><enum name='firmware'><value>bios</value><value>efi</value></enum>
        <loader supported='yes'><value>/usr/share/OVMF/OVMF_CODE_4M.fd</value>
          <enum name='type'><value>rom</value></enum></loader></os>
      <cpu><mode name='host-passthrough' supported='yes'/>
        <mode name='host-model' supported='yes'><model fallback='forbid'>Opteron_G3</model>
          <vendor>AMD</vendor><maxphysaddr mode='passthrough' limit='48'/>
          <feature policy='require' name='x2apic'/><feature policy='disable' name='monitor'/></mode>
        <mode name='custom' supported='yes'>
          <model usable='yes' canonical='qemu64-v1'>qemu64</model>
          <model usable='no' deprecated='yes'>Haswell</model>
          <blockers model='Haswell'><feature name='avx2'/></blockers></mode></cpu>
      <devices><disk supported='yes'><enum name='bus'><value>virtio</value></enum></disk>
        <tpm supported='no'/></devices>
      <features><gic supported='no'/></features></domainCapabilities>";

    fn made_up(text: &str) -> Capability {
        read(source(), text).expect("well-formed").capability.expect("one")
    }

    #[test]
    fn a_document_is_read_whole() {
        let read = made_up(MADE_UP);
        assert_eq!(read.max_vcpus.value(), Some(&288));
        assert_eq!(read.firmware.value(), Some(&vec![FirmwareKind::Bios, FirmwareKind::Efi]));
        let cpu = read.host_model.value().and_then(Option::as_ref).expect("offered");
        assert_eq!(cpu.max_physical_bits.as_ref().map(|k| k.value), Some(48));
        assert_eq!(cpu.features[1].value.policy, Policy::Disable);
        let haswell = &read.model("Haswell").expect("listed").value;
        assert_eq!((haswell.usable, haswell.deprecated), (Usable::No, true));
        assert_eq!(haswell.blockers, Some(vec!["avx2".to_owned()]));
        let qemu64 = &read.model("qemu64").expect("listed").value;
        assert_eq!((qemu64.canonical.as_deref(), qemu64.blockers.clone()), (Some("qemu64-v1"), Some(vec![])));
        assert_eq!(read.offers("disk", "bus", "virtio").value(), Some(&true));
        assert_eq!(read.offers("tpm", "model", "tpm-tis").value(), Some(&false));
        assert_eq!(read.gic_versions.value(), Some(&vec![]));
    }

    #[test]
    fn absent_is_unknown_and_no_is_no() {
        let old = made_up("<domainCapabilities><domain>kvm</domain><machine>virt</machine><arch>aarch64</arch>
          <cpu><mode name='host-model' supported='no'/>
          <mode name='custom' supported='yes'><model usable='unknown'>cortex-a15</model><model>max</model></mode></cpu>
          <features><gic supported='yes'><enum name='version'><value>3</value></enum></gic></features>
        </domainCapabilities>");
        assert_eq!(old.host_model.value(), Some(&None));
        assert!(old.maximum.value().is_none() && old.loaders.value().is_none());
        assert!(old.offers("disk", "bus", "sata").value().is_none());
        let models = old.models.value().expect("listed");
        assert!(models.iter().all(|m| m.value.usable == Usable::Unknown && m.value.blockers.is_none()));
        assert_eq!(old.gic_versions.value(), Some(&vec!["3".to_owned()]));
    }

    #[test]
    fn a_document_that_does_not_say_what_it_is_about_is_refused() {
        let complaint = read(source(), "<domainCapabilities><arch>x86_64</arch></domainCapabilities>");
        assert!(complaint.expect_err("no machine").message.starts_with("there is no <domain>"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}
