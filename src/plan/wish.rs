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

/// The hosts by their names.
type ByName<'n> = BTreeMap<&'n str, HostIndex>;

/// What the intents ask.
pub(super) struct Wish {
    /// By host: whether all guests must leave it.
    pub(super) drained: Vec<bool>,
    /// By host: whether guests should come to it.
    pub(super) adopting: Vec<bool>,
    /// Whether there is such a host.
    pub(super) adopts: bool,
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
    /// The one host that a guest is to go to, and to no other.
    pub(super) goals: BTreeMap<GuestIndex, HostIndex>,
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
            adopts: false,
            balanced: none.clone(),
            relieved: none.clone(),
            favoured: none.clone(),
            banned: none,
            pinned: BTreeSet::new(),
            goals: BTreeMap::new(),
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
        let by_name: ByName<'_> =
            cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at)).collect();
        let mut wish = Self::none(cluster.hosts.len());
        for intent in intents {
            wish.add(intent, &by_name)?;
            wish.name(intent, cluster, &by_name)?;
        }
        known(cluster, &by_name)?;
        wish.check(cluster)
    }

    /// What an older plan has moved stays, unless it must leave; what it has not, goes where it was to go if it can.
    pub(super) fn leave_alone(&mut self, since: Option<&Since>, homes: &[Option<HostIndex>]) {
        let Some(since) = since else { return };
        let may_stay = |guest: &&GuestIndex| self.of(**guest, homes[**guest]) != Some(Want::Leave);
        let stay: Vec<GuestIndex> = since.finished.iter().filter(may_stay).copied().collect();
        self.pinned.extend(stay);
        self.pending.clone_from(&since.pending);
    }

    fn add(&mut self, intent: &Intent, by_name: &ByName<'_>) -> Result<(), PlanError> {
        let marks = match intent {
            Intent::Drain(_) => &mut self.drained,
            Intent::Adopt(hosts) => {
                self.adopts |= !hosts.is_empty();
                &mut self.adopting
            }
            Intent::Balance(_) => &mut self.balanced,
            Intent::Relieve(_) => &mut self.relieved,
            Intent::Ban(_) => &mut self.banned,
            Intent::Pin(_) | Intent::Move { .. } => return Ok(()),
            Intent::Upgrade(_) | Intent::Evacuate(_) => return Err(PlanError::TakesDown),
        };
        for name in intent.hosts() {
            marks[host(name, by_name)?] = true;
        }
        Ok(())
    }

    /// Every guest of a name that is pinned or has a goal, on whichever host.
    fn name(&mut self, intent: &Intent, cluster: &Cluster, by_name: &ByName<'_>) -> Result<(), PlanError> {
        let goal = match intent {
            Intent::Move { to, .. } => Some(host(to, by_name)?),
            _ => None,
        };
        for name in intent.guests() {
            let named = (0..cluster.guests.len()).filter(|&guest| cluster.guests[guest].name == *name);
            let named: Vec<GuestIndex> = named.collect();
            if named.is_empty() {
                return Err(unknown_guest(name, cluster));
            }
            match goal {
                None => self.pinned.extend(named),
                Some(goal) => named.into_iter().try_for_each(|guest| self.send(guest, goal, cluster))?,
            }
        }
        Ok(())
    }

    fn send(&mut self, guest: GuestIndex, goal: HostIndex, cluster: &Cluster) -> Result<(), PlanError> {
        match self.goals.insert(guest, goal) {
            Some(other) if other != goal => Err(PlanError::TwoGoals {
                guest: cluster.guests[guest].name.clone(),
                one: cluster.hosts[other].name.clone(),
                other: cluster.hosts[goal].name.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn check(self, cluster: &Cluster) -> Result<Self, PlanError> {
        let hosts = 0..cluster.hosts.len();
        let both = hosts.clone().find(|&host| self.drained[host] && self.adopting[host]);
        let closed = hosts.clone().find(|&host| self.banned[host] && self.adopting[host]);
        let goal = |(&guest, &host): (&GuestIndex, &HostIndex)| {
            let name = || cluster.guests[guest].name.clone();
            if self.drained[host] || self.banned[host] {
                return Some(PlanError::ClosedGoal { guest: name(), host: cluster.hosts[host].name.clone() });
            }
            self.pinned.contains(&guest).then(|| PlanError::PinnedMoves(name()))
        };
        if let Some(error) = self.goals.iter().find_map(goal) {
            return Err(error);
        }
        match (both, closed) {
            (Some(host), _) => Err(PlanError::Contradiction(cluster.hosts[host].name.clone())),
            (_, Some(host)) => Err(PlanError::BannedAdopts(cluster.hosts[host].name.clone())),
            _ => Ok(self),
        }
    }

    /// What is wanted of a guest that is on `home`.
    pub(super) fn of(&self, guest: GuestIndex, home: Option<HostIndex>) -> Option<Want> {
        match home {
            _ if self.goals.get(&guest).is_some_and(|&goal| Some(goal) == home) => None,
            Some(host) if self.drained[host] => Some(Want::Leave),
            _ if self.goals.contains_key(&guest) => Some(Want::Come),
            Some(host) if self.adopting[host] => self.may_leave(host).then_some(Want::Even),
            _ if self.adopts => Some(Want::Come),
            Some(host) if self.may_leave(host) => Some(Want::Even),
            _ => None,
        }
    }

    /// Whether guests may leave a host that need not.
    pub(super) fn may_leave(&self, host: HostIndex) -> bool {
        self.balanced[host] || self.relieved[host]
    }

    /// Whether a guest that is on `home` is to move, and not only may.
    pub(super) fn asks(&self, guest: GuestIndex, home: Option<HostIndex>) -> bool {
        self.of(guest, home).is_some_and(|want| want != Want::Even)
    }

    /// Whether guests of which `want` is wanted may go to `host`: to their goals and nowhere else, if they have any.
    pub(super) fn allows(&self, guests: &[GuestIndex], want: Want, host: HostIndex) -> bool {
        let mut goals = guests.iter().filter_map(|guest| self.goals.get(guest)).peekable();
        if goals.peek().is_some() { goals.all(|&goal| goal == host) } else { self.opens(want, host) }
    }

    /// Whether guests without a goal, of which `want` is wanted, may go to `host`.
    pub(super) fn opens(&self, want: Want, host: HostIndex) -> bool {
        match want {
            Want::Leave => !self.drained[host] && !self.banned[host],
            Want::Come => self.adopting[host],
            Want::Even => self.may_leave(host) && !self.drained[host] && !self.banned[host],
        }
    }
}

/// The host of that name.
fn host(name: &str, by_name: &ByName<'_>) -> Result<HostIndex, PlanError> {
    let unknown = || PlanError::UnknownHost {
        host: name.to_owned(),
        suggestion: nearest(name, by_name.keys().copied()).map(str::to_owned),
    };
    by_name.get(name).copied().ok_or_else(unknown)
}

fn unknown_guest(name: &str, cluster: &Cluster) -> PlanError {
    let names = cluster.guests.iter().map(|guest| guest.name.as_str());
    let suggestion = nearest(name, names).map(str::to_owned);
    PlanError::UnknownGuest { guest: name.to_owned(), suggestion }
}

/// Names in windows and orders must be known: else what they say would be left out unnoticed.
fn known(cluster: &Cluster, by_name: &ByName<'_>) -> Result<(), PlanError> {
    let settings = &cluster.settings;
    for name in settings.windows.iter().flat_map(|window| &window.hosts) {
        host(name, by_name)?;
    }
    let mut guests = settings
        .windows
        .iter()
        .flat_map(|window| &window.guests)
        .chain(settings.order.iter().flatten())
        .peekable();
    if guests.peek().is_some() {
        let names: BTreeSet<&str> = cluster.guests.iter().map(|guest| guest.name.as_str()).collect();
        if let Some(name) = guests.find(|name| !names.contains(name.as_str())) {
            return Err(unknown_guest(name, cluster));
        }
    }
    Ok(())
}
