//! Moves at their times, judged by sums of a few lines: neither the planner's nor the verifier's. It knows ordinary memory, vCPUs, slots,
//! links and guests to be apart, and nothing of huge pages, cells and devices.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Apart, Area, Cluster, GroupPolicy};
use crate::plan::PlanDocument;

/// A move that runs from one instant to another.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) guest: GuestIndex,
    pub(super) from: Option<HostIndex>,
    pub(super) to: HostIndex,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) rate: u64,
}

/// What there is on a host, or has to do with it, when a move starts there.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    pub(super) host: HostIndex,
    /// Whether the move comes to it; the others leave it.
    pub(super) arrives: bool,
    /// Whether the move that ends last is still to end.
    pub(super) in_transit: bool,
    /// KiB.
    pub(super) memory: u64,
    pub(super) vcpus: u64,
    pub(super) leaving: usize,
    pub(super) coming: usize,
    /// The greater one of what is reserved each way, in KiB/s.
    pub(super) rate: u64,
    /// Moves that have to do with its rack.
    pub(super) in_rack: usize,
    /// Moves of the whole cluster.
    pub(super) at_once: usize,
    /// Whether more guests of a group to be apart are there than may be.
    pub(super) crowded: bool,
}

/// Moves of a plan, in which each starts when all have ended that it comes after, and each takes as long as `lasts` says of it.
pub(super) fn course(case: &Case<'_>, document: &PlanDocument, lasts: &dyn Fn(usize) -> u64) -> Vec<Run> {
    let mut ends: BTreeMap<usize, u64> = BTreeMap::new();
    let mut moves: Vec<_> = document.waves.iter().flatten().collect();
    moves.sort_by_key(|one| one.number);
    let run = |one: &&crate::plan::MoveRecord| {
        let start = one.after.iter().map(|other| ends.get(other).copied().unwrap_or(0)).max().unwrap_or(0);
        let end = start + lasts(one.number).max(1);
        ends.insert(one.number, end);
        Run {
            guest: case.guest(&one.guest).unwrap(),
            from: one.from.as_deref().map(|name| case.host(name)),
            to: case.host(&one.to),
            start,
            end,
            rate: one.estimate.rate_kib_s,
        }
    };
    moves.iter().map(run).collect()
}

/// The moves by the times of the plan.
pub(super) fn by_plan(case: &Case<'_>, document: &PlanDocument) -> Vec<Run> {
    let mut runs = course(case, document, &|_| 1);
    let mut moves: Vec<_> = document.waves.iter().flatten().collect();
    moves.sort_by_key(|one| one.number);
    for (run, one) in runs.iter_mut().zip(moves) {
        (run.start, run.end) = (one.start_ms, one.start_ms + one.estimate.expected_ms.max(1));
    }
    runs
}

/// Whether a guest is on a host at an instant, also if it is still coming or still leaving.
fn is_on(case: &Case<'_>, runs: &[Run], guest: GuestIndex, host: HostIndex, instant: u64) -> bool {
    let own = || runs.iter().filter(|run| run.guest == guest);
    let gone = own().any(|run| run.from == Some(host) && run.end <= instant);
    let came = case.home(guest) == Some(host) || own().any(|run| run.to == host && run.start <= instant);
    came && !gone
}

/// What a guest takes of memory, in KiB, and of vCPUs.
fn takes(cluster: &Cluster, guest: GuestIndex) -> (u64, u64) {
    let about = &cluster.guests[guest];
    let kib = about.memory.value().map_or(0, |memory| memory.as_kib());
    (kib + kib / 50 + 200 * 1_024, about.vcpus.value().map_or(0, |vcpus| u64::from(*vcpus)))
}

fn rack(cluster: &Cluster, host: HostIndex) -> String {
    let name = &cluster.hosts[host].name;
    cluster.settings.racks.get(name).map_or(format!("none: {name}"), |rack| rack.value.clone())
}

/// What there is on both hosts of every move when it starts.
pub(super) fn loads(case: &Case<'_>, runs: &[Run]) -> Vec<Load> {
    let both = |run: &Run| run.from.map(|from| (from, false)).into_iter().chain([(run.to, true)]);
    let load = |run: &Run, (host, arrives)| load(case, runs, run, (host, arrives));
    runs.iter().flat_map(|run| both(run).map(|end| load(run, end)).collect::<Vec<_>>()).collect()
}

