//! Hosts, racks and networks that can take a little less than a plan asks of them: what it asks is summed up by the referee.

use super::super::case::{At, Case, Dice, Wrong};
use super::super::referee::{Load, by_plan, knows, loads};
use super::{Mistake, mistake};
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, DocumentKind, Fact, Memory};
use crate::plan::{MoveMode, ViolationKind as Kind};

pub(super) const ALL: &[Mistake] = &[
    mistake("memory of a host, on the way", &[Kind::Room], |case, dice| {
        short(case, dice, |load| load.arrives && load.in_transit, |load| load.memory, memory)
    }),
    mistake("memory of a host, at the end", &[Kind::Room], |case, dice| {
        short(case, dice, |load| load.arrives && !load.in_transit, |load| load.memory, memory)
    }),
    mistake("vCPUs of a host", &[Kind::Room], |case, dice| {
        short(case, dice, |load| load.arrives, |load| load.vcpus, processors)
    }),
    mistake("memory in reserve", &[Kind::Room], |case, dice| {
        let load = greatest(case, dice, |load| load.arrives, |load| load.memory)?;
        let has = case.cluster.hosts[load.host].memory.value()?.as_kib();
        Some(case.in_other(|cluster| {
            cluster.settings.memory_reserve = Memory::kib((has + 1).saturating_sub(load.memory));
        }))
    }),
    mistake("a host of unknown memory", &[Kind::Room], |case, dice| {
        let to = case.host(&case.one(dice.pick(case.places())?).to);
        Some(case.in_other(|cluster| cluster.hosts[to].memory = Fact::Unknown(DocumentKind::NodeInfo)))
    }),
    mistake("a guest of unknown size", &[Kind::Room], |case, dice| {
        let guest = case.guest(&case.one(dice.pick(case.plain())?).guest)?;
        Some(case.in_other(|cluster| cluster.guests[guest].memory = Fact::Unknown(DocumentKind::Domain)))
    }),
    mistake("moves of a host", &[Kind::Moves], |case, dice| {
        slots(
            case,
            dice,
            |load| load.leaving + load.coming,
            |cluster, most| cluster.settings.moves_per_host = most,
        )
    }),
    mistake("moves that leave a host", &[Kind::Moves], |case, dice| {
        slots(
            case,
            dice,
            |load| load.leaving,
            |cluster, most| cluster.settings.moves_out_per_host = Some(most),
        )
    }),
    mistake("moves that come to a host", &[Kind::Moves], |case, dice| {
        slots(case, dice, |load| load.coming, |cluster, most| cluster.settings.moves_in_per_host = Some(most))
    }),
    mistake("moves of a rack", &[Kind::Moves], |case, dice| {
        slots(case, dice, |load| load.in_rack, |cluster, most| cluster.settings.moves_per_rack = Some(most))
    }),
    mistake("moves at once", &[Kind::Moves], |case, dice| {
        slots(case, dice, |load| load.at_once, |cluster, most| cluster.settings.moves_at_once = Some(most))
    }),
    mistake("what the network carries", &[Kind::Network], |case, dice| {
        let load = greatest(case, dice, |load| load.rate > 200, |load| load.rate)?;
        let mbit = (load.rate - 1) * 8 * 1_024 / 1_000_000;
        Some(case.in_other(|cluster| cluster.settings.migration_mbit = Some(mbit)))
    }),
    mistake("huge pages of a host", &[Kind::Room], |case, dice| {
        let (to, staying) = arrival(case, dice, &|guest, host| {
            pages(case, guest, None) > 0 && case.cluster.hosts[host].cell_pages.value().is_some()
        })?;
        let size = size(case, staying[0])?;
        let taken: u64 = staying.iter().map(|&guest| pages(case, guest, Some(size))).sum();
        Some(case.in_other(|cluster| set_pages(cluster, to, size, taken - 1)))
    }),
    mistake("memory of a NUMA cell", &[Kind::Room], |case, dice| {
        let bound = |guest: GuestIndex, host: HostIndex| {
            let about = &case.cluster.guests[guest];
            about.requirements.hugepages.is_empty()
                && about.memory_parts.is_empty()
                && about.cells.as_ref().is_some_and(|cells| cells.value.len() == 1)
                && case.cluster.hosts[host].cell_pages.value().is_some()
        };
        let (to, staying) = arrival(case, dice, &bound)?;
        let cell = *case.cluster.guests[staying[0]].cells.as_ref()?.value.iter().next()?;
        let need = case.cluster.guests[staying[0]].memory.value()?.as_kib();
        Some(case.in_other(|cluster| {
            let Fact::Known(all) = &mut cluster.hosts[to].cell_pages else { return };
            let small = all.value.iter().map(|pages| pages.size).min().unwrap_or_default();
            let here = all.value.iter_mut().filter(|pages| pages.cell == cell && pages.size == small);
            here.for_each(|pages| pages.count = need / small.as_kib().max(1) / 2);
        }))
    }),
    mistake("devices of a network", &[Kind::Room], |case, dice| {
        let network =
            |host: HostIndex| case.cluster.hosts[host].device_pools.first().map(|pool| pool.network.clone());
        let has_card = |guest, host| network(host).is_some_and(|network| cards(case, guest, &network) > 0);
        let (to, staying) = arrival(case, dice, &has_card)?;
        let (network, place) = (network(to)?, case.cluster.hosts[to].memory.place()?);
        let taken: u64 = staying.iter().map(|&guest| cards(case, guest, &network)).sum();
        Some(case.in_other(|cluster| {
            let pools = cluster.hosts[to].device_pools.iter_mut().filter(|pool| pool.network == network);
            pools.for_each(|pool| pool.devices = Fact::known(taken - 1, place));
        }))
    }),
];

