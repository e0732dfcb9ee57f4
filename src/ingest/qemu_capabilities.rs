//! `<qemuCaps>`: what libvirt found out about a QEMU, as it keeps it in `/var/cache/libvirt/qemu/capabilities`
//! (`virQEMUCapsFormatCache`, read against 9.0 and 11.3).
//!
//! The document tells of one emulator and of each virt type that it has. Features are in QEMU's spelling there, and in
//! libvirt's here.

use std::borrow::Cow;

use crate::model::{
    Accelerator, Arch, CpuProperty, CustomModel, Known, Name, ProbedMachine, Problem, PropertyValue,
    QemuCapabilities, Usable, Version, VirtType,
};
use crate::text::xml::{Document, Element};
use crate::text::{SourceId, Sources};

use super::element::{Reader, yes_no};
use super::problem::Complaint;
use super::qemu_names;
use super::saying::{Reading, Saying};

/// The document's root.
const ROOT: &str = "qemuCaps";

/// Reads the text of one document; `None` where it is another kind of document.
///
/// # Errors
/// [`Problem`] where it is malformed, or does not say what it is about.
pub fn read_qemu_capabilities(path: &str, text: &str) -> Result<Option<QemuCapabilities>, Problem> {
    let source = Sources::default().add(path, text);
    let read = Document::parse(text).map_err(|error| Complaint::from(&error)).and_then(|document| {
        let other = document.root().name() != ROOT;
        if other { Ok(None) } else { whole(Reader { source, document: &document }).map(Some) }
    });
    read.map_err(|complaint| complaint.problem(path, text))
}

/// Reads one document of an inventory.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    let document = Document::parse(text).map_err(|error| Complaint::from(&error))?;
    let found = whole(Reader { source, document: &document })?;
    Ok(Saying { qemu_capabilities: Some(found), ..Saying::default() })
}

fn whole(reader: Reader<'_>) -> Result<QemuCapabilities, Complaint> {
    let root = reader.root(ROOT)?;
    let name = |name| reader.text_at(root, name).ok_or_else(|| incomplete(root, name));
    let version = |name| {
        let known: Known<String> = reader.text_at(root, name)?;
        Some(Known::new(packed(&known.value)?, known.place))
    };
    let arch = name("arch")?.map(|name| Arch::named(&name));
    Ok(QemuCapabilities {
        emulator: name("emulator")?.map(|path| Name::new(&path)),
        version: version("version"),
        libvirt: version("selfvers"),
        tells_unavailable: has_flag(root, "cpu-unavailable-features"),
        accelerators: accelerators(reader, root, &arch.value),
        arch,
    })
}

fn incomplete(root: Element<'_>, name: &str) -> Complaint {
    let at = root.start_tag().range().start;
    let message = format!("there is no <{name}>, so it is not known whose capabilities these are");
    Complaint::new(Some(at), message, "copy the document again from /var/cache/libvirt/qemu/capabilities")
}

fn has_flag(root: Element<'_>, name: &str) -> bool {
    root.children_named("flag").any(|flag| flag.value("name").as_deref() == Some(name))
}

/// A version as one number: 7002022 is 7.2.22.
fn packed(text: &str) -> Option<Version> {
    let number: u32 = text.parse().ok()?;
    Some(Version::new(number / 1_000_000, number / 1000 % 1000, number % 1000))
}

fn virt_type(accelerator: &str) -> VirtType {
    if accelerator == "tcg" { VirtType::Qemu } else { VirtType::named(accelerator) }
}

fn accelerators(reader: Reader<'_>, root: Element<'_>, arch: &Arch) -> Vec<Accelerator> {
    let mut all: Vec<Accelerator> = Vec::new();
    let parts = root.children().filter(|part| matches!(part.name(), "hostCPU" | "cpu" | "machine"));
    for part in parts {
        let Some(of) = reader.attribute(part, "type", |name| Some(virt_type(name))) else { continue };
        let at = all.iter().position(|one| one.virt_type == of).unwrap_or_else(|| {
            all.push(Accelerator { virt_type: of, machines: vec![], models: vec![], host_cpu: None });
            all.len() - 1
        });
        let Some(accelerator) = all.get_mut(at) else { continue };
        match part.name() {
            "machine" => accelerator.machines.extend(machine(part)),
            "cpu" => accelerator.models.extend(model(reader, part, arch)),
            _ => accelerator.host_cpu = Some(reader.said(part, properties(part, arch))),
        }
    }
    all
}

