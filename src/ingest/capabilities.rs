//! `virsh capabilities`: the host's CPU and memory, and the emulators it has.
//!
//! The format is libvirt's (formatcaps, read against libvirt 4.2 to 11.3). The host CPU in it comes
//! from the raw CPU, not from what KVM and QEMU can give: it serves for identity, TSC, topology and
//! machine types, never as a baseline.

use std::collections::BTreeSet;

use crate::model::{
    Arch, CellPages, Emulator, Known, MachineType, Memory, Name, NumaCell, Topology, Tsc, VirtType,
};
use crate::text::SourceId;
use crate::text::xml::{Document, Element};

use super::element::{Reader, yes_no};
use super::problem::Complaint;
use super::saying::{Reading, Saying};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    let document = Document::parse(text).map_err(|error| Complaint::from(&error))?;
    let reader = Reader { source, document: &document };
    let root = reader.root("capabilities")?;
    let mut saying = Saying::default();
    if let Some(host) = root.child("host") {
        saying.uuid = reader.text_at(host, "uuid");
        cpu(&reader, host, &mut saying);
        cells(&reader, host, &mut saying);
    }
    guests(&reader, root, &mut saying);
    Ok(saying)
}

fn cpu(reader: &Reader<'_>, host: Element<'_>, saying: &mut Saying) {
    let Some(cpu) = host.child("cpu") else { return };
    saying.arch = reader.text_at(cpu, "arch").map(|known| known.map(|name| Arch::named(&name)));
    saying.model = reader.text_at(cpu, "model");
    saying.vendor = reader.text_at(cpu, "vendor");
    saying.features = features(reader, cpu);
    // On ARM these are Linux's HWCAP names, the same that /proc/cpuinfo prints.
    if saying.arch.as_ref().is_some_and(|arch| arch.value.is_arm()) {
        saying.flags.clone_from(&saying.features);
    }
    let microcode = cpu.child("microcode");
    saying.microcode = microcode.and_then(|e| reader.attribute(e, "version", |v| v.parse().ok()));
    saying.tsc = tsc(reader, cpu);
    saying.topology = topology(reader, cpu, host);
    saying.page_sizes = page_sizes(reader, cpu.children_named("pages"));
}

/// The features. An ARM host's that lists none is of a libvirt that did not list them; an x86 host
/// whose model has all is not.
fn features(reader: &Reader<'_>, cpu: Element<'_>) -> Option<Known<BTreeSet<Name>>> {
    let values = cpu.children_named("feature").filter_map(|e| e.value("name"));
    let names: BTreeSet<Name> = values.map(|name| Name::new(&name)).collect();
    let x86 = cpu.child("arch").is_some_and(|arch| Arch::named(&arch.text()).is_x86());
    let whole = x86 && cpu.child("model").is_some();
    (whole || !names.is_empty()).then(|| reader.said(cpu, names))
}

fn tsc(reader: &Reader<'_>, cpu: Element<'_>) -> Option<Known<Tsc>> {
    let counter = cpu.children_named("counter").find(|e| e.value("name").as_deref() == Some("tsc"))?;
    let scaling = counter.value("scaling").and_then(|value| yes_no(&value));
    reader.attribute(counter, "frequency", |text| Some(Tsc { frequency: text.parse().ok()?, scaling }))
}

/// libvirt counts the sockets of one NUMA cell.
fn topology(reader: &Reader<'_>, cpu: Element<'_>, host: Element<'_>) -> Option<Known<Topology>> {
    let element = cpu.child("topology")?;
    let count = |name| element.value(name)?.parse::<u32>().ok();
    let cells = host.at("topology/cells").map_or(1, |cells| cells.children_named("cell").count());
    let cells = u32::try_from(cells.max(1)).ok()?;
    let topology = Topology {
        sockets: count("sockets")?.checked_mul(cells)?,
        dies: count("dies").unwrap_or(1),
        cores: count("cores")?,
        threads: count("threads")?,
    };
    Some(reader.said(element, topology))
}

fn page_sizes<'d>(
    reader: &Reader<'_>,
    pages: impl Iterator<Item = Element<'d>>,
) -> Option<Known<BTreeSet<Memory>>> {
    let sized = |e: Element<'_>| Memory::parse(&e.value("size")?, &e.value("unit").unwrap_or_default());
    let mut pages = pages.peekable();
    let first = *pages.peek()?;
    Some(reader.said(first, pages.filter_map(sized).collect()))
}

