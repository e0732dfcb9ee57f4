//! What is to be said of the policy itself: waivers that have expired, and waivers that match nothing.

use fixedbitset::FixedBitSet;
use rayon::prelude::*;

use super::{Policy, is_personal};
use crate::compat::chart::Chart;
use crate::compat::class::{GuestIndex, HostIndex};
use crate::compat::finding::{Evidence, Finding, WAIVER_EXPIRED, WAIVER_UNUSED};
use crate::compat::rules::rule;
use crate::model::Waiver;
use crate::text::Place;

impl Chart<'_> {
    /// What is to be said of the policy, in the order of its waivers, those that have expired first.
    pub(in crate::compat) fn look_at_policy(&self) -> Vec<Finding> {
        let policy = &self.policy;
        let expired = policy.expired.iter().filter_map(|waiver| self.expired(waiver));
        let used = self.used();
        let unused = policy.waivers.iter().enumerate().filter(|(at, _)| !used.contains(*at));
        let unused = unused.filter_map(|(_, waiver)| {
            let message = format!("the waiver of {} matches no finding", named(waiver));
            policy.said(WAIVER_UNUSED, message, waiver.rule.place, "the waiver")
        });
        expired.chain(unused).collect()
    }

    fn expired(&self, waiver: &Waiver) -> Option<Finding> {
        let until = waiver.until?;
        let named = named(waiver);
        let message = match self.cluster.policy.today {
            Some(_) => format!("the waiver of {named} has expired: its last day was {}", until.value),
            None => format!("whether the waiver of {named} has expired is not known: no day was given"),
        };
        self.policy.said(WAIVER_EXPIRED, message, until.place, "its last day")
    }

    /// The waivers that match a finding about a guest on a host that is not its own.
    fn used(&self) -> FixedBitSet {
        let waivers = &self.policy.waivers;
        let mut open: FixedBitSet = (0..waivers.len()).collect();
        let classes = self.guest_classes.iter().flat_map(|guests| {
            self.host_classes.iter().filter_map(|hosts| self.of_classes(&guests.guests, &hosts.hosts))
        });
        self.strike(&mut open, &classes.collect::<Vec<_>>());
        let mut used: FixedBitSet = (0..waivers.len()).collect();
        used.difference_with(&open);
        let personal = |at: &usize| is_personal(&waivers[*at].rule.value, &self.policy.rules);
        let mut open: FixedBitSet = open.ones().filter(personal).collect();
        let personal = open.clone();
        for guest in 0..self.cluster.guests.len() {
            if open.is_clear() {
                break;
            }
            let hosts = (0..self.cluster.hosts.len()).filter(|&host| Some(host) != self.home(guest));
            self.strike(&mut open, &hosts.map(|host| (guest, host)).collect::<Vec<_>>());
        }
        used.union_with(&personal.difference(&open).collect());
        used
    }

    /// A guest of a class and a host of another that is not the guest's own.
    fn of_classes(&self, guests: &[GuestIndex], hosts: &[HostIndex]) -> Option<(GuestIndex, HostIndex)> {
        let host = |&guest: &GuestIndex| {
            let host = hosts.iter().take(2).find(|&&host| Some(host) != self.home(guest));
            host.map(|&host| (guest, host))
        };
        guests.iter().find_map(host)
    }

    /// Takes out of `open` the waivers that match a finding about one of these guests and hosts.
    fn strike(&self, open: &mut FixedBitSet, about: &[(GuestIndex, HostIndex)]) {
        let matched = |&(guest, host): &(GuestIndex, HostIndex)| {
            let (guests, hosts) = self.fittings_of(guest, host);
            let fit = |at: &usize| guests.contains(*at) && hosts.contains(*at);
            let asked: Vec<usize> = open.ones().filter(fit).collect();
            if asked.is_empty() {
                return Vec::new();
            }
            let said = self.said(guest, host);
            let says = |at: &usize| self.policy.waives(*at, &said);
            asked.into_iter().filter(says).collect::<Vec<usize>>()
        };
        let found: Vec<Vec<usize>> = about.par_iter().map(matched).collect();
        for at in found.into_iter().flatten() {
            open.remove(at);
        }
    }
}

/// What a waiver is for: a rule, and the names of guests and hosts where it says so.
fn named(waiver: &Waiver) -> String {
    let guest = waiver.guest.as_ref().map(|pattern| format!(" for guest {}", pattern.as_str()));
    let host = waiver.host.as_ref().map(|pattern| format!(" on host {}", pattern.as_str()));
    format!("'{}'{}{}", waiver.rule.value, guest.unwrap_or_default(), host.unwrap_or_default())
}

impl Policy<'_> {
    /// Whether the waiver is about one of these findings, once the policy has left out those that do not matter.
    fn waives(&self, at: usize, said: &[Finding]) -> bool {
        let about =
            |finding: &&Finding| self.waivers.get(at).is_some_and(|one| one.rule.value == finding.asked);
        said.iter().filter(about).any(|finding| self.level(finding.clone()).is_some())
    }

    /// A finding of the rule called `id`, unless it is off.
    fn said(&self, id: &str, message: String, place: Place, label: &str) -> Option<Finding> {
        let mut finding = rule(id)?.prototype();
        finding.message = message;
        finding.evidence.push(Evidence { place, label: label.to_owned() });
        self.level(finding)
    }
}
