//! `<cpu>` elements, of guests, host-models and capabilities (formatdomain, "CPU model and topology").

use super::element::Reader;
use crate::model::{Arch, CpuDefinition, CpuFeature, CpuMode, Known, Memory, Name, Policy, Topology};
use crate::text::xml::Element;

/// Reads a `<cpu>` element, or the `<mode name='host-model'>` of domcapabilities, which has the same children.
pub(super) fn read(reader: Reader<'_>, cpu: Element<'_>) -> CpuDefinition {
    let model = cpu.child("model");
    CpuDefinition {
        arch: cpu.child("arch").map(|arch| Arch::named(&arch.text())),
        mode: reader.attribute(cpu, "mode", CpuMode::named),
        match_: reader.name(cpu, "match"),
        check: reader.name(cpu, "check"),
        migratable: reader.yes_no(cpu, "migratable"),
        model: model.and_then(|model| reader.word(model)),
        fallback: model.and_then(|model| reader.name(model, "fallback")),
        vendor: cpu.child("vendor").and_then(|vendor| reader.word(vendor)),
        // In no more memory than they take: there are many guests, and many features of each.
        features: cpu
            .children_named("feature")
            .filter_map(|f| feature(reader, f))
            .collect::<Box<[_]>>()
            .into_vec(),
        topology: cpu.child("topology").and_then(|t| topology(reader, t)),
        max_physical_bits: physical_bits(reader, cpu),
        numa_cells: cpu.at("numa").into_iter().flat_map(|n| cells(reader, n)).collect(),
    }
}

fn feature(reader: Reader<'_>, feature: Element<'_>) -> Option<Known<CpuFeature>> {
    let name = Name::new(&feature.value("name")?);
    let policy = feature.value("policy").and_then(|p| Policy::named(&p)).unwrap_or(Policy::Require);
    Some(reader.said(feature, CpuFeature { name, policy }))
}

fn topology(reader: Reader<'_>, topology: Element<'_>) -> Option<Known<Topology>> {
    let number = |name| topology.value(name).and_then(|v| v.trim().parse::<u32>().ok());
    let (sockets, cores, threads) = (number("sockets")?, number("cores")?, number("threads")?);
    Some(reader.said(topology, Topology { sockets, dies: number("dies").unwrap_or(1), cores, threads }))
}

fn physical_bits(reader: Reader<'_>, cpu: Element<'_>) -> Option<Known<u32>> {
    let element = cpu.child("maxphysaddr")?;
    reader.parsed(element, "limit").or_else(|| reader.parsed(element, "bits"))
}

fn cells(reader: Reader<'_>, numa: Element<'_>) -> impl Iterator<Item = Known<Memory>> {
    numa.children_named("cell").filter_map(move |cell| {
        let unit = cell.value("unit").unwrap_or_default();
        Some(reader.said(cell, Memory::parse(&cell.value("memory")?, &unit)?))
    })
}
