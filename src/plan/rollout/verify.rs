//! A rollout replayed: each stage by the verifier of plans, on the cluster as the stages before have left it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{After, RolloutDocument, StageRecord};
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Fact, Guest, Requirements, Resident};
use crate::plan::document::{IntentRecord, MoveRecord, PlanDocument};
use crate::plan::mode::MoveMode;
use crate::plan::verify::{Violation, given_back, taken};

/// A way in which a rollout does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolloutViolation {
    /// The stage, from 1; 0 for the rollout as a whole.
    pub stage: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RolloutViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stage {
            0 => f.write_str(&self.message),
            stage => write!(f, "stage {stage}: {}", self.message),
        }
    }
}

/// Every way in which a rollout does not hold on a cluster whose hosts offer `after` when they were down. `verify` replays the plan
/// of a stage on the cluster as it is by then; `arrived` tells what guests need that went live from where they are on it.
pub fn verify_rollout(
    cluster: &Cluster,
    after: &BTreeMap<HostIndex, After>,
    (verify, arrived): (&Verify<'_>, &Arrive<'_>),
    document: &RolloutDocument,
) -> Vec<RolloutViolation> {
    let mut replay = Replay {
        now: cluster.clone(),
        after,
        evacuated: named(document, "evacuate"),
        changed: named(document, "upgrade"),
        down: BTreeSet::new(),
        away: BTreeMap::new(),
        found: Vec::new(),
    };
    for (at, stage) in document.stages.iter().enumerate() {
        let wrong = verify(&replay.now, &stage.plan);
        let wrong = wrong.into_iter().map(|one| RolloutViolation { stage: at + 1, message: one.to_string() });
        replay.found.extend(wrong);
        replay.stage(at + 1, stage, arrived);
    }
    replay.whole(document);
    replay.found
}

/// Every way in which a plan does not hold on a cluster.
type Verify<'a> = dyn Fn(&Cluster, &PlanDocument) -> Vec<Violation> + 'a;
/// What guests of a cluster need once they went live to these hosts; none where that is what they needed before.
type Arrive<'a> = dyn Fn(&Cluster, &[(GuestIndex, HostIndex)]) -> Vec<(GuestIndex, Requirements)> + 'a;

struct Replay<'r> {
    now: Cluster,
    after: &'r BTreeMap<HostIndex, After>,
    /// The hosts whose guests are to come back.
    evacuated: BTreeSet<String>,
    /// The hosts that may offer something else afterwards.
    changed: BTreeSet<String>,
    /// The hosts that have been down.
    down: BTreeSet<String>,
    /// By host that was down: the guests that left it and have not been brought back.
    away: BTreeMap<String, BTreeSet<String>>,
    found: Vec<RolloutViolation>,
}

