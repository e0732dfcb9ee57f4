//! Guests that move as one, and where they may go.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::capacity::Amount;
use super::mode::MoveMode;
use super::needs::Needs;
use super::rare::KindIndex;
use super::wish::Want;
use crate::compat::{Answer, Assessment, GuestIndex, HostIndex};
use crate::model::Guest;

/// Somewhere a unit may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Choice {
    /// The host.
    pub(super) host: HostIndex,
    /// The roughest mode any of its guests needs.
    pub(super) mode: MoveMode,
}

/// Guests that move as one: one guest, or a group to be kept together.
pub(super) struct Unit {
    /// The guests, ascending.
    pub(super) guests: Vec<GuestIndex>,
    /// The most urgent that is wanted of any of them.
    pub(super) want: Want,
    /// Where they may go, room and apartness aside, by host.
    pub(super) choices: Arc<[Choice]>,
    /// What they take together at least, wherever they go.
    pub(super) amount: Amount,
}

impl Unit {
    /// The guests that have to move for all to be on `host`.
    pub(super) fn arriving(&self, needs: &Needs<'_>, host: HostIndex) -> Vec<GuestIndex> {
        self.guests.iter().copied().filter(|&guest| needs.homes[guest] != Some(host)).collect()
    }

    /// Where a guest takes something else than it does as it is: on all hosts that it may go to, on some, or on none.
    fn rebuilt(&self, needs: &Needs<'_>, guest: GuestIndex) -> impl Iterator<Item = HostIndex> {
        let all = if needs.changes(guest) { &self.choices[..] } else { &[] };
        all.iter().map(|to| to.host).filter(move |&host| needs.is_rebuilt(guest, host))
    }

    /// What a guest takes wherever it may go: as it is, if it need not be rebuilt everywhere.
    pub(super) fn taken_by(&self, needs: &Needs<'_>, guest: GuestIndex) -> Amount {
        let mut rebuilt = self.rebuilt(needs, guest);
        match rebuilt.next() {
            Some(host) if rebuilt.count() + 1 == self.choices.len() => needs.amount(guest, host),
            _ => needs.sum(&[guest]),
        }
    }

    /// What a guest takes at least, of each kind by itself.
    pub(super) fn least(&self, needs: &Needs<'_>, guest: GuestIndex) -> Amount {
        let taken = self.taken_by(needs, guest);
        match self.rebuilt(needs, guest).next() {
            Some(host) => taken.least(&needs.amount(guest, host)),
            None => taken,
        }
    }

    /// The rarer kinds of room that its guests take wherever they may go.
    pub(super) fn kinds(&self, needs: &Needs<'_>) -> Vec<KindIndex> {
        let amounts = self.guests.iter().map(|&guest| self.taken_by(needs, guest));
        amounts.flat_map(|amount| amount.rare.iter().map(|one| one.0).collect::<Vec<_>>()).collect()
    }

    /// The host that all its guests are to go to.
    pub(super) fn goal(&self, pending: &BTreeMap<GuestIndex, HostIndex>) -> Option<HostIndex> {
        let goal = *pending.get(self.guests.first()?)?;
        self.guests.iter().all(|guest| pending.get(guest) == Some(&goal)).then_some(goal)
    }

    /// The host that all its guests are on.
    pub(super) fn home(&self, needs: &Needs<'_>) -> Option<HostIndex> {
        let home = needs.homes[*self.guests.first()?]?;
        self.guests.iter().all(|&guest| needs.homes[guest] == Some(home)).then_some(home)
    }

    /// The big ones first, then the order of the inventory.
    pub(super) fn rank(&self) -> (Reverse<u64>, GuestIndex) {
        (Reverse(self.amount.memory.as_kib()), self.guests.first().copied().unwrap_or(0))
    }
}

/// Whether so many guests may arrive at one host, and leave their hosts, in one wave.
pub(super) fn moves_at_once(needs: &Needs<'_>, arriving: &[GuestIndex]) -> bool {
    let leaving = |home: Option<HostIndex>| arriving.iter().filter(|&&g| needs.homes[g] == home).count();
    let limits = needs.limits();
    arriving.len() <= limits.onto_one()
        && arriving
            .iter()
            .all(|&guest| needs.homes[guest].is_none() || leaving(needs.homes[guest]) <= limits.leaving)
}

/// The gentlest mode in which the guest can move to the host.
pub(super) fn mode(needs: &Needs<'_>, guest: GuestIndex, host: HostIndex) -> Option<MoveMode> {
    mode_by(needs, guest, needs.verdicts.assess(guest, host))
}

/// The gentlest mode in which the guest can move where this is possible for it.
pub(super) fn mode_by(needs: &Needs<'_>, guest: GuestIndex, assessment: Assessment) -> Option<MoveMode> {
    if needs.is_elsewhere(guest) {
        return None;
    }
    possible(needs.guest(guest), needs.homes[guest].is_some(), assessment)
}

/// Live for a guest that runs; cold asks nothing of a guest that is shut off.
fn possible(guest: &Guest, placed: bool, assessment: Assessment) -> Option<MoveMode> {
    let yes = |answer: Answer| answer == Answer::Yes;
    if placed && guest.running && yes(assessment.live) {
        Some(MoveMode::Live)
    } else if yes(assessment.cold) {
        Some(if placed { MoveMode::Cold } else { MoveMode::Placed })
    } else {
        yes(assessment.rebuild).then_some(MoveMode::Rebuild)
    }
}
