//! Why guests cannot fit, in sums.

use std::sync::Arc;

use super::capacity::Amount;
use super::flow::{Demand, Violator, violator};
use super::needs::Needs;
use super::rare::KindIndex;
use super::rows::lines;
use super::units::{Choice, Unit};
use super::wish::Want;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::Memory;

/// Guests that may go nowhere but to a set of hosts, and what these offer. Where more is needed
/// than offered, that proves that not all of them fit, in whichever order and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The guests that may go to no other hosts.
    pub guests: Vec<GuestIndex>,
    /// The hosts.
    pub hosts: Vec<HostIndex>,
    /// The memory that the guests need, with overhead.
    pub memory_needed: Memory,
    /// The memory that the hosts offer, without what stays on them.
    pub memory_offered: Memory,
    /// The vCPUs that the guests need.
    pub vcpus_needed: u64,
    /// The vCPUs that the hosts offer, without what stays on them.
    pub vcpus_offered: u64,
    /// All else that the guests need.
    pub others: Vec<KindShortfall>,
    /// Whether more is needed than offered. Where not, the sums would fit and the pieces do not.
    pub proven: bool,
}

/// How much guests need of one kind of room, and how much hosts offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindShortfall {
    /// The kind, such as `huge pages of 2 MiB`.
    pub kind: String,
    /// How much is needed: memory in KiB, all else by number.
    pub needed: u64,
    /// How much is offered.
    pub offered: u64,
}

/// Why units that were left out do not fit: the proofs there are, by each kind of room; where there is none, what they need and what
/// the hosts that they could use offer.
pub(super) fn shortfalls(needs: &Needs<'_>, units: &[Unit], left: &[usize]) -> Vec<Shortfall> {
    if left.is_empty() {
        return Vec::new();
    }
    let stays = staying(needs, units);
    let mut proofs: Vec<Shortfall> = Vec::new();
    for Short { units, hosts, .. } in short(needs, units, &stays) {
        let proof = shortfall(needs, &stays, &units, hosts);
        if !proofs.contains(&proof) {
            proofs.push(proof);
        }
    }
    if proofs.is_empty() { summed(needs, units, left, &stays) } else { proofs }
}

/// As few guests as any plan leaves out of the units `left`, of which something is wanted of so many as `wanted` says: those that no host
/// could take even if nothing were there but what stays in any case, and of those that do not all fit the biggest.
pub(super) fn left_out_at_least(
    needs: &Needs<'_>,
    units: &[Unit],
    left: &[usize],
    wanted: &dyn Fn(&Unit) -> usize,
) -> usize {
    if left.is_empty() {
        return 0;
    }
    let stays = staying(needs, units);
    let hopeless = left.iter().map(|&unit| &units[unit]).filter(|unit| is_hopeless(needs, unit, &stays));
    let hopeless: usize = hopeless.map(wanted).sum();
    let fewest = short(needs, units, &stays).into_iter().map(|Short { kind, units, lacking, .. }| {
        let mut sizes: Vec<u64> = units.iter().map(|unit| unit.amount.get(kind)).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let enough = |gone: &mut u64, size: u64| {
            let lacks = *gone < lacking;
            *gone = gone.saturating_add(size);
            lacks.then_some(())
        };
        sizes.into_iter().scan(0, enough).count()
    });
    hopeless + fewest.max().unwrap_or(0)
}

/// Units that need more of a kind than all hosts offer that they may go to.
struct Short<'u> {
    kind: KindIndex,
    units: Vec<&'u Unit>,
    hosts: Vec<HostIndex>,
    lacking: u64,
}

/// By kind of room: of the units that should go somewhere, those for which most is lacking. What may go and may as well stay asks for
/// no room.
fn short<'u>(needs: &Needs<'_>, units: &'u [Unit], stays: &[Amount]) -> Vec<Short<'u>> {
    let asks = |unit: &&Unit| unit.want != Want::Even && !is_hopeless(needs, unit, stays);
    let mobile: Vec<&Unit> = units.iter().filter(asks).collect();
    let (choices, line) = lines(&mobile);
    let known = |to: &Choice| needs.hosts[to.host].is_ok().then_some(to.host);
    let hosts: Vec<Vec<HostIndex>> =
        choices.iter().map(|choices| choices.iter().filter_map(known).collect()).collect();
    let by = |kind: KindIndex| {
        let takes = |(unit, line): (&&'u Unit, &usize)| {
            let amount = unit.amount.get(kind);
            (amount > 0).then_some((*unit, Demand { amount, line: *line }))
        };
        let (takers, demands): (Vec<&Unit>, Vec<Demand>) = mobile.iter().zip(&line).filter_map(takes).unzip();
        let offers: Vec<u64> =
            (0..needs.hosts.len()).map(|host| offer(needs, stays, host).get(kind)).collect();
        let Violator { demands, hosts, lacking } = violator(&demands, &hosts, &offers)?;
        Some(Short { kind, units: demands.into_iter().map(|at| takers[at]).collect(), hosts, lacking })
    };
    (0..needs.kinds.len()).filter_map(by).collect()
}

