//! Room that stays free for the guests of hosts that fail.
//!
//! Hosts of one architecture stand in for one another. Of each architecture the hosts that stay must hold all guests, those on their way twice,
//! were as many of them gone as `headroom_hosts` says, those that hold most. That is a matter of sums: whether each guest finds a host of its
//! own is what `portolan review` tells.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::capacity::Amount;
use super::rare::Rare;
use crate::compat::HostIndex;
use crate::model::{Cluster, Memory};

/// Which of several sets of hosts.
pub(super) type PoolIndex = usize;

/// Hosts that stand in for one another.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    /// Their architecture, for people.
    pub(super) name: String,
    /// What they hold though the largest of them fail.
    pub(super) most: Amount,
}

/// Room that stays free for the guests of hosts that fail.
#[derive(Clone, Debug, Default)]
pub(super) struct Headroom {
    /// How many hosts may fail.
    pub(super) hosts: usize,
    /// By host: the set that it is in.
    of: Vec<PoolIndex>,
    pub(super) pools: Vec<Pool>,
}

impl Headroom {
    /// As the settings ask; those hosts count that are not `shut`, and whose `room` is known.
    pub(super) fn new(
        cluster: &Cluster,
        room: &[Result<Amount, String>],
        shut: impl Fn(HostIndex) -> bool,
    ) -> Self {
        let hosts = cluster.settings.headroom_hosts;
        if hosts == 0 {
            return Self::default();
        }
        let arch = |host: HostIndex| {
            cluster.hosts[host].platform.arch.value().map_or("unknown", |arch| arch.as_str()).to_owned()
        };
        let names: Vec<String> = (0..room.len()).map(arch).collect();
        let mut members: BTreeMap<&str, Vec<HostIndex>> = BTreeMap::new();
        for (host, name) in names.iter().enumerate() {
            members.entry(name).or_default().push(host);
        }
        let mut of = vec![0; names.len()];
        let mut pools = Vec::new();
        for (name, members) in members {
            for &host in &members {
                of[host] = pools.len();
            }
            let open = members.into_iter().filter(|&host| !shut(host));
            let most = without_largest(open.filter_map(|host| room[host].as_ref().ok()), hosts);
            pools.push(Pool { name: name.to_owned(), most });
        }
        Self { hosts, of, pools }
    }

    /// The set that a host is in, where room is kept free.
    pub(super) fn pool(&self, host: HostIndex) -> Option<PoolIndex> {
        self.of.get(host).copied()
    }
}

/// What hosts have in all, of each kind without the few that have most of it.
fn without_largest<'a>(hosts: impl Iterator<Item = &'a Amount>, few: usize) -> Amount {
    let (mut memory, mut vcpus): (Vec<u64>, Vec<u64>) =
        hosts.map(|host| (host.memory.as_kib(), host.vcpus)).unzip();
    let sum = |all: &mut Vec<u64>| {
        all.sort_unstable_by_key(|one| Reverse(*one));
        all.iter().skip(few).fold(0, |sum: u64, one| sum.saturating_add(*one))
    };
    Amount { memory: Memory::kib(sum(&mut memory)), vcpus: sum(&mut vcpus), rare: Rare::default() }
}