/// One of the hosts, with the greatest load there of some kind.
fn greatest(
    case: &Case<'_>,
    dice: &mut Dice,
    counts: impl Fn(&Load) -> bool,
    amount: impl Fn(&Load) -> u64,
) -> Option<Load> {
    if !knows(case) {
        return None;
    }
    let all = loads(case, &by_plan(case, &case.document));
    let host = dice.pick(all.iter().filter(|load| counts(load)).map(|load| load.host))?;
    let here = all.into_iter().filter(|load| load.host == host && counts(load));
    here.max_by_key(|load| amount(load)).filter(|load| amount(load) > 0)
}

/// The host has one less than the plan asks of it.
fn short(
    case: &Case<'_>,
    dice: &mut Dice,
    counts: fn(&Load) -> bool,
    amount: fn(&Load) -> u64,
    set: fn(&mut Cluster, HostIndex, u64),
) -> Option<Wrong> {
    let load = greatest(case, dice, counts, amount)?;
    Some(case.in_other(|cluster| set(cluster, load.host, amount(&load) - 1)))
}

fn memory(cluster: &mut Cluster, host: HostIndex, kib: u64) {
    let all = Memory::kib(kib).plus(cluster.settings.memory_reserve);
    if let Fact::Known(memory) = &mut cluster.hosts[host].memory {
        memory.value = all;
    }
}

fn processors(cluster: &mut Cluster, host: HostIndex, vcpus: u64) {
    cluster.settings.cpu_overcommit_percent = 100;
    if let Fact::Known(processors) = &mut cluster.hosts[host].processors {
        processors.value = u32::try_from(vcpus).unwrap_or(u32::MAX);
    }
}

fn slots(
    case: &Case<'_>,
    dice: &mut Dice,
    count: fn(&Load) -> usize,
    set: fn(&mut Cluster, usize),
) -> Option<Wrong> {
    let load = greatest(case, dice, |load| count(load) > 0, |load| count(load) as u64)?;
    Some(case.in_other(|cluster| set(cluster, count(&load) - 1)))
}

/// A guest that comes to a host as it is, and those like it that stay there from the beginning to the end.
fn arrival(
    case: &Case<'_>,
    dice: &mut Dice,
    is_one: &dyn Fn(GuestIndex, HostIndex) -> bool,
) -> Option<(HostIndex, Vec<GuestIndex>)> {
    let guest = |at| case.guest(&case.one(at).guest).unwrap();
    let comes = |at: &At| {
        let one = case.one(*at);
        one.mode != MoveMode::Rebuild && is_one(guest(*at), case.host(&one.to))
    };
    let at = dice.pick(case.plain().into_iter().filter(comes))?;
    let to = case.host(&case.one(at).to);
    let moves = |guest: GuestIndex| case.moves().any(|one| one.guest == case.cluster.guests[guest].name);
    let there = (0..case.cluster.guests.len()).filter(|&guest| case.home(guest) == Some(to) && !moves(guest));
    Some((to, [guest(at)].into_iter().chain(there).collect()))
}

/// The size of the huge pages that a guest names, in KiB.
fn size(case: &Case<'_>, guest: GuestIndex) -> Option<u64> {
    case.cluster.guests[guest].requirements.hugepages.first()?.value.map(Memory::as_kib)
}

/// How many huge pages of a size, or of any, a guest takes that names one.
fn pages(case: &Case<'_>, guest: GuestIndex, of: Option<u64>) -> u64 {
    let about = &case.cluster.guests[guest];
    let named =
        size(case, guest).filter(|own| of.is_none_or(|of| of == *own) && about.memory_parts.is_empty());
    named.map_or(0, |size| about.memory.value().map_or(0, |memory| memory.as_kib().div_ceil(size)))
}

/// So many pages of a size, all in the first cell.
fn set_pages(cluster: &mut Cluster, host: HostIndex, kib: u64, count: u64) {
    let Fact::Known(all) = &mut cluster.hosts[host].cell_pages else { return };
    let mut left = count;
    for pages in all.value.iter_mut().filter(|pages| pages.size.as_kib() == kib) {
        pages.count = std::mem::take(&mut left);
    }
}

/// How many cards a guest has on a network.
fn cards(case: &Case<'_>, guest: GuestIndex, network: &str) -> u64 {
    let on = |device: &&crate::model::Device| {
        device.network.as_ref().is_some_and(|own| own.value.as_str() == network)
    };
    case.cluster.guests[guest].requirements.devices.iter().filter(on).count() as u64
}
