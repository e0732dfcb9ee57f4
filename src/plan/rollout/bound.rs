//! As few stages as any rollout has.

use std::collections::BTreeSet;

use crate::compat::HostIndex;
use crate::plan::capacity::Amount;
use crate::plan::ledger::Ledger;
use crate::plan::needs::Needs;

/// What hosts can hold, and what they hold at first.
#[derive(Default)]
pub(super) struct Bound {
    hosts: Vec<(Amount, Amount)>,
}

impl Bound {
    /// Of the hosts that take part: those to which guests may come, and those that are taken down.
    pub(super) fn new(needs: &Needs<'_>, takes_part: impl Fn(HostIndex) -> bool) -> Self {
        let now = Ledger::new(needs);
        let of = |host: HostIndex| match &needs.hosts[host] {
            Ok(all) if takes_part(host) => (all.clone(), now.used(host).clone()),
            _ => (Amount::default(), Amount::default()),
        };
        Self { hosts: (0..needs.hosts.len()).map(of).collect() }
    }

    /// In as many stages at least all these hosts are taken down, no more than `at_once` together: the others must hold all guests, be
    /// they divided as they may. Guests may stay where they are too many.
    pub(super) fn stages(&self, down: &BTreeSet<HostIndex>, at_once: usize) -> usize {
        let sides: [fn(&Amount) -> u64; 2] = [|amount| amount.memory.as_kib(), |amount| amount.vcpus];
        let most = |side: fn(&Amount) -> u64| {
            let free = self.hosts.iter().map(|(all, used)| side(all).saturating_sub(side(used)));
            let mut free: u64 = free.sum();
            let mut sizes: Vec<u64> = down.iter().map(|&host| side(&self.hosts[host].0)).collect();
            sizes.sort_unstable();
            let fits = |size: &&u64| {
                let fits = **size <= free;
                free = free.saturating_sub(**size);
                fits
            };
            sizes.iter().take_while(fits).count()
        };
        let most = sides.into_iter().map(most).min().unwrap_or(0).min(at_once);
        down.len().div_ceil(most.max(1))
    }
}
