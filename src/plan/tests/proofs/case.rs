//! A plan that is right, and what mistakes are planted with.

use std::collections::BTreeSet;

use crate::compat::{Answer, Assessment, GuestIndex, HostIndex};
use crate::model::{Cluster, GroupPolicy};
use crate::plan::{
    MoveMode, MoveRecord, PlanDocument, Verdicts, Violation, ViolationKind as Kind, verify_by,
};

/// Numbers that are the same in every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }

    /// Whether it is one of so many in a hundred.
    pub(super) fn percent(&mut self, of_hundred: u64) -> bool {
        self.below(100) < of_hundred
    }

    /// One of them, if there is any.
    pub(super) fn pick<T: Clone>(&mut self, of: impl IntoIterator<Item = T>) -> Option<T> {
        let all: Vec<T> = of.into_iter().collect();
        let at = self.below(all.len() as u64);
        all.get(usize::try_from(at).unwrap()).cloned()
    }
}

/// A plan that is right, and the cluster that it is for.
pub(super) struct Case<'c> {
    pub(super) cluster: &'c Cluster,
    pub(super) verdicts: &'c dyn Verdicts,
    pub(super) document: PlanDocument,
}

/// The same with a mistake: in the plan, or in what the cluster can take.
#[derive(Clone)]
pub(super) struct Wrong {
    pub(super) cluster: Option<Cluster>,
    pub(super) document: PlanDocument,
}

/// A move by its wave and its place there.
pub(super) type At = (usize, usize);

impl Case<'_> {
    pub(super) fn verify(&self, cluster: &Cluster, document: &PlanDocument) -> Vec<Violation> {
        let assess = |guest, host| self.verdicts.assess(guest, host);
        let onward = |guest, via, to| self.verdicts.onward(guest, via, to);
        verify_by(cluster, (&assess, &onward), document)
    }

    /// What the verifier tells of a mistake.
    pub(super) fn told(&self, wrong: &Wrong) -> BTreeSet<Kind> {
        let found = self.verify(wrong.cluster.as_ref().unwrap_or(self.cluster), &wrong.document);
        found.into_iter().map(|one| one.kind).collect()
    }

    /// Another plan in its place.
    pub(super) fn changed(&self, change: impl FnOnce(&mut PlanDocument)) -> Wrong {
        let mut document = self.document.clone();
        change(&mut document);
        Wrong { cluster: None, document }
    }

    /// Another cluster in its place.
    pub(super) fn in_other(&self, change: impl FnOnce(&mut Cluster)) -> Wrong {
        let mut cluster = self.cluster.clone();
        change(&mut cluster);
        Wrong { cluster: Some(cluster), document: self.document.clone() }
    }

    /// Another move in the place of one.
    pub(super) fn with(&self, (wave, at): At, change: impl FnOnce(&mut MoveRecord)) -> Wrong {
        self.changed(|document| change(&mut document.waves[wave][at]))
    }

    /// Where the moves are in the plan.
    pub(super) fn places(&self) -> impl Iterator<Item = At> {
        let waves = self.document.waves.iter().enumerate();
        waves.flat_map(|(wave, moves)| (0..moves.len()).map(move |at| (wave, at)))
    }

    pub(super) fn one(&self, (wave, at): At) -> &MoveRecord {
        &self.document.waves[wave][at]
    }

    pub(super) fn moves(&self) -> impl Iterator<Item = &MoveRecord> {
        self.document.waves.iter().flatten()
    }

    /// The moves of guests that have a name of their own, and move once.
    pub(super) fn plain(&self) -> Vec<At> {
        let alone = |at: &At| {
            let name = &self.one(*at).guest;
            self.moves().filter(|one| one.guest == *name).count() == 1 && self.guest(name).is_some()
        };
        self.places().filter(alone).collect()
    }

    /// The guest of a name, if there is but one.
    pub(super) fn guest(&self, name: &str) -> Option<GuestIndex> {
        let mut all = (0..self.cluster.guests.len()).filter(|&at| self.cluster.guests[at].name == name);
        all.next().filter(|_| all.next().is_none())
    }

    pub(super) fn host(&self, name: &str) -> HostIndex {
        self.cluster.hosts.iter().position(|host| host.name == name).unwrap()
    }

    pub(super) fn host_name(&self, host: HostIndex) -> String {
        self.cluster.hosts[host].name.clone()
    }

    pub(super) fn home(&self, guest: GuestIndex) -> Option<HostIndex> {
        let name = self.cluster.guests[guest].host.as_deref()?;
        self.cluster.hosts.iter().position(|host| host.name == name)
    }

    /// The hosts that intents of this word name.
    pub(super) fn named(&self, word: &str) -> BTreeSet<HostIndex> {
        let intents = self.document.intents.iter().filter(|intent| intent.intent == word);
        intents.flat_map(|intent| intent.hosts.iter().map(|name| self.host(name))).collect()
    }

    /// Whether guests may go among some hosts that need not.
    pub(super) fn is_loose(&self) -> bool {
        !self.named("balance").is_empty() || !self.named("relieve").is_empty()
    }

    /// Whether an intent asks for a guest to move.
    pub(super) fn is_asked(&self, guest: GuestIndex) -> bool {
        let (home, adopting) = (self.home(guest), self.named("adopt"));
        let on = |hosts: &BTreeSet<HostIndex>| home.is_some_and(|home| hosts.contains(&home));
        on(&self.named("drain")) || (!adopting.is_empty() && !on(&adopting))
    }

    /// Whether a guest is in a group to be together.
    pub(super) fn is_joined(&self, guest: GuestIndex) -> bool {
        let name = &self.cluster.guests[guest].name;
        let groups = &self.cluster.settings.groups;
        groups.iter().any(|group| group.policy == GroupPolicy::Together && group.guests.contains(name))
    }

    pub(super) fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.verdicts.assess(guest, host)
    }

    /// Whether nothing but the verdict decides on the mode, and it does not allow it.
    pub(super) fn bars(&self, guest: GuestIndex, host: HostIndex, mode: MoveMode) -> bool {
        let answers = self.assess(guest, host);
        let answer = match mode {
            MoveMode::Live => answers.live,
            MoveMode::Cold | MoveMode::Placed => answers.cold,
            MoveMode::Rebuild => answers.rebuild,
        };
        answer != Answer::Yes
    }
}
