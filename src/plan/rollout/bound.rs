//! As few stages as any rollout has.

use std::collections::BTreeSet;

use crate::compat::HostIndex;
use crate::plan::capacity::Amount;
use crate::plan::ledger::Ledger;
use crate::plan::needs::Needs;

/// Memory in KiB, and vCPUs; rarer kinds of room only make for more stages.
const SIDES: [fn(&Amount) -> u64; 2] = [|amount| amount.memory.as_kib(), |amount| amount.vcpus];

/// By host: memory in KiB and vCPUs, what it can hold and what it holds at first.
#[derive(Default)]
pub(super) struct Bound {
    hosts: Vec<[(u64, u64); 2]>,
}

impl Bound {
    /// Of the hosts that take part: those to which guests may come, and those that are taken down.
    pub(super) fn new(needs: &Needs<'_>, takes_part: impl Fn(HostIndex) -> bool) -> Self {
        let now = Ledger::new(needs);
        let of = |host: HostIndex| match &needs.hosts[host] {
            Ok(all) if takes_part(host) => SIDES.map(|side| (side(all), side(now.used(host)))),
            _ => [(0, 0); 2],
        };
        Self { hosts: (0..needs.hosts.len()).map(of).collect() }
    }

    /// In as many stages at least all these hosts are taken down, no more than `at_once` together: the others must hold all guests, be
    /// they divided as they may. Guests may stay where they are too many.
    pub(super) fn stages(&self, down: &BTreeSet<HostIndex>, at_once: usize) -> usize {
        let most = |side: usize| {
            let free = self.hosts.iter().map(|host| host[side].0.saturating_sub(host[side].1));
            let mut free: u64 = free.sum();
            let mut sizes: Vec<u64> = down.iter().map(|&host| self.hosts[host][side].0).collect();
            sizes.sort_unstable();
            let fits = |size: &&u64| {
                let fits = **size <= free;
                free = free.saturating_sub(**size);
                fits
            };
            sizes.iter().take_while(fits).count()
        };
        let most = (0..SIDES.len()).map(most).min().unwrap_or(0).min(at_once);
        down.len().div_ceil(most.max(1))
    }
}
