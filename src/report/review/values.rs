//! Values that several records have.

use super::document::UnknownGuestRecord;
use crate::model::{Cluster, Memory};

/// Memory that is offered, in whole MiB.
pub(super) fn offered(memory: Memory) -> u64 {
    memory.as_kib() / 1024
}

pub(super) fn unknown_guests(cluster: &Cluster, unknown: &[(usize, String)]) -> Vec<UnknownGuestRecord> {
    let record = |(guest, unknown): &(usize, String)| UnknownGuestRecord {
        guest: cluster.guests[*guest].name.clone(),
        unknown: unknown.clone(),
    };
    unknown.iter().map(record).collect()
}
