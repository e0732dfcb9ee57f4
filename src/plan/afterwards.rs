//! The cluster once plans are carried out.
//!
//! Guests are where they were moved, and need what they need there: one that went live runs as it did, one that went cold was started by its
//! new host, one that was rebuilt has the definition that is written for it. Whoever ran before runs again: the commands of a
//! plan start it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::document::{MoveRecord, PlanDocument};
use super::huge_pages;
use super::mode::MoveMode;
use super::offer::may_have;
use super::rollout::{After, RolloutDocument};
use super::settle::{forget_live, settle};
use crate::compat::{Chart, GuestIndex, HostIndex, Mode};
use crate::ingest::read_definition;
use crate::knowledge::huge_page_of;
use crate::model::{CellPages, Cluster, Fact, FreePages, Guest, Host, Memory, Requirements, Shape};
use crate::rewrite::{Wish, rewrite_guest};

/// Where a guest goes in the end, and how.
#[derive(Clone, Copy)]
struct Journey {
    from: Option<HostIndex>,
    to: HostIndex,
    /// The harshest of its moves.
    mode: MoveMode,
    stops: bool,
}

/// The cluster once a plan for it is carried out. Guests and hosts keep their places; moves of guests or to hosts that it does not have are
/// passed over.
pub fn afterwards(chart: &Chart<'_>, plan: &PlanDocument) -> Cluster {
    let mut after = chart.cluster.clone();
    let journeys: Vec<(GuestIndex, Journey)> = journeys(chart.cluster, plan).into_iter().collect();
    let new: Vec<New> = journeys.par_iter().map(|&(guest, journey)| new(chart, guest, journey)).collect();
    // Those that arrive may take what others leave.
    for (guest, journey) in &journeys {
        if let Some(from) = journey.from {
            huge_pages::leave(&after.guests[*guest], &mut after.hosts[from]);
        }
    }
    for ((guest, journey), new) in journeys.into_iter().zip(new) {
        arrive(&mut after, guest, journey, new);
    }
    // Others meet them there as they are by now, those that were on no host before among them.
    after.lodge();
    after
}

/// The cluster once a rollout is carried out, of which hosts that are upgraded offer `offers` afterwards.
pub fn after_rollout(
    cluster: &Cluster,
    rollout: &RolloutDocument,
    offers: &BTreeMap<HostIndex, After>,
) -> Cluster {
    let upgrades = rollout.intents.iter().filter(|intent| intent.intent == "upgrade");
    let upgraded: Vec<&String> = upgrades.flat_map(|intent| &intent.hosts).collect();
    let mut now = cluster.clone();
    for stage in &rollout.stages {
        now = afterwards(&Chart::new(&now), &stage.plan);
        for (&host, offer) in offers {
            let host = &mut now.hosts[host];
            if stage.hosts.contains(&host.name) && upgraded.contains(&&host.name) {
                offer.bring_to(host);
            }
        }
    }
    now
}

/// The guests that a plan moves; what goes on from a host is one journey.
fn journeys(cluster: &Cluster, plan: &PlanDocument) -> BTreeMap<GuestIndex, Journey> {
    let hosts = cluster.hosts.iter().enumerate();
    let hosts: BTreeMap<&str, HostIndex> = hosts.map(|(at, host)| (host.name.as_str(), at)).collect();
    let guests = cluster.guests.iter().enumerate();
    let mut at: BTreeMap<(&str, Option<&str>), GuestIndex> =
        guests.map(|(at, guest)| ((guest.name.as_str(), guest.host.as_deref()), at)).collect();
    let mut journeys: BTreeMap<GuestIndex, Journey> = BTreeMap::new();
    for one in plan.waves.iter().flatten() {
        let Some(&to) = hosts.get(one.to.as_str()) else { continue };
        let Some(guest) = at.remove(&(one.guest.as_str(), one.from.as_deref())) else { continue };
        at.insert((one.guest.as_str(), Some(one.to.as_str())), guest);
        let from = one.from.as_deref().and_then(|from| hosts.get(from).copied());
        let journey =
            journeys.get(&guest).map_or_else(|| first(one, (from, to)), |so_far| on(so_far, one, to));
        journeys.insert(guest, journey);
    }
    journeys
}

fn first(one: &MoveRecord, (from, to): (Option<HostIndex>, HostIndex)) -> Journey {
    Journey { from, to, mode: one.mode, stops: one.stops }
}