fn machine(element: Element<'_>) -> Option<ProbedMachine> {
    Some(ProbedMachine {
        name: element.value("name")?.into_owned(),
        alias: element.value("alias").map(Cow::into_owned),
        default: element.value("default").as_deref() == Some("yes"),
    })
}

fn model(reader: Reader<'_>, element: Element<'_>, arch: &Arch) -> Option<Known<CustomModel>> {
    let usable = match element.value("usable").as_deref() {
        Some("yes") => Usable::Yes,
        Some("no") => Usable::No,
        _ => Usable::Unknown,
    };
    let blockers = element.children_named("blocker").filter_map(|blocker| blocker.value("name"));
    let blockers = blockers.map(|name| qemu_names::feature(arch, &name)).collect();
    let model = CustomModel {
        name: Name::new(&element.value("name")?),
        usable,
        canonical: None,
        deprecated: element.value("deprecated").as_deref() == Some("yes"),
        blockers: (usable != Usable::Unknown).then_some(blockers),
    };
    Some(reader.said(element, model))
}

fn properties(element: Element<'_>, arch: &Arch) -> Vec<CpuProperty> {
    element.children_named("property").filter_map(|one| property(one, arch)).collect()
}

fn property(element: Element<'_>, arch: &Arch) -> Option<CpuProperty> {
    let value = element.value("value")?;
    Some(CpuProperty {
        name: qemu_names::feature(arch, &element.value("name")?),
        value: match element.value("type").as_deref()? {
            "boolean" => PropertyValue::Boolean(value == "true"),
            "number" => PropertyValue::Number(value.parse().ok()?),
            _ => PropertyValue::Text(value.into_owned()),
        },
        migratable: element.value("migratable").and_then(|value| yes_no(&value)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::any_text;
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "<qemuCaps><emulator>/usr/bin/qemu-system-x86_64</emulator>
      <selfvers>9000000</selfvers><version>7002022</version><flag name='kvm'/><arch>x86_64</arch>
      <hostCPU type='kvm' model='base' migratability='yes'>
        <property name='family' type='number' value='25'/>
        <property name='vendor' type='string' value='AuthenticAMD'/>
        <property name='lahf-lm' type='boolean' value='true' migratable='yes'/>
        <property name='invtsc' type='boolean' value='true' migratable='no'/></hostCPU>
      <cpu type='kvm' name='pentium' typename='pentium-x86_64-cpu' usable='yes'/>
      <cpu type='kvm' name='Westmere' usable='no'><blocker name='pclmulqdq'/></cpu>
      <cpu type='tcg' name='max'/>
      <machine type='tcg' name='pc-q35-9.9' alias='q35' default='yes'/></qemuCaps>";

    #[test]
    fn a_document_is_read_whole() {
        let read = read_qemu_capabilities("f.xml", MADE_UP).expect("well-formed").expect("one");
        assert_eq!(read.version.as_ref().map(|known| known.value), Some(Version::new(7, 2, 22)));
        let kvm = read.accelerator(&VirtType::Kvm).expect("there");
        assert_eq!(kvm.property("family"), Some(&PropertyValue::Number(25)));
        assert_eq!(kvm.property("lahf_lm"), Some(&PropertyValue::Boolean(true)));
        let blockers = kvm.models.iter().map(|model| model.value.blockers.clone().expect("told"));
        assert_eq!(blockers.collect::<Vec<_>>(), [vec![], vec!["pclmuldq".to_owned()]]);
        let emulated = read.accelerator(&VirtType::Qemu).expect("there");
        assert_eq!(emulated.models[0].value.blockers, None);
        assert_eq!(emulated.machine("q35").map(|one| one.name.as_str()), Some("pc-q35-9.9"));
        assert!(emulated.host_cpu.is_none());
    }

    #[test]
    fn another_document_is_refused() {
        assert_eq!(read_qemu_capabilities("f.xml", "<domainCapabilities/>"), Ok(None));
        let problem = read_qemu_capabilities("f.xml", "<qemuCaps><arch>x86_64</arch></qemuCaps>");
        assert!(problem.expect_err("no emulator").message.starts_with("there is no <emulator>"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read_qemu_capabilities("f.xml", &text);
        }
    }
}
