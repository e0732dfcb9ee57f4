//! The replay by time: what every host holds, at every instant at which something starts.

use std::collections::{BTreeMap, BTreeSet};

use super::apart::{ApartSets, Arrival};
use super::headroom::Spare;
use super::order::loose;
use super::racks::RackMoves;
use super::room::Rooms;
use super::slots::{link, too_many};
use super::span::{Span, spans};
use super::stock::Amount;
use super::times::{out_of_order, outside};
use super::units::Units;
use super::violation::{Violation, ViolationKind as Kind};
use crate::compat::{GuestIndex, HostIndex};
use crate::model::Cluster;
use crate::plan::document::PlanDocument;
use crate::plan::mode::MoveMode;

/// All that does not hold by time.
pub(super) fn violations(cluster: &Cluster, rooms: &Rooms<'_>, document: &PlanDocument) -> Vec<Violation> {
    let (mut spans, units) = (spans(cluster, document), Units::new(cluster));
    units.hold(&mut spans);
    let mut timeline = Timeline { cluster, rooms, spans: &spans, found: Vec::new() };
    timeline.order();
    timeline.instants(&Spare::new(cluster, rooms, document));
    let wrong = outside(cluster, &spans).into_iter().chain(out_of_order(cluster, &spans));
    wrong.for_each(|(wave, text)| timeline.say(wave, Kind::Window, text));
    timeline.in_any_time(&units);
    timeline.figures(document);
    timeline.found
}

/// What happens to a host at an instant: departures come before arrivals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Ends(usize),
    Starts(usize),
}

/// What a host has to do with at one instant.
#[derive(Default)]
struct Load {
    amount: Amount,
    /// Leaving and coming.
    moves: [usize; 2],
    /// Reserved on its link, leaving and coming.
    rates: [u128; 2],
    guests: BTreeSet<GuestIndex>,
}

struct Timeline<'a, 'd> {
    cluster: &'a Cluster,
    rooms: &'a Rooms<'a>,
    spans: &'a [Span<'d>],
    found: Vec<Violation>,
}

impl Timeline<'_, '_> {
    fn say(&mut self, wave: usize, kind: Kind, message: String) {
        self.found.push(Violation { wave: Some(wave + 1), kind, message });
    }

    /// Numbers are 1, 2, 3, …; what a move comes after has ended before it, in an earlier wave.
    fn order(&mut self) {
        let by_number: BTreeMap<usize, &Span<'_>> =
            self.spans.iter().map(|one| (one.record.number, one)).collect();
        let mut wrong = Vec::new();
        for (at, one) in self.spans.iter().enumerate() {
            if one.record.number != at + 1 {
                wrong.push((
                    one.wave,
                    format!("move {} of '{}' should be {}", one.record.number, one.record.guest, at + 1),
                ));
            }
            for other in &one.record.after {
                let ended =
                    by_number.get(other).is_some_and(|other| other.end <= one.start && other.wave < one.wave);
                if !ended {
                    wrong.push((
                        one.wave,
                        format!("move {} starts before move {other} has ended", one.record.number),
                    ));
                }
            }
        }
        for (wave, text) in wrong {
            self.say(wave, Kind::Order, text);
        }
    }

    /// What holds by these times, and would not if moves took longer or shorter.
    fn in_any_time(&mut self, units: &Units) {
        for (wave, text) in units.torn(self.cluster, self.spans) {
            self.say(wave, Kind::Together, text);
        }
        for (wave, text) in loose(self.cluster, self.spans) {
            self.say(wave, Kind::Order, text);
        }
    }

