//! Which guests run.

use crate::model::{Cluster, Guest};

/// Whether a guest runs: its XML says so, or the list of its host's.
pub(super) fn runs(cluster: &Cluster, guest: &Guest) -> bool {
    let listed = || {
        let list = cluster.host(guest.host.as_deref()?)?.states.value()?;
        let listed = list.iter().find(|listed| listed.value.name == guest.name)?;
        listed.value.state.word.is_active()
    };
    guest.running || listed() == Some(true)
}
