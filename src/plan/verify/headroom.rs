//! Room for the guests of hosts that fail, asked a second time.

use std::collections::BTreeMap;

use super::room::Rooms;
use super::stock::Amount;
use crate::compat::HostIndex;
use crate::model::{Arch, Cluster};
use crate::plan::document::PlanDocument;

/// What the hosts of each architecture can hold though some of them fail.
pub(super) struct Spare<'c> {
    cluster: &'c Cluster,
    most: BTreeMap<Option<&'c str>, Amount>,
}

impl<'c> Spare<'c> {
    /// Of the hosts that are neither drained nor banned; nothing to say where no headroom is asked for.
    pub(super) fn new(cluster: &'c Cluster, rooms: &Rooms<'_>, document: &PlanDocument) -> Self {
        let fail = cluster.settings.headroom_hosts;
        let closing = document.intents.iter().filter(|one| one.intent == "drain" || one.intent == "ban");
        let closed: Vec<&String> = closing.flat_map(|one| &one.hosts).collect();
        let mut sizes: BTreeMap<Option<&str>, (Vec<u128>, Vec<u128>)> = BTreeMap::new();
        for (at, host) in cluster.hosts.iter().enumerate().filter(|_| fail > 0) {
            let (memory, vcpus) = sizes.entry(arch(cluster, at)).or_default();
            if let (false, Some(held)) = (closed.contains(&&host.name), rooms.held(at)) {
                memory.push(held.0);
                vcpus.push(held.1);
            }
        }
        let sum = |mut all: Vec<u128>| {
            all.sort_unstable();
            all.truncate(all.len().saturating_sub(fail));
            all.into_iter().sum::<u128>()
        };
        let most =
            sizes.into_iter().map(|(arch, (memory, vcpus))| (arch, (sum(memory), sum(vcpus)))).collect();
        Self { cluster, most }
    }

    /// What is wrong at hosts to which guests come, where all hosts hold `amounts`.
    pub(super) fn broken(&self, to: HostIndex, amounts: &dyn Fn(HostIndex) -> Amount) -> Option<String> {
        let own = arch(self.cluster, to);
        let most = self.most.get(&own)?;
        let same = (0..self.cluster.hosts.len()).filter(|&host| arch(self.cluster, host) == own);
        let all = same.map(amounts).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (all.0 > most.0 || all.1 > most.1).then(|| {
            let name = own.unwrap_or("unknown");
            let fail = self.cluster.settings.headroom_hosts;
            format!("the {name} hosts that stay hold {} KiB and {} vCPUs; were {fail} of them gone, they could hold {} and {}", all.0, all.1, most.0, most.1)
        })
    }
}

fn arch(cluster: &Cluster, host: HostIndex) -> Option<&str> {
    cluster.hosts[host].platform.arch.value().map(Arch::as_str)
}
