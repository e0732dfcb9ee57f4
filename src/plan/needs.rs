//! What stays the same while planning: needs, capacities, homes and policies.

use std::collections::{BTreeMap, BTreeSet};

use super::backing::{Taken, Terms, rebuilt, taken, wants_default};
use super::capacity::Amount;
use super::headroom::Headroom;
use super::kinds::Kinds;
use super::limits::Limits;
use super::offer::{Offer, may_have, size_in_use};
use super::policy::Policies;
use super::racks::Racks;
use super::rare::{KindIndex, Rare};
use super::times::Times;
use super::verdicts::Verdicts;
use crate::compat::{Answer, GuestIndex, HostIndex};
use crate::knowledge::huge_page_of;
use crate::model::{Cluster, Guest, Memory};

/// What stays the same while planning.
pub(super) struct Needs<'a> {
    /// The hosts and guests.
    pub(super) cluster: &'a Cluster,
    /// What is possible.
    pub(super) verdicts: &'a dyn Verdicts,
    /// By guest: the host it is on.
    pub(super) homes: Vec<Option<HostIndex>>,
    /// The kinds of room that guests take.
    pub(super) kinds: Kinds,
    /// By guest: what it takes, or what is not known of it.
    pub(super) guests: Vec<Result<Amount, String>>,
    /// By guest that takes something else once it is rebuilt for another architecture: that.
    rebuilt: BTreeMap<GuestIndex, Amount>,
    /// By host: what it holds, or why it takes nothing.
    pub(super) hosts: Vec<Result<Amount, String>>,
    /// By host and kind: how much it holds of it, where that is not known, and how to know it. It takes none of that kind.
    unknown: BTreeMap<(HostIndex, KindIndex), String>,
    /// By host: what it holds though what its guests take is not known.
    own: BTreeMap<HostIndex, Amount>,
    /// By host that holds more of a rarer kind than it can: what it may go on holding.
    raised: BTreeMap<HostIndex, Amount>,
    /// By host: whether it holds more than it can.
    pub(super) overfull: Vec<bool>,
    /// Which guests belong together or apart.
    pub(super) policies: Policies,
    /// Which hosts fail as one.
    pub(super) racks: Racks,
    /// When guests may move, and in which order.
    pub(super) times: Times,
    /// Room that stays free for the guests of hosts that fail.
    pub(super) headroom: Headroom,
}

impl<'a> Needs<'a> {
    pub(super) fn new(cluster: &'a Cluster, verdicts: &'a dyn Verdicts) -> Self {
        let homes = homes(cluster);
        let pools = cluster.hosts.iter().flat_map(|host| &host.device_pools);
        let giving: BTreeSet<&str> = pools.map(|pool| pool.network.as_str()).collect();
        let read = Read { cluster, verdicts, homes: &homes, giving: &giving };
        let (all, rebuilt) = (read.all(), read.rebuilt());
        let rare = all.iter().flatten().chain(rebuilt.values()).flat_map(|taken| &taken.rare);
        let kinds = Kinds::of(rare.map(|(kind, _)| kind));
        let amount = |taken: &Taken| Amount {
            memory: taken.memory,
            vcpus: taken.vcpus,
            rare: kinds.rare_of(&taken.rare),
        };
        let guests = all.iter().map(|one| one.as_ref().map(amount).map_err(Clone::clone)).collect();
        let rebuilt = rebuilt.iter().map(|(&guest, taken)| (guest, amount(taken))).collect();
        let (policies, racks) = (Policies::new(cluster), Racks::new(cluster));
        let mut needs = Self {
            cluster,
            verdicts,
            homes,
            kinds,
            guests,
            rebuilt,
            hosts: Vec::new(),
            unknown: BTreeMap::new(),
            own: BTreeMap::new(),
            raised: BTreeMap::new(),
            overfull: Vec::new(),
            policies,
            racks,
            times: Times::new(cluster),
            headroom: Headroom::default(),
        };
        needs.fill_hosts(&all);
        let used = needs.used();
        needs.overfull = used.iter().enumerate().map(|(host, used)| needs.is_overfull(host, used)).collect();
        needs.raised = used.iter().enumerate().filter_map(|(host, used)| needs.raise(host, used)).collect();
        needs
    }

    /// The same, with room kept free on hosts that are not `shut`, as far as the settings ask for it.
    pub(super) fn keeping_headroom(mut self, shut: impl Fn(HostIndex) -> bool) -> Self {
        self.headroom = Headroom::new(self.cluster, &self.hosts, shut);
        self
    }