/// What a host offers beside what stays on it.
fn offer(needs: &Needs<'_>, stays: &[Amount], host: HostIndex) -> Amount {
    needs.most(host).map(|all| all.clone().minus(&stays[host])).unwrap_or_default()
}

/// Whether no host could take the unit even if nothing were there but what stays in any case.
fn is_hopeless(needs: &Needs<'_>, unit: &Unit, stays: &[Amount]) -> bool {
    let known = |guest: &GuestIndex| needs.guests[*guest].is_ok();
    let takes = |to: &Choice| {
        let brings: Amount = unit
            .arriving(needs, to.host)
            .iter()
            .map(|&guest| unit.least(needs, guest))
            .fold(Amount::default(), |sum, amount| sum.plus(&amount));
        needs.most(to.host).is_ok() && brings.within(&offer(needs, stays, to.host))
    };
    !unit.guests.iter().all(known) || !unit.choices.iter().any(takes)
}

/// What the units that were left out need and what the hosts they could use offer, where that proves nothing.
fn summed(needs: &Needs<'_>, units: &[Unit], left: &[usize], stays: &[Amount]) -> Vec<Shortfall> {
    let mut usable = vec![false; needs.hosts.len()];
    for choice in left.iter().flat_map(|&unit| units[unit].choices.iter()) {
        usable[choice.host] = needs.hosts[choice.host].is_ok();
    }
    let confined = |choices: &Arc<[Choice]>| {
        let mut known = choices.iter().filter(|to| needs.hosts[to.host].is_ok()).peekable();
        known.peek().is_some() && known.all(|to| usable[to.host])
    };
    let all: Vec<&Unit> = units.iter().collect();
    let (choices, line) = lines(&all);
    let confined: Vec<bool> = choices.iter().map(confined).collect();
    let confined: Vec<&Unit> =
        all.into_iter().zip(line).filter(|(_, line)| confined[*line]).map(|(unit, _)| unit).collect();
    let hosts: Vec<HostIndex> = (0..usable.len()).filter(|&host| usable[host]).collect();
    if hosts.is_empty() || confined.is_empty() {
        return Vec::new();
    }
    vec![shortfall(needs, stays, &confined, hosts)]
}

fn shortfall(needs: &Needs<'_>, stays: &[Amount], confined: &[&Unit], hosts: Vec<HostIndex>) -> Shortfall {
    let mut guests: Vec<GuestIndex> = confined.iter().flat_map(|unit| unit.guests.iter().copied()).collect();
    guests.sort_unstable();
    let needed: Amount = confined.iter().map(|unit| &unit.amount).sum();
    let offers: Vec<Amount> = hosts.iter().map(|&host| offer(needs, stays, host)).collect();
    let offered: Amount = offers.iter().sum();
    let other = |(kind, amount): (KindIndex, u64)| KindShortfall {
        kind: needs.kinds.name(kind),
        needed: amount,
        offered: offered.get(kind),
    };
    Shortfall {
        guests,
        hosts,
        memory_needed: needed.memory,
        memory_offered: offered.memory,
        vcpus_needed: needed.vcpus,
        vcpus_offered: offered.vcpus,
        others: needed.rare.iter().map(other).collect(),
        proven: !needed.within(&offered),
    }
}

/// By host: what the guests take that no unit moves, or that can go nowhere.
fn staying(needs: &Needs<'_>, units: &[Unit]) -> Vec<Amount> {
    let mut moves = vec![false; needs.homes.len()];
    let mobile = units.iter().filter(|unit| !unit.choices.is_empty());
    mobile.flat_map(|unit| &unit.guests).for_each(|&guest| moves[guest] = true);
    let mut stays = vec![Amount::default(); needs.hosts.len()];
    for (guest, home) in needs.homes.iter().enumerate() {
        if let (false, &Some(home)) = (moves[guest], home) {
            stays[home] = std::mem::take(&mut stays[home]).plus(&needs.amount(guest, home));
        }
    }
    stays
}
