//! What is bound to the host that a guest comes from: processors, NUMA nodes, page sizes, devices, addresses, labels.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{
    GRAPHICS_ADDRESS, HOST_PINNING, HUGEPAGE_SIZE, MEMORY_DEVICE, NUMA_BINDING, PASSED_THROUGH,
    SECURITY_LABEL,
};
use super::said::{child_value, says};
use super::unfit::{Unfit, When, drop_all};
use crate::model::{Memory, NumberSet};
use crate::text::xml::Element;

const PINNED: &str = "it names processors of the old host";
const UNPINNED: &str =
    "it names processors of the old host; without it the guest runs on any of the target's";
const UNSHARED: &str = "it names processors of the old host; without it the guest shares caches and memory bandwidth with all others";
const UNBOUND: &str = "it names NUMA nodes of the old host; without it memory comes from any of the target's";
const PIN_AGAIN: &str = "pin the vCPUs and threads again that have lost their pins in the new domain XML, by the processors and NUMA \
                         nodes of the target";
const SHARE_AGAIN: &str = "give vCPUs their shares of caches and memory bandwidth again in the new domain XML, which has lost them, by \
                           the processors of the target";
const BIND_AGAIN: &str = "bind the guest's memory again in the new domain XML, which has lost its <numatune>, by the NUMA nodes of the \
                          target";

/// Elements with a set of processors, which may be there on the target as well.
const PINS: &[&str] = &["cputune/vcpupin", "cputune/emulatorpin", "cputune/iothreadpin"];

/// libvirt 11.3, `virDomainDefParseXML`: shares of a host's caches and memory buses, which each processor has of its own.
const SHARES: &[Unfit] = &[sharing("cputune/cachetune"), sharing("cputune/memorytune")];

/// What a host of another architecture has in another way.
const FOREIGN: &[Unfit] = &[
    label("seclabel"),
    label("devices/disk/source/seclabel"),
    label("devices/serial/source/seclabel"),
    label("devices/console/source/seclabel"),
    label("devices/channel/source/seclabel"),
    Unfit {
        path: "devices/memory/source/nodemask",
        when: When::Always,
        rule: MEMORY_DEVICE,
        reason: "it names NUMA nodes of the old host",
        step: None,
    },
    Unfit {
        path: "devices/memory/source/pagesize",
        when: When::Always,
        rule: MEMORY_DEVICE,
        reason: "it is a page size of the old host",
        step: None,
    },
];

const fn sharing(path: &'static str) -> Unfit {
    Unfit { path, when: When::Always, rule: HOST_PINNING, reason: UNSHARED, step: Some(SHARE_AGAIN) }
}

const fn label(path: &'static str) -> Unfit {
    let reason = "the target's libvirt labels its guests by itself";
    Unfit { path, when: When::Always, rule: SECURITY_LABEL, reason, step: None }
}

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.moves() {
        return;
    }
    drop_all(draft, guest, SHARES);
    pins(draft, guest);
    bindings(draft, guest);
    emptied_tuning(draft, guest);
    hugepages(draft, guest);
    passed_through(draft, guest);
    if guest.changes_architecture() {
        return drop_all(draft, guest, FOREIGN);
    }
    static_labels(draft, guest);
    displays(draft, guest);
}

/// The processors that take the place of those in `text`, where there are some. Nothing is known of another architecture's.
fn processors(guest: &Guest<'_>, text: &str) -> Option<NumberSet> {
    let site = guest.profile.site.as_ref().filter(|_| !guest.changes_architecture())?;
    site.processors(&NumberSet::parse(text)?)
}

fn pins<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let places = PINS.iter().flat_map(|path| guest.all_at(path)).chain(guest.root.child("vcpu"));
    for element in places {
        let Some(old) = element.value("cpuset") else { continue };
        match processors(guest, &old) {
            Some(new) if NumberSet::parse(&old).as_ref() == Some(&new) => {
                other_cells(draft, guest, element, &new);
            }
            Some(new) => {
                let reason = format!("{PINNED}; those of the same NUMA nodes here are {new}");
                draft.set(HOST_PINNING, reason, element, "cpuset", &new.to_string());
            }
            None => unpin(draft, element),
        }
    }
}