    /// Finds what each host holds. Where it is not known what a guest takes that is on it, it takes no other.
    fn fill_hosts(&mut self, all: &[Result<Taken, String>]) {
        let mut residents: Vec<Vec<GuestIndex>> = vec![Vec::new(); self.cluster.hosts.len()];
        for (guest, home) in self.homes.iter().enumerate() {
            if let &Some(home) = home {
                residents[home].push(guest);
            }
        }
        for (at, host) in self.cluster.hosts.iter().enumerate() {
            let known = residents[at]
                .iter()
                .filter_map(|&guest| Some((all[guest].as_ref().ok()?, self.cluster.guests[guest].running)));
            let offer = Offer { host, settings: &self.cluster.settings, residents: known.collect() };
            let held = self.held(at, &offer);
            let missing = residents[at].iter().find_map(|&guest| all[guest].as_ref().err());
            let held = match (held, missing) {
                (Ok(held), Some(unknown)) => {
                    self.own.insert(at, held);
                    Err(unknown.clone())
                }
                (held, _) => held,
            };
            self.hosts.push(held);
        }
    }

    fn held(&mut self, host: HostIndex, offer: &Offer<'_>) -> Result<Amount, String> {
        let (memory, vcpus) = (offer.memory()?, offer.vcpus()?);
        let mut rare = Vec::new();
        for (kind, about) in self.kinds.rare() {
            match offer.of(about) {
                Ok(amount) => rare.push((kind, amount)),
                Err(unknown) => drop(self.unknown.insert((host, kind), unknown)),
            }
        }
        Ok(Amount { memory, vcpus, rare: Rare::of(rare) })
    }

    /// By host: what its guests take.
    fn used(&self) -> Vec<Amount> {
        let mut used = vec![Amount::default(); self.hosts.len()];
        for (need, home) in self.guests.iter().zip(&self.homes) {
            if let (Ok(need), &Some(home)) = (need, home) {
                used[home] = std::mem::take(&mut used[home]).plus(need);
            }
        }
        used
    }

    /// What is not known of a kind is not told as too much.
    fn is_overfull(&self, host: HostIndex, used: &Amount) -> bool {
        let known = |kind: KindIndex| !self.unknown.contains_key(&(host, kind));
        let more = |all: &Amount| used.parts().any(|(kind, amount)| amount > all.get(kind) && known(kind));
        self.hosts[host].as_ref().is_ok_and(more)
    }

    fn raise(&self, host: HostIndex, used: &Amount) -> Option<(HostIndex, Amount)> {
        let all = self.hosts[host].as_ref().ok()?;
        let beyond = used.rare.clone().minus(&all.rare);
        let raised = Amount { rare: all.rare.clone().plus(&beyond), ..all.clone() };
        (raised != *all).then_some((host, raised))
    }

    /// What a host may hold at most: what it can, and of rarer kinds as much as it does before the plan.
    ///
    /// # Errors
    /// Why it takes nothing.
    pub(super) fn most(&self, host: HostIndex) -> Result<&Amount, &String> {
        self.raised.get(&host).map_or_else(|| self.hosts[host].as_ref(), Ok)
    }

    /// What a host can hold, whatever its guests take.
    ///
    /// # Errors
    /// What is not known, and how to know it.
    pub(super) fn capacity(&self, host: HostIndex) -> Result<&Amount, &String> {
        self.own.get(&host).map_or_else(|| self.hosts[host].as_ref(), Ok)
    }

    /// So much without the kinds of which it is not known how much the host holds; and of the first of these, how to know it.
    pub(super) fn known_part(&self, host: HostIndex, amount: Amount) -> (Amount, Option<&String>) {
        let unknown = |kind: KindIndex| self.unknown.get(&(host, kind));
        let first = amount.rare.iter().find_map(|(kind, _)| unknown(kind));
        if first.is_none() {
            return (amount, None);
        }
        let known = amount.rare.iter().filter(|(kind, _)| unknown(*kind).is_none()).collect();
        (Amount { rare: Rare::of(known), ..amount }, first)
    }

