//! What hosts hold, worked out a second time.

use std::collections::{BTreeMap, BTreeSet};

use super::pieces::{Piece, giving, pieces};
use super::stock::{Amount, Stock};
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Guest};
use crate::plan::document::{MoveRecord, PlanDocument};
use crate::plan::mode::MoveMode;

/// What a guest takes.
pub(super) struct Load {
    /// Memory and vCPUs: its memory that is in no huge pages, a fiftieth of all of it and 200 MiB more, and its vCPUs.
    pub(super) amount: Amount,
    /// All else.
    pub(super) pieces: Vec<Piece>,
}

/// What the guests of a cluster take, and what its hosts have.
pub(super) struct Rooms<'c> {
    cluster: &'c Cluster,
    guests: Vec<Option<Load>>,
    /// By guest that the plan rebuilds: where, and what it takes there.
    rebuilt: BTreeMap<GuestIndex, (HostIndex, Option<Load>)>,
    hosts: Vec<Stock<'c>>,
}

impl<'c> Rooms<'c> {
    pub(super) fn new(cluster: &'c Cluster, document: &PlanDocument) -> Self {
        let names = cluster.hosts.iter().enumerate();
        let names: BTreeMap<&str, HostIndex> = names.map(|(at, host)| (host.name.as_str(), at)).collect();
        let home = |guest: &Guest| names.get(guest.host.as_deref()?).copied();
        let giving = giving(cluster);
        let load = |guest: &Guest| load(cluster, &giving, guest, home(guest), None);
        let guests: Vec<Option<Load>> = cluster.guests.iter().map(load).collect();
        let mut hosts: Vec<Stock<'c>> =
            cluster.hosts.iter().map(|host| Stock::new(host, &cluster.settings)).collect();
        for (guest, load) in cluster.guests.iter().zip(&guests) {
            if let (Some(home), Some(load)) = (home(guest), load) {
                hosts[home].keep(&load.pieces, guest.running);
            }
        }
        let rebuilt = rebuilt(cluster, &giving, document, &names);
        Self { cluster, guests, rebuilt, hosts }
    }

    fn load(&self, guest: GuestIndex, host: HostIndex) -> Option<&Load> {
        match self.rebuilt.get(&guest) {
            Some((to, load)) if *to == host => load.as_ref(),
            _ => self.guests[guest].as_ref(),
        }
    }

    /// What a guest takes of memory and vCPUs on a host.
    pub(super) fn taken(&self, guest: GuestIndex, host: HostIndex) -> Option<Amount> {
        self.load(guest, host).map(|load| load.amount)
    }

    /// What a host holds of them.
    pub(super) fn held(&self, host: HostIndex) -> Option<Amount> {
        self.hosts[host].held()
    }

    /// Why `guests` are more than `host` holds, those among them that are `arriving`; `None` where they are not.
    pub(super) fn overfull(
        &self,
        host: HostIndex,
        guests: impl Iterator<Item = GuestIndex>,
        arriving: &[GuestIndex],
    ) -> Option<String> {
        let name = &self.cluster.hosts[host].name;
        let Some((memory, vcpus)) = self.held(host) else {
            return Some(format!("how much host '{name}' holds is not known"));
        };
        let (mut sum, mut all): (Amount, Vec<GuestIndex>) = ((0, 0), Vec::new());
        for guest in guests {
            let Some(amount) = self.taken(guest, host) else {
                let guest = &self.cluster.guests[guest].name;
                return Some(format!("what guest '{guest}' takes of host '{name}' is not known"));
            };
            sum = (sum.0 + amount.0, sum.1 + amount.1);
            all.push(guest);
        }
        if sum.0 > memory || sum.1 > vcpus {
            let (kib, used) = sum;
            return Some(format!(
                "host '{name}' holds {memory} KiB and {vcpus} vCPUs, and has {kib} KiB and {used}"
            ));
        }
        self.lacking(host, &all, arriving)
    }

    /// Of what a host has too little beside memory and vCPUs, where these arrive.
    pub(super) fn lacking(
        &self,
        host: HostIndex,
        guests: &[GuestIndex],
        arriving: &[GuestIndex],
    ) -> Option<String> {
        let of = |all: &[GuestIndex]| -> Vec<&Piece> {
            all.iter().filter_map(|&guest| self.load(guest, host)).flat_map(|load| &load.pieces).collect()
        };
        let asked = of(arriving);
        if asked.is_empty() {
            return None;
        }
        let there = of(guests);
        let told = asked.into_iter().find_map(|piece| self.hosts[host].lacking(piece, &there))?;
        Some(format!("host '{}' {told}", self.cluster.hosts[host].name))
    }
}

/// The guests that are rebuilt; names that the cluster lacks are told elsewhere.
fn rebuilt(
    cluster: &Cluster,
    giving: &BTreeSet<&str>,
    document: &PlanDocument,
    names: &BTreeMap<&str, HostIndex>,
) -> BTreeMap<GuestIndex, (HostIndex, Option<Load>)> {
    let moves: Vec<_> = document.waves.iter().flatten().filter(|one| one.mode == MoveMode::Rebuild).collect();
    if moves.is_empty() {
        return BTreeMap::new();
    }
    let key = |at: usize| (cluster.guests[at].name.as_str(), cluster.guests[at].host.as_deref());
    let guests: BTreeMap<_, GuestIndex> = (0..cluster.guests.len()).map(|at| (key(at), at)).collect();
    let one = |one: &MoveRecord| {
        let guest = *guests.get(&(one.guest.as_str(), one.from.as_deref()))?;
        let (about, to) = (&cluster.guests[guest], *names.get(one.to.as_str())?);
        let home = about.host.as_deref().and_then(|name| names.get(name).copied());
        Some((guest, (to, load(cluster, giving, about, home, Some(to)))))
    };
    moves.into_iter().filter_map(one).collect()
}

/// What a guest takes as it is, or rebuilt for a host.
fn load(
    cluster: &Cluster,
    giving: &BTreeSet<&str>,
    guest: &Guest,
    home: Option<HostIndex>,
    rebuilt: Option<HostIndex>,
) -> Option<Load> {
    let kib = u128::from(guest.memory.value()?.as_kib());
    // Few guests have such pages, and then all documents of a host are asked.
    let default = || match home {
        Some(home) => Stock::new(&cluster.hosts[home], &cluster.settings).size_used(guest.running),
        None => cluster.hosts.iter().find_map(|host| Stock::new(host, &cluster.settings).size_used(false)),
    };
    let (plain, pieces) = pieces(giving, guest, default, rebuilt.map(|host| &cluster.hosts[host]))?;
    Some(Load { amount: (plain + kib / 50 + 200 * 1024, u128::from(*guest.vcpus.value()?)), pieces })
}