fn unpin<'d>(draft: &mut Draft<'d>, element: Element<'d>) {
    if element.name() == "vcpu" {
        draft.unset(HOST_PINNING, UNPINNED, element, "cpuset");
    } else {
        draft.delete(HOST_PINNING, UNPINNED, element);
    }
    draft.step(HOST_PINNING, PIN_AGAIN, element);
}

/// Processors that are there may be of other NUMA nodes: whether memory is to follow them is not told by the numbers.
fn other_cells<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, element: Element<'d>, pinned: &NumberSet) {
    if guest.profile.site.as_ref().is_some_and(|site| !site.keeps_cells(pinned)) {
        let text = format!(
            "see whether the processors {pinned}, which the new domain XML names as the old one does, are those that the guest is to \
             be pinned to: on the target they are of other NUMA nodes than on the old host"
        );
        draft.step(HOST_PINNING, text, element);
    }
}

/// Whether the target has the NUMA nodes that `element` names.
fn has_cells(guest: &Guest<'_>, text: &str) -> bool {
    let site = guest.profile.site.as_ref().filter(|_| !guest.changes_architecture());
    site.is_some_and(|site| NumberSet::parse(text).is_some_and(|wanted| site.has_cells(&wanted)))
}

fn bindings<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for tuning in guest.all_at("numatune") {
        let there = |e: Element<'_>| e.value("nodeset").is_none_or(|nodes| has_cells(guest, &nodes));
        if guest.changes_architecture() || !tuning.children().all(there) {
            draft.delete(NUMA_BINDING, UNBOUND, tuning);
            draft.step(NUMA_BINDING, BIND_AGAIN, tuning);
        }
    }
    for mask in guest.all_at("devices/memory/source/nodemask") {
        if !has_cells(guest, &mask.text()) {
            draft.delete(MEMORY_DEVICE, "it names NUMA nodes of the old host", mask);
        }
    }
}

/// Drops `<cputune>` when nothing is left in it.
fn emptied_tuning<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for tuning in guest.all_at("cputune") {
        if tuning.children().next().is_some() && tuning.children().all(|child| draft.is_gone(child)) {
            draft.delete(HOST_PINNING, "nothing is left in it", tuning);
        }
    }
}

/// Drops the sizes of huge pages that the target does not have.
fn hugepages<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(sizes) = &guest.profile.hugepages else { return };
    for page in guest.all_at("memoryBacking/hugepages/page") {
        let (size, unit) =
            (page.value("size").unwrap_or_default(), page.value("unit").unwrap_or("KiB".into()));
        let kib = Memory::parse(&size, &unit).map(Memory::as_kib);
        if kib.is_some_and(|kib| sizes.contains(&kib)) {
            continue;
        }
        let size = kib.map_or_else(|| format!("{size} {unit}"), |kib| Memory::kib(kib).to_string());
        let new = guest.profile.site.as_ref().and_then(|site| site.huge_page);
        let default =
            new.map_or_else(|| "its default size".to_owned(), |new| format!("its default size of {new}"));
        let reason = format!("pages of {size} are not known on the target; {default} is taken");
        draft.delete(HUGEPAGE_SIZE, reason, page);
        let text = format!("allocate {}, in place of those of {size}", pages(new, in_all(guest)));
        draft.step(HUGEPAGE_SIZE, text, page);
    }
}

/// Huge pages of a size for so much memory, as far as both are known.
fn pages(size: Option<Memory>, memory: Option<Memory>) -> String {
    match (size, memory) {
        (None, None) => "huge pages on the target".to_owned(),
        (None, Some(memory)) => format!("huge pages on the target for {memory}"),
        (Some(size), None) => format!("huge pages of {size} on the target"),
        (Some(size), Some(memory)) => {
            let count = memory.as_kib().div_ceil(size.as_kib().max(1));
            let s = if count == 1 { "" } else { "s" };
            format!("{count} huge page{s} of {size} on the target ({memory})")
        }
    }
}