/// `host/topology/cells`: memory, processors and page sizes of each NUMA cell.
fn cells(reader: &Reader<'_>, host: Element<'_>, saying: &mut Saying) {
    let Some(cells) = host.at("topology/cells") else { return };
    let all = || cells.children_named("cell");
    let memory = |cell: Element<'_>| {
        let memory = cell.child("memory")?;
        Memory::parse(&memory.text(), &memory.value("unit").unwrap_or_default())
    };
    let amounts: Vec<Memory> = all().filter_map(memory).collect();
    if !amounts.is_empty() && amounts.len() == all().count() {
        saying.memory = Some(reader.said(cells, amounts.into_iter().sum()));
    }
    let listed = all().map(cell).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty());
    saying.cells = listed.map(|listed| reader.said(cells, listed));
    let pages = all().map(pages).collect::<Option<Vec<_>>>().unwrap_or_default().concat();
    saying.cell_pages = (!pages.is_empty()).then(|| reader.said(cells, pages));
    let processors =
        all().filter_map(|cell| cell.child("cpus")).flat_map(|c| c.children_named("cpu")).count();
    let processors = u32::try_from(processors).ok().filter(|&count| count > 0);
    saying.processors = processors.map(|count| reader.said(cells, count));
    if saying.page_sizes.is_none() {
        saying.page_sizes = page_sizes(reader, all().flat_map(|cell| cell.children_named("pages")));
    }
}

/// A cell with the numbers of its processors.
fn cell(cell: Element<'_>) -> Option<NumaCell> {
    let number = |e: Element<'_>| e.value("id")?.parse::<u32>().ok();
    let processors = cell.child("cpus")?.children_named("cpu").map(number).collect::<Option<Vec<_>>>()?;
    Some(NumaCell { id: number(cell)?, processors: processors.into_iter().collect() })
}

/// The pages of a cell, by size; `None` where it does not tell of them, or not of all. What libvirt has of the smallest size
/// is without what huge pages take (`virNumaGetPages`, libvirt 9.0).
fn pages(cell: Element<'_>) -> Option<Vec<CellPages>> {
    let id = cell.value("id")?.parse().ok()?;
    let one = |e: Element<'_>| {
        let size = Memory::parse(&e.value("size")?, &e.value("unit").unwrap_or_default())?;
        Some(CellPages { cell: id, size, count: e.text().trim().parse().ok()? })
    };
    let pages = cell.children_named("pages").map(one).collect::<Option<Vec<_>>>()?;
    (!pages.is_empty()).then_some(pages)
}

fn guests(reader: &Reader<'_>, root: Element<'_>, saying: &mut Saying) {
    let arches = root.children_named("guest").filter_map(|guest| guest.child("arch"));
    let emulators: Vec<Emulator> = arches.flat_map(|arch| emulators(reader, arch)).collect();
    let Some(first) = root.child("guest") else { return };
    saying.kvm = saying.arch.as_ref().map(|arch| kvm(reader, first, &arch.value, &emulators));
    saying.emulators = Some(reader.said(first, emulators));
}

/// Whether KVM runs guests of the host's own architecture; where it does not, the place is the
/// first `<guest>`.
fn kvm(reader: &Reader<'_>, first: Element<'_>, own: &Arch, emulators: &[Emulator]) -> Known<bool> {
    let same = emulators.iter().filter(|emulator| emulator.arch.value == *own);
    let mut types = same.flat_map(|emulator| &emulator.virt_types);
    let kvm = types.find(|known| known.value == VirtType::Kvm);
    kvm.map_or_else(|| reader.said(first, false), |known| Known::new(true, known.place))
}

/// The emulator of one `guest/arch`, and one more for each `<domain>` that has its own.
fn emulators(reader: &Reader<'_>, arch: Element<'_>) -> Vec<Emulator> {
    let Some(name) = reader.attribute(arch, "name", |name| Some(Arch::named(name))) else {
        return Vec::new();
    };
    let path = reader.word_at(arch, "emulator");
    let shared = machines(reader, arch);
    let mut common = Emulator { arch: name, path, virt_types: Vec::new(), machines: shared };
    let mut own = Vec::new();
    for domain in arch.children_named("domain") {
        let Some(virt_type) = reader.attribute(domain, "type", |name| Some(VirtType::named(name))) else {
            continue;
        };
        let (path, machines) = (reader.word_at(domain, "emulator"), machines(reader, domain));
        if (path.is_none() || path == common.path) && machines.is_empty() {
            common.virt_types.push(virt_type);
        } else {
            let machines = if machines.is_empty() { common.machines.clone() } else { machines };
            let path = path.or(common.path);
            own.push(Emulator { arch: common.arch.clone(), path, virt_types: vec![virt_type], machines });
        }
    }
    let common = (!common.virt_types.is_empty() || own.is_empty()).then_some(common);
    common.into_iter().chain(own).collect()
}