    /// Every instant at which something starts, host by host.
    fn instants(&mut self, spare: &Spare<'_>) {
        let mut events: Vec<(u64, Event)> = Vec::new();
        for (at, one) in self.spans.iter().enumerate() {
            events.extend([(one.start, Event::Starts(at)), (one.end, Event::Ends(at))]);
        }
        events.sort_unstable();
        let (mut loads, mut running) = (self.beginning(), 0_usize);
        let at_once = self.cluster.settings.moves_at_once.unwrap_or(usize::MAX);
        let (apart, mut racks) = (ApartSets::new(self.cluster), RackMoves::new(self.cluster));
        for all in &happen(&events) {
            let mut hosts: BTreeMap<HostIndex, Vec<usize>> = BTreeMap::new();
            for &event in all {
                self.count(&mut loads, event);
                match event {
                    Event::Starts(at) => racks.start(self.spans[at].from, self.spans[at].to),
                    Event::Ends(at) => racks.end(self.spans[at].from, self.spans[at].to),
                }
                running =
                    if matches!(event, Event::Starts(_)) { running + 1 } else { running.saturating_sub(1) };
                if let Event::Starts(at) = event {
                    let one = &self.spans[at];
                    let ends = one.from.into_iter().chain([one.to]);
                    ends.for_each(|host| hosts.entry(host).or_default().push(at));
                }
            }
            if running > at_once {
                let wave = hosts.values().flatten().map(|&at| self.spans[at].wave).min().unwrap_or(0);
                self.say(wave, Kind::Moves, format!("{running} moves run at once; {at_once} are allowed"));
            }
            self.judge_spare(all, &loads, spare);
            for (host, starting) in hosts {
                self.judge(host, &loads[host], &starting);
            }
            self.judge_together(all, &loads, (&apart, &racks));
        }
    }

    fn beginning(&self) -> Vec<Load> {
        let mut loads: Vec<Load> = self.cluster.hosts.iter().map(|_| Load::default()).collect();
        let hosts = self.cluster.hosts.iter().enumerate();
        let hosts: BTreeMap<&str, HostIndex> = hosts.map(|(at, host)| (host.name.as_str(), at)).collect();
        for (at, guest) in self.cluster.guests.iter().enumerate() {
            if let Some(&host) = guest.host.as_deref().and_then(|name| hosts.get(name)) {
                self.put(&mut loads[host], (at, host));
            }
        }
        loads
    }

    fn put(&self, load: &mut Load, (guest, host): (GuestIndex, HostIndex)) {
        let (memory, vcpus) = self.rooms.taken(guest, host).unwrap_or_default();
        load.amount = (load.amount.0 + memory, load.amount.1 + vcpus);
        load.guests.insert(guest);
    }

    fn take(&self, load: &mut Load, (guest, host): (GuestIndex, HostIndex)) {
        if load.guests.remove(&guest) {
            let (memory, vcpus) = self.rooms.taken(guest, host).unwrap_or_default();
            load.amount = (load.amount.0.saturating_sub(memory), load.amount.1.saturating_sub(vcpus));
        }
    }

    fn count(&self, loads: &mut [Load], event: Event) {
        let (Event::Starts(at) | Event::Ends(at)) = event;
        let one = &self.spans[at];
        let rate = u128::from(one.record.estimate.rate_kib_s);
        let ends = one.from.map(|from| (from, 0)).into_iter().chain([(one.to, 1)]);
        for (host, way) in ends {
            let load = &mut loads[host];
            if matches!(event, Event::Starts(_)) {
                load.moves[way] += 1;
                load.rates[way] += rate;
            } else {
                load.moves[way] = load.moves[way].saturating_sub(1);
                load.rates[way] = load.rates[way].saturating_sub(rate);
            }
        }
        match event {
            Event::Starts(_) => self.put(&mut loads[one.to], (one.guest, one.to)),
            Event::Ends(_) => {
                one.from.into_iter().for_each(|from| self.take(&mut loads[from], (one.guest, from)));
            }
        }
    }

    /// What is wrong at a host when these moves start there.
    fn judge(&mut self, host: HostIndex, load: &Load, starting: &[usize]) {
        let (about, settings) = (&self.cluster.hosts[host], &self.cluster.settings);
        let starting = || starting.iter().map(|&at| &self.spans[at]);
        let arriving: BTreeSet<GuestIndex> =
            starting().filter(|one| one.to == host).map(|one| one.guest).collect();
        let wave = starting().map(|one| one.wave).min().unwrap_or(0);
        let instant = starting().map(|one| one.start).min().unwrap_or(0);
        let (name, mut told) = (&about.name, Vec::new());
        let (memory, vcpus) = self.rooms.held(host).unwrap_or_default();
        let over = load.amount.0 > memory || load.amount.1 > vcpus;
        if !arriving.is_empty() && (over || self.lacks(host, load, &arriving)) {
            told.push((
                Kind::Room,
                format!("host '{name}' holds more than it can, {instant} ms after the beginning"),
            ));
        }
        if too_many(settings, load.moves) {
            let [leaving, coming] = load.moves;
            let text = format!(
                "host '{name}' has more moves at once than are allowed: {leaving} leaving, {coming} coming"
            );
            told.push((Kind::Moves, text));
        }
        let link = link(settings);
        if load.rates.iter().any(|&rate| rate > link) {
            told.push((
                Kind::Network,
                format!("the link of host '{name}' carries less than is reserved on it"),
            ));
        }
        for (kind, text) in told {
            self.say(wave, kind, text);
        }
    }

