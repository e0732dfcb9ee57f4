//! What the intents ask of hosts and guests.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{PlanError, nearest};
use super::since::Since;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Intent};

/// What is wanted of a guest, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// It must leave its host.
    Leave,
    /// It should come to a host that adopts.
    Come,
    /// It may go to another host that is to be as full as its own, or to relieve its own.
    Even,
}

/// What the intents ask.
pub(super) struct Wish {
    /// By host: whether all guests must leave it.
    pub(super) drained: Vec<bool>,
    /// By host: whether guests should come to it.
    pub(super) adopting: Vec<bool>,
    /// By host: whether it is to be as full as others.
    pub(super) balanced: Vec<bool>,
    /// By host: whether guests may leave it, and come to it, so that no host holds more than it can.
    pub(super) relieved: Vec<bool>,
    /// By host: whether no guest may come to it.
    pub(super) banned: Vec<bool>,
    /// By host: whether guests had better go there than elsewhere by the same mode.
    pub(super) favoured: Vec<bool>,
    /// The guests that stay where they are.
    pub(super) pinned: BTreeSet<GuestIndex>,
    /// Where guests had better go: an older plan says so.
    pub(super) pending: BTreeMap<GuestIndex, HostIndex>,
}

impl Wish {
    /// Nothing is wanted of so many hosts.
    pub(super) fn none(hosts: usize) -> Self {
        let none = vec![false; hosts];
        Self {
            drained: none.clone(),
            adopting: none.clone(),
            balanced: none.clone(),
            relieved: none.clone(),
            favoured: none.clone(),
            banned: none,
            pinned: BTreeSet::new(),
            pending: BTreeMap::new(),
        }
    }

    /// Reads the intents.
    ///
    /// # Errors
    /// [`PlanError`] where none asks for moves, a host or guest is not known, or two contradict each other.
    pub(super) fn read(cluster: &Cluster, intents: &[Intent]) -> Result<Self, PlanError> {
        if !intents.iter().any(Intent::asks_for_moves) {
            return Err(PlanError::NoIntent);
        }
        let by_name: BTreeMap<&str, HostIndex> =
            cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at)).collect();
        let mut wish = Self::none(cluster.hosts.len());
        for intent in intents {
            wish.add(intent, &by_name)?;
            wish.pin(intent, cluster)?;
        }
        wish.check(cluster)
    }

    /// What an older plan has moved stays, unless it must leave; what it has not, goes where it was to go if it can.
    pub(super) fn leave_alone(&mut self, since: Option<&Since>, homes: &[Option<HostIndex>]) {
        let Some(since) = since else { return };
        let may_stay = |guest: &&GuestIndex| self.of(homes[**guest]) != Some(Want::Leave);
        let stay: Vec<GuestIndex> = since.finished.iter().filter(may_stay).copied().collect();
        self.pinned.extend(stay);
        self.pending.clone_from(&since.pending);
    }

    fn add(&mut self, intent: &Intent, by_name: &BTreeMap<&str, HostIndex>) -> Result<(), PlanError> {
        let marks = match intent {
            Intent::Drain(_) => &mut self.drained,
            Intent::Adopt(_) => &mut self.adopting,
            Intent::Balance(_) => &mut self.balanced,
            Intent::Relieve(_) => &mut self.relieved,
            Intent::Ban(_) => &mut self.banned,
            Intent::Pin(_) => return Ok(()),
            Intent::Upgrade(_) => return Err(PlanError::Upgrade),
        };
        for name in intent.hosts() {
            let unknown = || PlanError::UnknownHost {
                host: name.clone(),
                suggestion: nearest(name, by_name.keys().copied()).map(str::to_owned),
            };
            marks[*by_name.get(name.as_str()).ok_or_else(unknown)?] = true;
        }
        Ok(())
    }

    /// Every guest of a name that is pinned, on whichever host.
    fn pin(&mut self, intent: &Intent, cluster: &Cluster) -> Result<(), PlanError> {
        for name in intent.guests() {
            let named = (0..cluster.guests.len()).filter(|&guest| cluster.guests[guest].name == *name);
            let before = self.pinned.len();
            self.pinned.extend(named);
            if self.pinned.len() == before {
                let names = cluster.guests.iter().map(|guest| guest.name.as_str());
                let suggestion = nearest(name, names).filter(|near| near != name).map(str::to_owned);
                let known = cluster.guest(name).is_some();
                let unknown = PlanError::UnknownGuest { guest: name.clone(), suggestion };
                return if known { Ok(()) } else { Err(unknown) };
            }
        }
        Ok(())
    }

    fn check(self, cluster: &Cluster) -> Result<Self, PlanError> {
        let hosts = 0..cluster.hosts.len();
        let both = hosts.clone().find(|&host| self.drained[host] && self.adopting[host]);
        let closed = hosts.clone().find(|&host| self.banned[host] && self.adopting[host]);
        match (both, closed) {
            (Some(host), _) => Err(PlanError::Contradiction(cluster.hosts[host].name.clone())),
            (_, Some(host)) => Err(PlanError::BannedAdopts(cluster.hosts[host].name.clone())),
            _ => Ok(self),
        }
    }

    /// What is wanted of a guest on `home`.
    pub(super) fn of(&self, home: Option<HostIndex>) -> Option<Want> {
        match home {
            Some(host) if self.drained[host] => Some(Want::Leave),
            Some(host) if self.adopting[host] => self.may_leave(host).then_some(Want::Even),
            _ if self.adopting.contains(&true) => Some(Want::Come),
            Some(host) if self.may_leave(host) => Some(Want::Even),
            _ => None,
        }
    }

    /// Whether guests may leave a host that need not.
    pub(super) fn may_leave(&self, host: HostIndex) -> bool {
        self.balanced[host] || self.relieved[host]
    }

    /// Whether a guest on `home` is to move, and not only may.
    pub(super) fn asks(&self, home: Option<HostIndex>) -> bool {
        self.of(home).is_some_and(|want| want != Want::Even)
    }

    /// Whether a guest of which `want` is wanted may go to `host`.
    pub(super) fn allows(&self, want: Want, host: HostIndex) -> bool {
        match want {
            Want::Leave => !self.drained[host] && !self.banned[host],
            Want::Come => self.adopting[host],
            Want::Even => self.may_leave(host) && !self.drained[host] && !self.banned[host],
        }
    }
}
