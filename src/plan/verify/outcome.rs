//! What the plan as a whole has come to.

use std::collections::BTreeSet;

use super::replay::{Asked, Replay};
use super::violation::ViolationKind as Kind;
use crate::compat::{GuestIndex, HostIndex};
use crate::plan::document::PlanDocument;
use crate::plan::mode::MoveMode;

impl Replay<'_> {
    /// The guests that are left out; each has a reason and does not move.
    pub(super) fn left_out(&mut self, document: &PlanDocument) -> BTreeSet<GuestIndex> {
        let mut left_out = BTreeSet::new();
        for record in &document.left_out {
            let key = (record.guest.as_str(), record.host.as_deref());
            match self.guests.get(&key).copied() {
                None => self.say(Kind::Name, format!("no guest '{}' to be left out", record.guest)),
                Some(guest) => {
                    if !left_out.insert(guest) {
                        let text = format!("guest '{}' is left out more than once", record.guest);
                        self.say(Kind::Twice, text);
                    }
                    if self.moved.contains(&guest) {
                        self.say(Kind::Twice, format!("guest '{}' is left out and moves", record.guest));
                    }
                    if record.reasons.is_empty() {
                        let text = format!("guest '{}' is left out for no reason", record.guest);
                        self.say(Kind::Unfulfilled, text);
                    }
                }
            }
        }
        left_out
    }

    /// Every move serves an intent, or brings a guest along with its group.
    pub(super) fn purpose(
        &mut self,
        before: &[Option<HostIndex>],
        Asked { drained, adopting, balanced, banned, pinned, goals }: &Asked,
    ) {
        let own = |guest: GuestIndex| {
            before[guest].is_some_and(|host| drained.contains(&host))
                || (self.at[guest].is_some_and(|host| adopting.contains(&host))
                    && before[guest].is_none_or(|host| !adopting.contains(&host)))
                || goals.get(&guest).is_some_and(|&goal| self.at[guest] == Some(goal))
                || [before[guest], self.at[guest]]
                    .iter()
                    .all(|host| host.is_some_and(|host| balanced.contains(&host)))
        };
        let mut wanted: BTreeSet<GuestIndex> =
            self.moved.iter().copied().filter(|&guest| own(guest)).collect();
        let mut known = 0;
        while known < wanted.len() {
            known = wanted.len();
            let with = self.together.iter().filter(|(_, members)| !members.is_disjoint(&wanted));
            let with: Vec<GuestIndex> = with.flat_map(|(_, members)| members.iter().copied()).collect();
            wanted.extend(with);
        }
        for host in
            self.stays.clone().into_iter().filter(|host| drained.contains(host) || banned.contains(host))
        {
            let name = &self.cluster.hosts[host].name;
            self.say(Kind::Unwanted, format!("a guest waits on host '{name}', which is drained or banned"));
        }
        for guest in self.moved.clone() {
            let name = &self.cluster.guests[guest].name;
            if !wanted.contains(&guest) {
                self.say(Kind::Unwanted, format!("no intent asks for guest '{name}' to move"));
            }
            if self.at[guest].is_some_and(|host| drained.contains(&host)) {
                self.say(Kind::Unwanted, format!("guest '{name}' goes to a host that is drained"));
            }
            if self.at[guest].is_some_and(|host| banned.contains(&host)) {
                self.say(Kind::Unwanted, format!("guest '{name}' goes to a host that is banned"));
            }
            if goals.get(&guest).is_some_and(|&goal| self.at[guest] != Some(goal)) {
                self.say(
                    Kind::Unwanted,
                    format!("guest '{name}' goes to another host than it is to be moved to"),
                );
            }
            if pinned.contains(&guest) {
                self.say(Kind::Unwanted, format!("guest '{name}' is pinned and moves"));
            }
        }
    }

    /// Drained hosts are empty, hosts that adopt have all, and what is to be moved to a host is there, of all guests but those left out; a guest
    /// that left a drained host may be anywhere. Something is asked of those left out.
    pub(super) fn outcome(
        &mut self,
        Asked { drained, adopting, goals, .. }: &Asked,
        left_out: &BTreeSet<GuestIndex>,
    ) {
        for guest in 0..self.at.len() {
            let name = &self.cluster.guests[guest].name;
            let host = self.at[guest];
            if left_out.contains(&guest) {
                let adopted = adopting.is_empty() || host.is_some_and(|host| adopting.contains(&host));
                if !goals.contains_key(&guest) && adopted && host.is_none_or(|host| !drained.contains(&host))
                {
                    self.say(
                        Kind::Unwanted,
                        format!("nothing is asked of guest '{name}', which is left out"),
                    );
                }
                continue;
            }
            if host.is_some_and(|host| drained.contains(&host)) {
                self.say(Kind::Unfulfilled, format!("guest '{name}' is still on a host that is drained"));
            }
            if goals.get(&guest).is_some_and(|&goal| host != Some(goal)) {
                self.say(Kind::Unfulfilled, format!("guest '{name}' is not where it is to be moved to"));
            }
            let adopted = host.is_some_and(|host| adopting.contains(&host));
            if !adopting.is_empty() && !goals.contains_key(&guest) && !adopted && !self.moved.contains(&guest)
            {
                self.say(Kind::Unfulfilled, format!("guest '{name}' is neither adopted nor left out"));
            }
        }
    }

    pub(super) fn figures(&mut self, document: &PlanDocument) {
        let figures = &document.figures;
        let count = |mode| document.waves.iter().flatten().filter(|one| one.mode == mode).count();
        let stopped = document.waves.iter().flatten().filter(|one| one.stops).count();
        let right = figures.moves == document.waves.iter().flatten().count()
            && figures.bounces == document.waves.iter().flatten().filter(|one| one.goes_on).count()
            && figures.bounces_at_least <= figures.bounces
            && figures.waves == document.waves.len()
            && figures.left_out == document.left_out.len()
            && figures.stopped == stopped
            && figures.live == count(MoveMode::Live)
            && figures.placed == count(MoveMode::Placed)
            && figures.cold == count(MoveMode::Cold)
            && figures.rebuild == count(MoveMode::Rebuild)
            && figures.moves_at_least <= figures.moves
            && figures.waves_at_least <= figures.waves
            && figures.left_out_at_least <= figures.left_out;
        if !right {
            self.say(Kind::Figure, "the figures are not those of the moves".to_owned());
        }
    }
}
