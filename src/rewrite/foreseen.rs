//! A guest as it would be once it is rewritten for a host.

use super::for_guest::{Wish, rewrite_guest};
use crate::ingest::read_definition;
use crate::model::{Cluster, Guest, Host};
use crate::text::Sources;

/// A cluster of nothing but the guest, shut down and rewritten for `host`, with the host that it is on and `host`, which is the
/// last: what rules say there of the two is what they would say in the whole. `None` where the guest cannot be rewritten for it.
pub fn foreseen(cluster: &Cluster, guest: &Guest, host: &Host) -> Option<Cluster> {
    let (_, new) = rewrite_guest(cluster, guest, &[host], &Wish::default()).ok()?;
    // Of the other documents nothing but places is asked, and verdicts do not go by these.
    let mut sources = Sources::default();
    let path = cluster.sources.get(guest.source).path.clone();
    let mut redefined = read_definition(&mut sources, (path, new.text), guest.host.as_deref()).ok()?;
    redefined.name.clone_from(&guest.name);
    redefined.moment = guest.moment.clone();
    let home = guest.host.as_ref().and_then(|home| cluster.host(home));
    Some(Cluster {
        name: cluster.name.clone(),
        sources,
        hosts: home.into_iter().chain([host]).cloned().collect(),
        guests: vec![redefined],
        settings: cluster.settings.clone(),
        policy: cluster.policy.clone(),
        problems: Vec::new(),
    })
}