/// How much memory a guest has whose pages are not told cell by cell.
fn in_all(guest: &Guest<'_>) -> Option<Memory> {
    let by_cell =
        guest.all_at("memoryBacking/hugepages/page").iter().any(|page| page.value("nodeset").is_some());
    let memory = guest.all_at("memory").first().copied().filter(|_| !by_cell);
    memory
        .and_then(|memory| Memory::parse(memory.text().trim(), &memory.value("unit").unwrap_or("KiB".into())))
}

fn passed_through<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for hostdev in guest.devices_named("hostdev") {
        let kind = hostdev.value("type").or(hostdev.value("mode")).unwrap_or("pci".into()).into_owned();
        let reason = "it passes a device of the old host through; the guest is without until it is given one of the target";
        draft.delete(PASSED_THROUGH, reason, hostdev);
        let text = format!(
            "give the guest a device of the target in the new domain XML, which has lost the passed-through {kind} device {}",
            source_of(hostdev)
        );
        draft.step(PASSED_THROUGH, text.trim_end(), hostdev);
    }
    for interface in guest.devices_named("interface").filter(|i| says(*i, "type", "hostdev")) {
        let mac = child_value(interface, "mac", "address").unwrap_or("unknown".into()).into_owned();
        let reason = "it passes a network device of the old host through; the guest is without until it is given one of the target";
        draft.delete(PASSED_THROUGH, reason, interface);
        let text = format!(
            "give the guest a network interface of the target in the new domain XML, which has lost the passed-through one (MAC {mac})"
        );
        draft.step(PASSED_THROUGH, text, interface);
    }
}

/// What a hostdev's source says, for a person: `bus=0x06 slot=0x12`, `vendor 0x1234`.
fn source_of(hostdev: Element<'_>) -> String {
    let Some(source) = hostdev.child("source") else { return String::new() };
    let named = ["address", "vendor", "product", "adapter", "host", "block"];
    let parts = source.children().filter(|child| named.contains(&child.name())).flat_map(|child| {
        child.attributes().map(move |a| match a.name() {
            "id" | "name" => format!("{} {}", child.name(), a.value()),
            name => format!("{name}={}", a.value()),
        })
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// Dynamic labels libvirt makes anew, static ones it takes as they are.
fn static_labels<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for label in guest.root.children_named("seclabel").filter(|label| says(*label, "type", "static")) {
        let reason =
            "a static label names a user or context of the old host; libvirt labels the guest by itself";
        draft.delete(SECURITY_LABEL, reason, label);
        let text = "give the guest a static security label of the target in the new domain XML, which has lost its own, if it needs \
                    one";
        draft.step(SECURITY_LABEL, text, label);
    }
}

/// A display cannot listen at an address that the target does not have.
fn displays<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(site) = &guest.profile.site else { return };
    for graphics in guest.devices_named("graphics") {
        let listens =
            graphics.children_named("listen").filter_map(|listen| Some((listen, listen.value("address")?)));
        let said = graphics.value("listen").map(|address| (graphics, address));
        for (element, address) in listens.chain(said).filter(|(_, address)| !site.can_listen_at(address)) {
            let reason = format!("the target does not have the address {address}");
            let name = if element == graphics { "listen" } else { "address" };
            draft.unset(GRAPHICS_ADDRESS, reason, element, name);
            let text = "say in the new domain XML, which has lost the old address, at which address of the target the display \
                        listens; without one libvirt takes that of its qemu.conf, which is 127.0.0.1 unless it says otherwise";
            draft.step(GRAPHICS_ADDRESS, text, graphics);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_where_their_size_is_known() {
        let (size, memory) = (Some(Memory::mib(512)), Some(Memory::gib(160)));
        assert_eq!(pages(size, memory), "320 huge pages of 512 MiB on the target (160 GiB)");
        assert_eq!(pages(size, Some(Memory::mib(513))), "2 huge pages of 512 MiB on the target (513 MiB)");
        assert_eq!(pages(size, size), "1 huge page of 512 MiB on the target (512 MiB)");
        assert_eq!(pages(size, None), "huge pages of 512 MiB on the target");
        assert_eq!(pages(None, memory), "huge pages on the target for 160 GiB");
    }
}