    /// A guest.
    pub(super) fn guest(&self, guest: GuestIndex) -> &'a Guest {
        &self.cluster.guests[guest]
    }

    /// The name of a host.
    pub(super) fn host_name(&self, host: HostIndex) -> &'a str {
        &self.cluster.hosts[host].name
    }

    /// What a guest takes on a host; nothing where that is unknown (its host takes no other then).
    pub(super) fn amount(&self, guest: GuestIndex, host: HostIndex) -> Amount {
        match self.rebuilt.get(&guest) {
            Some(amount) if self.is_rebuilt(guest, host) => amount.clone(),
            _ => self.guests[guest].as_ref().cloned().unwrap_or_default(),
        }
    }

    /// Whether it is rebuilt to be there.
    pub(super) fn is_rebuilt(&self, guest: GuestIndex, host: HostIndex) -> bool {
        is_rebuilt(self.cluster, self.verdicts, (guest, self.homes[guest]), host)
    }

    /// Whether it takes something else once it is rebuilt.
    pub(super) fn changes(&self, guest: GuestIndex) -> bool {
        self.rebuilt.contains_key(&guest)
    }

    /// What guests take together that are as they are.
    pub(super) fn sum(&self, guests: &[GuestIndex]) -> Amount {
        guests.iter().filter_map(|&guest| self.guests[guest].as_ref().ok()).sum()
    }

    /// What guests take together on a host.
    pub(super) fn sum_on(&self, guests: &[GuestIndex], host: HostIndex) -> Amount {
        guests.iter().fold(Amount::default(), |sum, &guest| sum.plus(&self.amount(guest, host)))
    }

    /// Whether the guest is on a host that the inventory does not have.
    pub(super) fn is_elsewhere(&self, guest: GuestIndex) -> bool {
        self.homes[guest].is_none() && self.guest(guest).host.is_some()
    }

    /// The place that the host is in, as a group to be kept apart sees it: the first host of it.
    pub(super) fn place(&self, group: usize, host: HostIndex) -> HostIndex {
        self.racks.place(self.policies.crowds[group].apart.per, host)
    }

    /// How many moves may run at the same time.
    pub(super) fn limits(&self) -> Limits {
        Limits::of(&self.cluster.settings)
    }
}

/// By guest: the host it is on.
fn homes(cluster: &Cluster) -> Vec<Option<HostIndex>> {
    let by_name: BTreeMap<&str, HostIndex> =
        cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at)).collect();
    let home = |guest: &Guest| by_name.get(guest.host.as_deref()?).copied();
    cluster.guests.iter().map(home).collect()
}

/// Whether a guest is rebuilt to be on a host: it can be there in no gentler way.
fn is_rebuilt(
    cluster: &Cluster,
    verdicts: &dyn Verdicts,
    (guest, home): (GuestIndex, Option<HostIndex>),
    host: HostIndex,
) -> bool {
    let answers = verdicts.assess(guest, host);
    let lives = answers.live == Answer::Yes && cluster.guests[guest].running && home.is_some();
    home != Some(host) && answers.rebuild == Answer::Yes && answers.cold != Answer::Yes && !lives
}

/// What is read of guests.
struct Read<'r, 'a> {
    cluster: &'a Cluster,
    verdicts: &'a dyn Verdicts,
    homes: &'r [Option<HostIndex>],
    giving: &'r BTreeSet<&'r str>,
}

impl Read<'_, '_> {
    fn terms(&self, guest: GuestIndex) -> Terms<'_> {
        let about = &self.cluster.guests[guest];
        let size = || size_by_default(self.cluster, about, self.homes[guest]);
        let default = if wants_default(about) { size() } else { None };
        Terms { default, giving: self.giving }
    }

    /// By guest: what it takes.
    fn all(&self) -> Vec<Result<Taken, String>> {
        let guests = self.cluster.guests.iter().enumerate();
        guests.map(|(at, guest)| taken(guest, &self.terms(at))).collect()
    }

    /// What guests take that may be rebuilt, where that is something else. A size of huge pages that one of the hosts has where it
    /// may be rebuilt stays in its definition, on whichever of them.
    fn rebuilt(&self) -> BTreeMap<GuestIndex, Taken> {
        let one = |guest: GuestIndex| {
            let here =
                |host: &HostIndex| is_rebuilt(self.cluster, self.verdicts, (guest, self.homes[guest]), *host);
            let has = |size: Memory| {
                let mut hosts = (0..self.cluster.hosts.len()).filter(here);
                hosts.any(|host| may_have(&self.cluster.hosts[host], size))
            };
            let taken = rebuilt(&self.cluster.guests[guest], &self.terms(guest), &has)?;
            Some((guest, taken.ok()?))
        };
        (0..self.cluster.guests.len()).filter_map(one).collect()
    }
}

/// The huge pages that a guest has where it names no size: those of its host by default, else of the first host that tells.
fn size_by_default(cluster: &Cluster, guest: &Guest, home: Option<HostIndex>) -> Option<Memory> {
    match home.map(|home| &cluster.hosts[home]) {
        Some(home) if guest.running => size_in_use(home),
        Some(home) => huge_page_of(home),
        None => cluster.hosts.iter().find_map(huge_page_of),
    }
}
