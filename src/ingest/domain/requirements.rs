//! What a guest needs of a host.

use super::{devices, fact, shape};
use crate::ingest::cpu_definition;
use crate::ingest::element::{Reader, yes_no};
use crate::model::{
    Arch, CpuDefinition, FirmwareKind, FirmwareNeed, GuestFeature, Known, Memory, Name, Requirements, Shape,
    Timer, VirtType,
};
use crate::text::xml::Element;

/// Reads all that decides where the guest can run.
pub(super) fn read(reader: Reader<'_>, root: Element<'_>) -> Requirements {
    let os_element = root.at("os/type");
    let said_of_type = |name| os_element.and_then(|e| reader.name(e, name));
    let devices = root.child("devices");
    Requirements {
        arch: fact(said_of_type("arch").map(|known| known.map(|name| Arch::named(&name)))),
        virt_type: fact(reader.string(root, "type").map(|known| known.map(|name| VirtType::named(&name)))),
        machine: fact(said_of_type("machine")),
        emulator: reader.word_at(root, "devices/emulator"),
        firmware: root.child("os").map(|os| firmware(reader, root, os)).unwrap_or_default(),
        cpu: cpu(reader, root),
        live_cpu: None,
        features: devices::exactly(children(root.child("features")).map(|f| reader.said(f, feature(f)))),
        timers: devices::exactly(children(root.child("clock")).filter_map(|t| timer(reader, t))),
        hugepages: hugepages(reader, root),
        disks: devices::disks(reader, devices),
        controllers: devices::controllers(reader, devices),
        devices: devices::others(reader, devices),
        os_id: root.at("metadata/libosinfo:libosinfo/libosinfo:os").and_then(|os| reader.name(os, "id")),
        launch_security: root.child("launchSecurity").and_then(|e| reader.name(e, "type")),
        qemu_arguments: root
            .children()
            .find(|e| matches!(e.name(), "qemu:commandline" | "qemu:override"))
            .map(|e| reader.said(e, ())),
        shape: shape::of(root),
        live_shape: Shape::default(),
    }
}

pub(super) fn cpu(reader: Reader<'_>, root: Element<'_>) -> Option<Known<CpuDefinition>> {
    root.child("cpu").map(|cpu| reader.said(cpu, cpu_definition::read(reader, cpu)))
}

fn children(element: Option<Element<'_>>) -> impl Iterator<Item = Element<'_>> {
    element.into_iter().flat_map(Element::children)
}

fn firmware(reader: Reader<'_>, root: Element<'_>, os: Element<'_>) -> FirmwareNeed {
    let kind = |name: &str| match name {
        "efi" => Some(FirmwareKind::Efi),
        "bios" => Some(FirmwareKind::Bios),
        _ => None,
    };
    let (loader, nvram) = (os.child("loader"), os.child("nvram"));
    let of_loader = |name| loader.and_then(|e| reader.string(e, name));
    let switch = |name| loader.and_then(|e| reader.yes_no(e, name));
    FirmwareNeed {
        auto: reader.attribute(os, "firmware", kind),
        loader: loader.and_then(|e| reader.text(e)),
        loader_type: of_loader("type"),
        secure: switch("secure"),
        readonly: switch("readonly"),
        stateless: switch("stateless"),
        format: of_loader("format"),
        nvram_format: nvram.and_then(|e| reader.string(e, "format")),
        features: children(os.child("firmware")).filter_map(|f| firmware_feature(reader, f)).collect(),
        suspends: children(root.child("pm")).filter_map(|s| suspend(reader, s)).collect(),
        encrypted_state: root.at("launchSecurity/policy").is_some_and(|p| is_sev_es(&p.text())),
        nvram_template: nvram.and_then(|e| reader.string(e, "template")),
        nvram: nvram.map(|e| reader.said(e, ())),
        started_with: None,
    }
}

fn firmware_feature(reader: Reader<'_>, element: Element<'_>) -> Option<(String, Known<bool>)> {
    Some((element.value("name")?.into_owned(), reader.yes_no(element, "enabled")?))
}

fn suspend(reader: Reader<'_>, element: Element<'_>) -> Option<Known<String>> {
    reader.yes_no(element, "enabled").filter(|enabled| enabled.value)?;
    Some(reader.said(element, element.name().to_owned()))
}

/// Bit 2 of a policy of SEV is SEV-ES (AMD, SEV API, guest policy).
fn is_sev_es(policy: &str) -> bool {
    let policy = policy.trim();
    let bits = policy
        .strip_prefix("0x")
        .map_or_else(|| policy.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
    bits.is_some_and(|bits| bits & 4 != 0)
}

fn feature(element: Element<'_>) -> GuestFeature {
    let value = ["state", "version", "mode"].iter().find_map(|name| element.value(name));
    GuestFeature { name: Name::new(element.name()), value: value.map(|value| Name::new(&value)) }
}

fn timer(reader: Reader<'_>, element: Element<'_>) -> Option<Known<Timer>> {
    let name = Name::new(&element.value("name").filter(|_| element.name() == "timer")?);
    let present = element.value("present").and_then(|value| yes_no(&value));
    let frequency = element.value("frequency").and_then(|value| value.trim().parse().ok());
    Some(reader.said(element, Timer { name, present, frequency }))
}

fn hugepages(reader: Reader<'_>, root: Element<'_>) -> Vec<Known<Option<Memory>>> {
    let Some(hugepages) = root.at("memoryBacking/hugepages") else { return Vec::new() };
    let pages: Vec<_> =
        hugepages.children_named("page").map(|page| reader.said(page, page_size(page))).collect();
    if pages.is_empty() { vec![reader.said(hugepages, None)] } else { pages }
}

fn page_size(page: Element<'_>) -> Option<Memory> {
    Memory::parse(&page.value("size")?, &page.value("unit").unwrap_or_default())
}
