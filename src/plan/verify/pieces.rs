//! What guests take beside ordinary memory and vCPUs, worked out a second time.

use std::collections::BTreeSet;

use crate::model::{Backing, Cluster, Guest, Host, MemoryPart};

/// Something that hosts have and few guests take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stuff {
    /// Memory in some cells, in KiB.
    Memory,
    /// Huge pages of so many KiB.
    Pages(u64),
    /// Huge pages of the host's default size, which is so many KiB where the guest comes from.
    Unnamed(u64),
    /// Devices that a network gives out.
    Devices(String),
}

/// So much of it, from some cells of the host or from any.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) stuff: Stuff,
    pub(super) cells: Option<BTreeSet<u32>>,
    pub(super) amount: u128,
}

/// The KiB of a guest's memory that are in no huge pages, and all that it takes of other stuff; `None` where that is not known.
/// `giving` are the networks that give devices out; `default` tells the size, in KiB, of huge pages that it has where it names none.
/// On a host that it is rebuilt for it is bound to no cells, and has ordinary memory in place of huge pages of a size that the host
/// has not.
pub(super) fn pieces(
    giving: &BTreeSet<&str>,
    guest: &Guest,
    default: impl Fn() -> Option<u64>,
    rebuilt: Option<&Host>,
) -> Option<(u128, Vec<Piece>)> {
    let mut parts = parts(guest)?;
    for part in parts.iter_mut().filter(|_| rebuilt.is_some()) {
        part.cells = None;
        let sizes = rebuilt.and_then(|host| host.platform.cpu.page_sizes.value());
        if let (Backing::Pages(size), Some(sizes)) = (part.pages, sizes)
            && !sizes.contains(&size)
        {
            part.pages = Backing::Ordinary;
        }
    }
    let (mut plain, mut found) = (0, Vec::new());
    for part in &parts {
        let kib = u128::from(part.memory.as_kib());
        let piece = |stuff, amount| Piece { stuff, cells: part.cells.clone(), amount };
        match part.pages {
            Backing::Ordinary => {
                plain += kib;
                found.extend(part.cells.is_some().then(|| piece(Stuff::Memory, kib)));
            }
            Backing::DefaultPages => {
                let size = default()?;
                found.push(Piece { stuff: Stuff::Unnamed(size), cells: None, amount: 1 });
                found.push(piece(Stuff::Pages(size), kib.div_ceil(u128::from(size))));
            }
            Backing::Pages(size) if size.as_kib() > 0 => {
                found.push(piece(Stuff::Pages(size.as_kib()), kib.div_ceil(u128::from(size.as_kib()))));
            }
            Backing::Pages(_) => return None,
        }
    }
    if parts.iter().all(|part| part.cells.is_some()) {
        let all = parts.iter().flat_map(|part| part.cells.iter().flatten().copied()).collect();
        let kib = u128::from(guest.memory.value()?.as_kib());
        found.push(Piece { stuff: Stuff::Memory, cells: Some(all), amount: kib / 50 + 200 * 1024 });
    }
    found.extend(devices(giving, guest));
    Some((plain, found))
}

/// A part for each of the guest's own cells, and one for the memory that may be added, which is as they are if they are all alike.
pub(super) fn parts(guest: &Guest) -> Option<Vec<MemoryPart>> {
    let all = *guest.memory.value()?;
    let mut parts = guest.memory_parts.clone();
    if parts.is_empty() {
        let pages = &guest.requirements.hugepages;
        let one = match pages.len() {
            0 => Backing::Ordinary,
            1 => pages.first()?.value.map_or(Backing::DefaultPages, Backing::Pages),
            _ => return None,
        };
        let cells = guest.cells.clone().map(|cells| cells.value);
        return Some(vec![MemoryPart { memory: all, pages: one, cells }]);
    }
    let said = parts.iter().fold(0, |sum, part| sum + u128::from(part.memory.as_kib()));
    if u128::from(all.as_kib()) > said {
        let last = parts.last()?.clone();
        let alike = parts.iter().all(|part| part.pages == last.pages && part.cells == last.cells);
        let said = parts.iter().map(|part| part.memory).sum();
        parts.push(alike.then_some(MemoryPart { memory: all.minus(said), ..last })?);
    }
    Some(parts)
}

/// The networks that give devices out on any host.
pub(super) fn giving(cluster: &Cluster) -> BTreeSet<&str> {
    let pools = cluster.hosts.iter().flat_map(|host| &host.device_pools);
    pools.map(|pool| pool.network.as_str()).collect()
}

/// A device for each card on a network that gives devices out, on whichever host.
fn devices(giving: &BTreeSet<&str>, guest: &Guest) -> Vec<Piece> {
    let mut found = Vec::new();
    for device in &guest.requirements.devices {
        let is_card = device.element.value == "interface"
            && device.kind.as_ref().is_some_and(|kind| kind.value == "network");
        let network = device.network.as_ref().map(|network| network.value.as_str().to_owned());
        let network = network.filter(|network| is_card && giving.contains(network.as_str()));
        found.extend(network.map(|network| Piece { stuff: Stuff::Devices(network), cells: None, amount: 1 }));
    }
    found
}
