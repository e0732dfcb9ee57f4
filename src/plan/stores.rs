//! Room and apartness as the stores of a timetable.

use std::collections::BTreeMap;

use super::headroom::PoolIndex;
use super::ledger::Ledger;
use super::needs::Needs;
use super::rare::{KindIndex, MEMORY, VCPUS};
use crate::compat::HostIndex;

/// What a store is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Store {
    /// A kind of room on a host.
    Room(HostIndex, KindIndex),
    /// Places for guests of a group that is to be apart.
    Places(usize, HostIndex),
    /// A kind of room that hosts have together though some of them fail.
    Pool(PoolIndex, KindIndex),
}

/// The stores: memory and vCPUs of every host first, all else as it is asked for.
#[derive(Default)]
pub(super) struct Stores {
    /// What there is of each at the beginning.
    pub(super) amounts: Vec<i64>,
    /// By store that is not of memory or vCPUs of a host: which it is.
    others: BTreeMap<Store, usize>,
}

impl Stores {
    /// Memory in KiB, and vCPUs, of every host.
    pub(super) fn new(needs: &Needs<'_>, now: &Ledger<'_>) -> Self {
        let hosts = 0..needs.hosts.len();
        let left = |host| [MEMORY, VCPUS].map(|kind| amount(needs, now, Store::Room(host, kind)));
        Self { amounts: hosts.flat_map(left).collect(), others: BTreeMap::new() }
    }

    /// Which store that is.
    pub(super) fn of(&mut self, needs: &Needs<'_>, now: &Ledger<'_>, store: Store) -> usize {
        if let Store::Room(host, kind @ (MEMORY | VCPUS)) = store {
            return 2 * host + kind;
        }
        let next = self.amounts.len();
        let at = *self.others.entry(store).or_insert(next);
        if at == next {
            self.amounts.push(amount(needs, now, store));
        }
        at
    }

    /// What each is called, by its index.
    pub(super) fn names(&self, needs: &Needs<'_>) -> BTreeMap<usize, String> {
        self.others.iter().map(|(store, &at)| (at, name(needs, *store))).collect()
    }
}

/// What there is of it; below nothing where more is used than there is.
fn amount(needs: &Needs<'_>, now: &Ledger<'_>, store: Store) -> i64 {
    // There may be any number of something, and some of it is given back.
    let signed = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX).min(i64::MAX / 2);
    let left = |most: u64, used: u64| signed(most).saturating_sub(signed(used));
    match store {
        Store::Room(host, kind) => match &needs.hosts[host] {
            Ok(all) => left(all.get(kind), now.used(host).get(kind)),
            Err(_) => 0,
        },
        Store::Places(group, place) => {
            left(needs.policies.crowds[group].apart.at_most as u64, now.apart(group, place) as u64)
        }
        Store::Pool(pool, kind) => {
            left(needs.headroom.pools[pool].most.get(kind), now.pooled(pool).get(kind))
        }
    }
}

/// What it is called, for people.
pub(super) fn name(needs: &Needs<'_>, store: Store) -> String {
    match store {
        Store::Room(host, MEMORY) => format!("memory of {}", needs.host_name(host)),
        Store::Room(host, VCPUS) => format!("vCPUs of {}", needs.host_name(host)),
        Store::Room(host, kind) => format!("{} of {}", needs.kinds.name(kind), needs.host_name(host)),
        Store::Places(group, place) => {
            format!("a place of {} by {}", needs.policies.crowds[group].name, needs.host_name(place))
        }
        Store::Pool(pool, _) => format!("headroom of {} hosts", needs.headroom.pools[pool].name),
    }
}