fn load(case: &Case<'_>, runs: &[Run], run: &Run, (host, arrives): (HostIndex, bool)) -> Load {
    let (cluster, now) = (case.cluster, run.start);
    let there: BTreeSet<GuestIndex> =
        (0..cluster.guests.len()).filter(|&guest| is_on(case, runs, guest, host, now)).collect();
    let running = || runs.iter().filter(|run| run.start <= now && now < run.end);
    let of_rack = |run: &&Run| {
        let own = rack(cluster, host);
        rack(cluster, run.to) == own || run.from.is_some_and(|from| rack(cluster, from) == own)
    };
    let leaving = || running().filter(|run| run.from == Some(host));
    let coming = || running().filter(|run| run.to == host);
    let rates = [leaving().map(|run| run.rate).sum::<u64>(), coming().map(|run| run.rate).sum()];
    Load {
        host,
        arrives,
        in_transit: leaving().next().is_some(),
        memory: there.iter().map(|&guest| takes(cluster, guest).0).sum(),
        vcpus: there.iter().map(|&guest| takes(cluster, guest).1).sum(),
        leaving: leaving().count(),
        coming: coming().count(),
        rate: rates.into_iter().max().unwrap_or(0),
        in_rack: running().filter(of_rack).count(),
        at_once: running().count(),
        crowded: arrives && crowded(case, runs, run),
    }
}

/// Whether more guests are where one arrives than a group allows.
fn crowded(case: &Case<'_>, runs: &[Run], run: &Run) -> bool {
    let cluster = case.cluster;
    cluster.settings.groups.iter().any(|group| {
        let GroupPolicy::Apart(Apart { per, at_most }) = group.policy else { return false };
        let place = |host: HostIndex| match per {
            Area::Host => cluster.hosts[host].name.clone(),
            Area::Rack => rack(cluster, host),
        };
        let to = place(run.to);
        let hosts = || (0..cluster.hosts.len()).filter(|&host| place(host) == to);
        let here = |guest: &GuestIndex| {
            let is_member = group.guests.contains(&cluster.guests[*guest].name);
            is_member && hosts().any(|host| is_on(case, runs, *guest, host, run.start))
        };
        let member = group.guests.contains(&cluster.guests[run.guest].name);
        let stays = run.from.is_some_and(|from| place(from) == to);
        member && !stays && (0..cluster.guests.len()).filter(here).count() > at_most
    })
}

/// Whether any load is more than a cluster can take.
pub(super) fn breaks(cluster: &Cluster, loads: &[Load]) -> bool {
    let settings = &cluster.settings;
    let over = |count: usize, limit: Option<usize>| limit.is_some_and(|limit| count > limit);
    let link = settings.migration_mbit.unwrap_or(1_000) * 1_000_000 / 8 / 1_024;
    loads.iter().any(|load| {
        let host = &cluster.hosts[load.host];
        let memory = host.memory.value().map_or(0, |memory| memory.as_kib());
        let processors = host.processors.value().map_or(0, |count| u64::from(*count));
        let cramped = load.memory > memory.saturating_sub(settings.memory_reserve.as_kib())
            || load.vcpus > processors * settings.cpu_overcommit_percent / 100;
        (load.arrives && cramped)
            || load.crowded
            || load.leaving + load.coming > settings.moves_per_host
            || over(load.leaving, settings.moves_out_per_host)
            || over(load.coming, settings.moves_in_per_host)
            || over(load.in_rack, settings.moves_per_rack)
            || over(load.at_once, settings.moves_at_once)
            || load.rate > link
    })
}

/// Whether the referee knows all that the guests take.
pub(super) fn knows(case: &Case<'_>) -> bool {
    let guests = &case.cluster.guests;
    let plain = |guest: &crate::model::Guest| {
        let asked = &guest.requirements;
        asked.hugepages.is_empty()
            && guest.cells.is_none()
            && guest.memory_parts.is_empty()
            && asked.devices.is_empty()
    };
    let pages = case
        .cluster
        .hosts
        .iter()
        .any(|host| host.cell_pages.value().is_some() || host.free_pages.value().is_some());
    let named = |one: &crate::plan::MoveRecord| case.guest(&one.guest).is_some();
    guests.iter().all(plain) && !pages && case.moves().all(named)
}