fn on(so_far: &Journey, one: &MoveRecord, to: HostIndex) -> Journey {
    Journey { from: so_far.from, to, mode: so_far.mode.max(one.mode), stops: so_far.stops || one.stops }
}

/// What is new of a guest where it arrived.
enum New {
    Nothing,
    Needs(Box<Requirements>),
    /// Its domain XML.
    Definition(String),
}

fn new(chart: &Chart<'_>, guest: GuestIndex, journey: Journey) -> New {
    let needs =
        |went| chart.arrived(guest, journey.to, went).map_or(New::Nothing, |new| New::Needs(Box::new(new)));
    match journey.mode {
        MoveMode::Live => needs(Mode::Live),
        MoveMode::Cold if journey.stops => needs(Mode::Cold),
        MoveMode::Cold | MoveMode::Placed => New::Nothing,
        MoveMode::Rebuild => {
            let (one, host) = (&chart.cluster.guests[guest], &chart.cluster.hosts[journey.to]);
            rewrite_guest(chart.cluster, one, &[host], &Wish::default())
                .map_or(New::Nothing, |(_, rewritten)| New::Definition(rewritten.text))
        }
    }
}

fn arrive(after: &mut Cluster, guest: GuestIndex, journey: Journey, new: New) {
    let one = &mut after.guests[guest];
    if journey.stops {
        forget_live(one);
    }
    match new {
        New::Nothing => {}
        // Of one that was stopped it is known with which CPU it was started, and no more.
        New::Needs(needs) => {
            let live_shape = if journey.stops { Shape::default() } else { needs.live_shape };
            one.requirements = Requirements { live_shape, ..*needs };
        }
        New::Definition(text) => {
            let path = format!("guests/{}.xml", one.name);
            // What was rewritten is domain XML; was it not, the guest stays as it was known.
            if let Ok(anew) = read_definition(&mut after.sources, (path, text), None) {
                let anew = Guest { running: one.running, ..anew };
                let old = std::mem::replace(one, anew);
                set_aside(&mut after.hosts[journey.to], &old);
            }
        }
    }
    settle(after, guest, (journey.from, journey.to));
    huge_pages::arrive(&after.guests[guest], &mut after.hosts[journey.to]);
}

/// Sets the huge pages aside that a step asks a person for: the host has none of the guest's old size, so it has pages of the host's own now, of
/// what was ordinary memory, from whichever cells have it.
fn set_aside(host: &mut Host, old: &Guest) {
    let mut named = old.requirements.hugepages.iter().filter_map(|page| page.value);
    let gone = named.any(|size| !may_have(host, size));
    let (Some(size), Some(memory)) = (huge_page_of(host).filter(|_| gone), old.memory.value()) else {
        return;
    };
    let Fact::Known(pages) = &mut host.cell_pages else { return };
    let Some(smallest) = pages.value.iter().map(|pages| pages.size).min() else { return };
    let mut missing = memory.as_kib().div_ceil(size.as_kib().max(1));
    let each = (size.as_kib() / smallest.as_kib().max(1)).max(1);
    let cells: BTreeSet<u32> = pages.value.iter().map(|pages| pages.cell).collect();
    for cell in cells {
        let small = count_of(&mut pages.value, (cell, smallest));
        let found = small.as_ref().map_or(0, |small| (**small / each).min(missing));
        if let Some(small) = small {
            *small -= found * each;
        }
        if let Some(huge) = count_of(&mut pages.value, (cell, size)) {
            *huge += found;
            // They are free until the guest starts.
            free_too(&mut host.free_pages, (cell, size), found);
        }
        missing -= found;
    }
}

/// Counts so many more pages of a size in a cell as free, where a document tells what is.
fn free_too(free: &mut Fact<Vec<FreePages>>, (cell, size): (u32, Memory), more: u64) {
    let Fact::Known(free) = free else { return };
    let told = free.value.iter_mut().find(|free| (free.cell, free.size) == (Some(cell), size));
    if let Some(told) = told {
        told.count = told.count.saturating_add(more);
    }
}

/// How many pages of a size a cell has.
fn count_of(pages: &mut [CellPages], of: (u32, Memory)) -> Option<&mut u64> {
    pages.iter_mut().find(|pages| (pages.cell, pages.size) == of).map(|pages| &mut pages.count)
}
