//! Why guests cannot fit, in sums.

use std::sync::Arc;

use super::capacity::Amount;
use super::flow::{Demand, Violator, violator};
use super::needs::Needs;
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
    /// Whether more is needed than offered. Where not, the sums would fit and the pieces do not.
    pub proven: bool,
}

/// Why units that were left out do not fit: the proofs there are, by memory and by vCPUs; where there is none, what they need and what
/// the hosts that they could use offer.
pub(super) fn shortfalls(needs: &Needs<'_>, units: &[Unit], left: &[usize]) -> Vec<Shortfall> {
    if left.is_empty() {
        return Vec::new();
    }
    let stays = staying(needs, units);
    let mut proofs: Vec<Shortfall> = Vec::new();
    for (_, confined, violator) in violators(needs, units, &stays) {
        let confined: Vec<&Unit> = violator.demands.iter().map(|&at| confined[at]).collect();
        let proof = shortfall(needs, &stays, &confined, violator.hosts);
        if !proofs.contains(&proof) {
            proofs.push(proof);
        }
    }
    if proofs.is_empty() { summed(needs, units, left, &stays) } else { proofs }
}

/// As few guests as any plan leaves out of the units `left`, of which something is wanted of so many as `wanted` says: those that no host
/// could take even if it were empty, and of those that do not all fit the biggest.
pub(super) fn left_out_at_least(
    needs: &Needs<'_>,
    units: &[Unit],
    left: &[usize],
    wanted: &dyn Fn(&Unit) -> usize,
) -> usize {
    if left.is_empty() {
        return 0;
    }
    let hopeless = left.iter().map(|&unit| &units[unit]).filter(|unit| is_hopeless(needs, unit));
    let hopeless: usize = hopeless.map(wanted).sum();
    let stays = staying(needs, units);
    let fewest = violators(needs, units, &stays).into_iter().map(|(side, confined, violator)| {
        let mut sizes: Vec<u64> = violator.demands.iter().map(|&at| side(confined[at].amount)).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let enough = |gone: &mut u64, size: u64| {
            let lacks = *gone < violator.lacking;
            *gone = gone.saturating_add(size);
            lacks.then_some(())
        };
        sizes.into_iter().scan(0, enough).count()
    });
    hopeless + fewest.max().unwrap_or(0)
}

/// One of the things that guests take.
type Side = fn(Amount) -> u64;

/// Memory, and vCPUs.
const SIDES: [Side; 2] = [|amount| amount.memory.as_kib(), |amount| amount.vcpus];

/// By memory and by vCPUs: the units that should go somewhere, and those among them for which most is lacking. What may go and may as
/// well stay asks for no room.
fn violators<'u>(
    needs: &Needs<'_>,
    units: &'u [Unit],
    stays: &[Amount],
) -> Vec<(Side, Vec<&'u Unit>, Violator)> {
    let asks = |unit: &&Unit| unit.want != Want::Even && !is_hopeless(needs, unit);
    let mobile: Vec<&Unit> = units.iter().filter(asks).collect();
    let offer =
        |host: HostIndex| needs.hosts[host].as_ref().map(|all| all.minus(stays[host])).unwrap_or_default();
    let (choices, line) = lines(&mobile);
    let known = |to: &Choice| needs.hosts[to.host].is_ok().then_some(to.host);
    let hosts: Vec<Vec<HostIndex>> =
        choices.iter().map(|choices| choices.iter().filter_map(known).collect()).collect();
    let by = |side: Side| {
        let demands = mobile.iter().zip(&line);
        let demands = demands.map(|(unit, &line)| Demand { amount: side(unit.amount), line });
        let offers: Vec<u64> = (0..needs.hosts.len()).map(|host| side(offer(host))).collect();
        violator(&demands.collect::<Vec<_>>(), &hosts, &offers)
    };
    SIDES.into_iter().filter_map(|side| Some((side, mobile.clone(), by(side)?))).collect()
}

/// Whether no host could take the unit even if it were empty.
fn is_hopeless(needs: &Needs<'_>, unit: &Unit) -> bool {
    let known = |guest: &GuestIndex| needs.guests[*guest].is_ok();
    let takes = |to: &Choice| needs.hosts[to.host].as_ref().is_ok_and(|all| unit.amount.within(*all));
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
    let needed = guests.iter().fold(Amount::default(), |sum, &guest| sum.plus(needs.amount(guest)));
    let offer = |host: &HostIndex| needs.hosts[*host].as_ref().map(|all| all.minus(stays[*host]));
    let offered = hosts.iter().filter_map(|host| offer(host).ok()).fold(Amount::default(), Amount::plus);
    Shortfall {
        guests,
        hosts,
        memory_needed: needed.memory,
        memory_offered: offered.memory,
        vcpus_needed: needed.vcpus,
        vcpus_offered: offered.vcpus,
        proven: !needed.within(offered),
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
            stays[home] = stays[home].plus(needs.amount(guest));
        }
    }
    stays
}
