//! Why guests cannot fit, in sums.

use super::capacity::Amount;
use super::needs::Needs;
use super::units::Unit;
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

/// Sums up what the units that were left out need and what the hosts they could use offer.
pub(super) fn shortfalls(needs: &Needs<'_>, units: &[Unit], left: &[usize]) -> Vec<Shortfall> {
    let mut usable = vec![false; needs.hosts.len()];
    for choice in left.iter().flat_map(|&unit| &units[unit].choices) {
        usable[choice.host] = needs.hosts[choice.host].is_ok();
    }
    let confined = |unit: &&Unit| {
        let mut known = unit.choices.iter().filter(|to| needs.hosts[to.host].is_ok()).peekable();
        known.peek().is_some() && known.all(|to| usable[to.host])
    };
    let confined: Vec<&Unit> = units.iter().filter(confined).collect();
    let hosts: Vec<HostIndex> = (0..usable.len()).filter(|&host| usable[host]).collect();
    if hosts.is_empty() || confined.is_empty() {
        return Vec::new();
    }
    vec![shortfall(needs, units, &confined, hosts)]
}

fn shortfall(needs: &Needs<'_>, units: &[Unit], confined: &[&Unit], hosts: Vec<HostIndex>) -> Shortfall {
    let mut guests: Vec<GuestIndex> = confined.iter().flat_map(|unit| unit.guests.iter().copied()).collect();
    guests.sort_unstable();
    let needed = guests.iter().fold(Amount::default(), |sum, &guest| sum.plus(needs.amount(guest)));
    let stays = staying(needs, units);
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

/// By host: what the guests take that no unit moves.
fn staying(needs: &Needs<'_>, units: &[Unit]) -> Vec<Amount> {
    let mut moves = vec![false; needs.homes.len()];
    units.iter().flat_map(|unit| &unit.guests).for_each(|&guest| moves[guest] = true);
    let mut stays = vec![Amount::default(); needs.hosts.len()];
    for (guest, home) in needs.homes.iter().enumerate() {
        if let (false, &Some(home)) = (moves[guest], home) {
            stays[home] = stays[home].plus(needs.amount(guest));
        }
    }
    stays
}