    /// Whether the host has too little of something that only some guests take.
    fn lacks(&self, host: HostIndex, load: &Load, arriving: &BTreeSet<GuestIndex>) -> bool {
        let arriving: Vec<GuestIndex> = arriving.iter().copied().collect();
        let there: Vec<GuestIndex> = load.guests.iter().copied().collect();
        self.rooms.lacking(host, &there, &arriving).is_some()
    }

    /// What stays free for the guests of hosts that fail when these moves start.
    fn judge_spare(&mut self, all: &[Event], loads: &[Load], spare: &Spare<'_>) {
        if self.cluster.settings.headroom_hosts == 0 {
            return;
        }
        for event in all {
            let Event::Starts(at) = *event else { continue };
            if let Some(text) = spare.broken(self.spans[at].to, &|host| loads[host].amount) {
                return self.say(self.spans[at].wave, Kind::Headroom, text);
            }
        }
    }

    /// What is wrong in places of more than one host, and with groups, when these moves start.
    fn judge_together(&mut self, all: &[Event], loads: &[Load], (apart, racks): (&ApartSets, &RackMoves)) {
        let on = |guest: GuestIndex, host: HostIndex| loads[host].guests.contains(&guest);
        let mut told: BTreeSet<(usize, Kind, String)> = BTreeSet::new();
        for event in all {
            let Event::Starts(at) = *event else { continue };
            let one = &self.spans[at];
            let arrival = Arrival { guest: one.guest, from: one.from, to: one.to };
            let broken = apart.broken(arrival, &on, self.cluster).into_iter();
            told.extend(broken.map(|text| (one.wave, Kind::Apart, text)));
            let full = racks.too_many(one.from, one.to).into_iter();
            told.extend(full.map(|text| (one.wave, Kind::Moves, text)));
        }
        for (wave, kind, text) in told {
            self.say(wave, kind, text);
        }
    }

    fn figures(&mut self, document: &PlanDocument) {
        let figures = &document.figures;
        let end = self.spans.iter().map(|one| one.end).max().unwrap_or(0);
        let ranges = self.spans.iter().map(|one| &one.record.estimate);
        let ordered =
            ranges.clone().all(|one| one.low_ms <= one.expected_ms && one.expected_ms <= one.high_ms);
        // Every move's is rounded up.
        let sent: u128 = ranges.clone().map(|one| u128::from(one.sent_mib)).sum();
        let rounded = ranges.filter(|one| one.sent_mib > 0).count() as u128;
        let sent_of_all = u128::from(figures.sent_mib);
        let live = self.spans.iter().filter(|one| one.record.mode == MoveMode::Live);
        let memory = live.filter_map(|one| self.cluster.guests[one.guest].memory.value());
        let memory: u128 = memory.map(|memory| u128::from(memory.as_kib())).sum();
        let right = figures.end_ms == end
            && figures.end_at_least_ms <= figures.end_ms
            && u128::from(figures.live_memory_mib) == memory.div_ceil(1_024)
            && (sent_of_all <= sent && sent_of_all + rounded >= sent)
            && ordered;
        if !right {
            let message = "the times are not those of the moves".to_owned();
            self.found.push(Violation { wave: None, kind: Kind::Figure, message });
        }
    }
}

/// What happens up to each instant at which something starts, since the last one.
fn happen(events: &[(u64, Event)]) -> Vec<Vec<Event>> {
    let mut all: Vec<Vec<Event>> = Vec::new();
    let mut since = Vec::new();
    for (at, &(instant, event)) in events.iter().enumerate() {
        since.push(event);
        let last = events.get(at + 1).is_none_or(|next| next.0 != instant);
        if last && since.iter().any(|event| matches!(event, Event::Starts(_))) {
            all.push(std::mem::take(&mut since));
        }
    }
    all
}