fn machines(reader: &Reader<'_>, element: Element<'_>) -> Vec<Known<MachineType>> {
    let read = |e: Element<'_>| {
        let machine = |name| MachineType {
            name,
            canonical: e.value("canonical").map(|name| Name::new(&name)),
            max_cpus: e.value("maxCpus").and_then(|count| count.parse().ok()),
            deprecated: e.value("deprecated").as_deref() == Some("yes"),
        };
        reader.word(e).map(|known| known.map(machine))
    };
    element.children_named("machine").filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "<capabilities><host><uuid>11111111-2222-3333-4444-555555555555</uuid>
      <cpu><arch>x86_64</arch><model>Westmere</model><vendor>Intel</vendor><microcode version='17'/>
        <counter name='tsc' frequency='2100000000' scaling='yes'/>
        <topology sockets='1' dies='1' cores='2' threads='2'/>
        <feature name='vmx'/><pages unit='KiB' size='4'/><pages unit='KiB' size='2048'/></cpu>
      <topology><cells num='2'>
        <cell id='0'><memory unit='KiB'>1048576</memory><pages unit='KiB' size='4'>1024</pages>
          <pages unit='KiB' size='2048'>510</pages><cpus num='1'><cpu id='0'/></cpus></cell>
        <cell id='1'><memory unit='KiB'>1048576</memory><pages unit='KiB' size='4'>262144</pages><cpus num='1'><cpu id='1'/></cpus></cell>
      </cells></topology></host>
      <guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize>
        <emulator>/usr/bin/qemu-system-x86_64</emulator>
        <machine maxCpus='255' canonical='pc-i440fx-9.9'>pc</machine>
        <machine maxCpus='288' deprecated='yes'>pc-q35-1.0</machine>
        <domain type='qemu'/>
        <domain type='kvm'><emulator>/opt/made-up/qemu-kvm</emulator><machine>q35</machine></domain>
      </arch></guest></capabilities>";

    #[test]
    fn a_host_is_read_whole() {
        let saying = read(source(), MADE_UP).expect("well-formed");
        assert_eq!(saying.arch.map(|k| k.value), Some(Arch::X86_64));
        assert_eq!(saying.microcode.map(|k| k.value), Some(17));
        assert_eq!(saying.tsc.map(|k| k.value), Some(Tsc { frequency: 2_100_000_000, scaling: Some(true) }));
        assert_eq!(saying.memory.map(|k| k.value), Some(Memory::gib(2)));
        assert_eq!(saying.processors.map(|k| k.value), Some(2));
        let cells = saying.cells.map(|k| k.value).unwrap_or_default();
        assert_eq!(
            cells.iter().map(|c| format!("{}:{}", c.id, c.processors)).collect::<Vec<_>>(),
            ["0:0", "1:1"]
        );
        let pages = saying.cell_pages.map(|k| k.value).unwrap_or_default();
        let pages: Vec<_> = pages.iter().map(|p| (p.cell, p.size.as_kib(), p.count)).collect();
        assert_eq!(pages, [(0, 4, 1024), (0, 2048, 510), (1, 4, 262_144)]);
        assert_eq!(saying.topology.map(|k| k.value.sockets), Some(2));
        assert_eq!(saying.page_sizes.map(|k| k.value.len()), Some(2));
        assert!(saying.flags.is_none(), "libvirt's names are not Linux's");
        let model = saying.model.expect("a model");
        assert_eq!(&MADE_UP[model.place.span.range()], "Westmere");
    }

    #[test]
    fn a_domain_may_have_an_emulator_of_its_own() {
        let saying = read(source(), MADE_UP).expect("well-formed");
        let emulators = saying.emulators.expect("emulators").value;
        assert_eq!(emulators.len(), 2);
        assert_eq!(emulators[0].machines[0].value.canonical.as_deref(), Some("pc-i440fx-9.9"));
        assert!(emulators[0].machines[1].value.deprecated);
        assert_eq!(emulators[1].path.as_ref().map(|k| k.value.as_str()), Some("/opt/made-up/qemu-kvm"));
        let kvm = saying.kvm.expect("said");
        assert!(kvm.value);
        assert_eq!(&MADE_UP[kvm.place.span.range()], "kvm");
    }

    #[test]
    fn kvm_of_another_architecture_is_not_the_hosts() {
        let other = MADE_UP.replace("<arch>x86_64</arch>", "<arch>aarch64</arch>");
        let saying = read(source(), &other).expect("well-formed");
        assert_eq!(saying.kvm.map(|k| k.value), Some(false));
        assert!(saying.flags.is_some_and(|k| k.value.contains("vmx")), "HWCAP names on ARM");
        let none = "<capabilities><host><cpu><arch>aarch64</arch></cpu></host></capabilities>";
        let saying = read(source(), none).expect("well-formed");
        assert_eq!((saying.kvm, saying.features), (None, None), "absent is unknown");
    }

    #[test]
    fn another_document_is_refused() {
        let complaint = read(source(), "<domain/>").expect_err("a domain");
        assert_eq!(complaint.message, "the document is a <domain>, where <capabilities> belongs");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}