impl Replay<'_> {
    fn say(&mut self, stage: usize, message: String) {
        self.found.push(RolloutViolation { stage, message });
    }

    /// The moves are made, and the hosts are down; or guests are back.
    fn stage(&mut self, stage: usize, record: &StageRecord, arrived: &Arrive<'_>) {
        let before = self.now.guests.clone();
        let journeys = self.journeys(&record.plan);
        let arrived = arrived(&self.now, &journeys);
        for one in record.plan.waves.iter().flatten() {
            self.give_back(one);
        }
        for one in record.plan.waves.iter().flatten() {
            self.carry_out(one);
        }
        // Of those that were stopped nobody knows that they run.
        for (guest, to) in journeys {
            taken(&self.now.guests[guest], &mut self.now.hosts[to], &self.now.settings);
        }
        for (guest, requirements) in arrived {
            self.now.guests[guest].requirements = requirements;
        }
        for host in &record.back_to {
            self.back(stage, host, &record.plan);
        }
        if record.back_to.is_empty() || !record.hosts.is_empty() {
            self.goes_down(stage, &record.hosts, &before);
        }
    }

    /// The guests that move live, and where they are in the end.
    fn journeys(&self, plan: &PlanDocument) -> Vec<(GuestIndex, HostIndex)> {
        let mut at: BTreeMap<(&str, Option<&str>), GuestIndex> = BTreeMap::new();
        for (guest, about) in self.now.guests.iter().enumerate() {
            at.insert((about.name.as_str(), about.host.as_deref()), guest);
        }
        let mut journeys: BTreeMap<GuestIndex, HostIndex> = BTreeMap::new();
        for one in plan.waves.iter().flatten().filter(|one| one.mode == MoveMode::Live) {
            let Some(guest) = at.remove(&(one.guest.as_str(), one.from.as_deref())) else { continue };
            at.insert((one.guest.as_str(), Some(one.to.as_str())), guest);
            let to = self.now.hosts.iter().position(|host| host.name == one.to);
            journeys.extend(to.map(|to| (guest, to)));
        }
        journeys.into_iter().collect()
    }

    /// What left the host has come back, or is told to be left out.
    fn back(&mut self, stage: usize, host: &str, plan: &PlanDocument) {
        let Some(away) = self.away.remove(host) else {
            return self.say(stage, format!("no guest has left host '{host}' to come back to it"));
        };
        let left: BTreeSet<&str> = plan.left_out.iter().map(|one| one.guest.as_str()).collect();
        let there = |guest: &str| {
            self.now.guests.iter().any(|one| one.name == guest && one.host.as_deref() == Some(host))
        };
        let gone: Vec<&String> =
            away.iter().filter(|guest| !left.contains(guest.as_str()) && !there(guest)).collect();
        for guest in gone {
            self.say(stage, format!("guest '{guest}' is neither back on host '{host}' nor left out"));
        }
    }

    /// Hosts that go down must be empty, and each is down once; none goes down while guests of another are to be brought back first.
    fn goes_down(&mut self, stage: usize, hosts: &[String], before: &[Guest]) {
        for host in self.away.keys().cloned().collect::<Vec<_>>() {
            self.say(
                stage,
                format!("guests of host '{host}' are not brought back before other hosts go down"),
            );
        }
        for guest in before {
            let from =
                guest.host.as_ref().filter(|&host| hosts.contains(host) && self.evacuated.contains(host));
            if let Some(from) = from {
                self.away.entry(from.clone()).or_default().insert(guest.name.clone());
            }
        }
        let most = self.now.settings.hosts_down_at_once.unwrap_or(usize::MAX);
        if hosts.is_empty() || hosts.len() > most {
            self.say(stage, format!("{} hosts are down at once", hosts.len()));
        }
        for host in hosts {
            if !self.down.insert(host.clone()) {
                self.say(stage, format!("host '{host}' was down already"));
            }
            let on = |guest: &&crate::model::Guest| guest.host.as_deref() == Some(host.as_str());
            if let Some(guest) = self.now.guests.iter().find(on) {
                let name = guest.name.clone();
                self.say(stage, format!("host '{host}' is taken down with guest '{name}' on it"));
            }
            match self.now.hosts.iter().position(|known| known.name == *host) {
                None => self.say(stage, format!("there is no host '{host}'")),
                Some(at) if self.changed.contains(host) => self.upgrade(at),
                Some(_) => {}
            }
        }
    }

    fn upgrade(&mut self, host: HostIndex) {
        if let Some(After { platform, cpu_map }) = self.after.get(&host) {
            self.now.hosts[host].platform = platform.clone();
            self.now.hosts[host].cpu_map.clone_from(cpu_map);
        }
    }

    /// Its huge pages are free on the host that the guest leaves; of one that goes on, on the first.
    fn give_back(&mut self, one: &MoveRecord) {
        let is_it = |guest: &&Guest| guest.name == one.guest && guest.host == one.from;
        let Some(guest) = self.now.guests.iter().find(is_it) else { return };
        if let Some(host) = self.now.hosts.iter_mut().find(|host| one.from.as_ref() == Some(&host.name)) {
            given_back(guest, host, &self.now.settings);
        }
    }

    /// The guest and what was listed of it are on the other host; one that was stopped is known by its stored definition alone.
    fn carry_out(&mut self, one: &MoveRecord) {
        let is_it = |guest: &&mut crate::model::Guest| guest.name == one.guest && guest.host == one.from;
        let Some(guest) = self.now.guests.iter_mut().find(is_it) else { return };
        guest.host = Some(one.to.clone());
        if guest.running && one.mode != MoveMode::Live {
            guest.running = false;
            (guest.live, guest.live_storage, guest.live_machine) = (None, None, None);
            (guest.live_reliance, guest.requirements.live_cpu) = (None, None);
            guest.requirements.live_shape = crate::model::Shape::default();
        }
        let comer = Resident::of(guest);
        let place = |name: &str| self.now.hosts.iter().position(|host| host.name == name);
        let Some(to) = place(&one.to) else { return };
        let Some(from) = one.from.as_deref().and_then(place) else {
            return self.now.hosts[to].residents.push(comer);
        };
        while let Some(at) =
            self.now.hosts[from].residents.iter().position(|known| known.name.value == one.guest)
        {
            let resident = self.now.hosts[from].residents.remove(at);
            self.now.hosts[to].residents.push(resident);
        }
        let Fact::Known(states) = &mut self.now.hosts[from].states else { return };
        let Some(at) = states.value.iter().position(|known| known.value.name == one.guest) else { return };
        let listed = states.value.remove(at);
        if let Fact::Known(states) = &mut self.now.hosts[to].states {
            states.value.push(listed);
        }
    }

    /// Every host that was to be down was, or is told to be left.
    fn whole(&mut self, document: &RolloutDocument) {
        let left: BTreeSet<String> = document.left.iter().map(|one| one.host.clone()).collect();
        let wanted: BTreeSet<String> = self.changed.union(&self.evacuated).cloned().collect();
        for host in self.away.keys().cloned().collect::<Vec<_>>() {
            self.say(0, format!("guests of host '{host}' are not brought back"));
        }
        for host in self.down.clone().difference(&wanted) {
            self.say(0, format!("host '{host}' is down and need not be"));
        }
        for host in wanted.difference(&self.down.union(&left).cloned().collect()) {
            self.say(0, format!("host '{host}' is neither down nor left"));
        }
        for host in self.down.clone().intersection(&left) {
            self.say(0, format!("host '{host}' is down and left"));
        }
        let moves: usize = document.stages.iter().flat_map(|stage| &stage.plan.waves).map(Vec::len).sum();
        let figures = &document.figures;
        if (figures.stages, figures.moves) != (document.stages.len(), moves)
            || figures.stages_at_least > figures.stages
        {
            self.say(0, "the figures are not those of the stages".to_owned());
        }
    }
}

/// The hosts that intents of this word name.
fn named(document: &RolloutDocument, word: &str) -> BTreeSet<String> {
    let of = |intent: &&IntentRecord| intent.intent == word;
    document.intents.iter().filter(of).flat_map(|intent| intent.hosts.iter().cloned()).collect()
}
