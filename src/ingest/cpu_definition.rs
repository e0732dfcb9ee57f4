//! `<cpu>` elements, of guests, host-models and capabilities (formatdomain, "CPU model and topology").

use super::reading::{Reading, flag};
use crate::model::{Arch, CpuDefinition, CpuFeature, CpuMode, Known, Memory, Policy, Topology};
use crate::text::xml::Element;

/// Reads a `<cpu>` element, or the `<mode name='host-model'>` of domcapabilities, which has the same children.
pub(super) fn read(reading: Reading, cpu: Element<'_>) -> CpuDefinition {
    let mode = cpu.attribute("mode").and_then(|a| Some(reading.known(CpuMode::named(&a.value())?, a.span())));
    let model = cpu.child("model");
    CpuDefinition {
        arch: cpu.child("arch").map(|arch| Arch::named(&arch.text())),
        mode,
        match_: reading.attribute(cpu, "match"),
        check: reading.attribute(cpu, "check"),
        migratable: cpu
            .attribute("migratable")
            .and_then(|a| Some(reading.known(flag(&a.value())?, a.span()))),
        model: model.and_then(|model| reading.text(model)),
        fallback: model.and_then(|model| reading.attribute(model, "fallback")),
        vendor: cpu.child("vendor").and_then(|vendor| reading.text(vendor)),
        features: cpu.children_named("feature").filter_map(|f| feature(reading, f)).collect(),
        topology: cpu.child("topology").and_then(|t| topology(reading, t)),
        max_physical_bits: physical_bits(reading, cpu),
        numa_cells: cpu.at("numa").into_iter().flat_map(|n| cells(reading, n)).collect(),
    }
}

fn feature(reading: Reading, feature: Element<'_>) -> Option<Known<CpuFeature>> {
    let name = feature.value("name")?.into_owned();
    let policy = feature.value("policy").and_then(|p| Policy::named(&p)).unwrap_or(Policy::Require);
    Some(reading.at(feature, CpuFeature { name, policy }))
}

fn topology(reading: Reading, topology: Element<'_>) -> Option<Known<Topology>> {
    let number = |name| topology.value(name).and_then(|v| v.trim().parse::<u32>().ok());
    let (sockets, cores, threads) = (number("sockets")?, number("cores")?, number("threads")?);
    Some(reading.at(topology, Topology { sockets, dies: number("dies").unwrap_or(1), cores, threads }))
}

fn physical_bits(reading: Reading, cpu: Element<'_>) -> Option<Known<u32>> {
    let element = cpu.child("maxphysaddr")?;
    reading.parsed(element, "limit").or_else(|| reading.parsed(element, "bits"))
}

fn cells(reading: Reading, numa: Element<'_>) -> impl Iterator<Item = Known<Memory>> {
    numa.children_named("cell").filter_map(move |cell| {
        let unit = cell.value("unit").unwrap_or_default();
        Some(reading.at(cell, Memory::parse(&cell.value("memory")?, &unit)?))
    })
}
