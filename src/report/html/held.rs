//! The memory of hosts as the plan begins, in huge pages or not.

use std::collections::BTreeMap;

use crate::model::{Cluster, Memory};
use crate::plan::overhead;
use crate::report::svg::Held;

/// By host: what its guests may have, and what they have with overhead. Hosts of which that is not known are not in it.
pub(super) fn held(cluster: &Cluster) -> BTreeMap<String, Held> {
    let mut used: BTreeMap<&str, Option<Memory>> = BTreeMap::new();
    for guest in &cluster.guests {
        let Some(host) = guest.host.as_deref() else { continue };
        let sum = used.entry(host).or_insert(Some(Memory::default()));
        let own = guest.memory.value().map(|memory| memory.plus(overhead(*memory)));
        *sum = sum.zip(own).map(|(sum, own)| sum.plus(own));
    }
    let host = |host: &crate::model::Host| {
        let usable = host.memory.value()?.minus(cluster.settings.memory_reserve);
        let used = used.get(host.name.as_str()).copied().unwrap_or(Some(Memory::default()))?;
        // What is offered is rounded down, as where room is told of.
        Some((host.name.clone(), Held { usable: usable.as_kib() / 1024, used: used.as_mib() }))
    };
    cluster.hosts.iter().filter_map(host).collect()
}
