//! A host that has already what another is to get: its document is the answer.

use super::bounds::Versions;
use super::class::{Class, ClusterInput, by_vendor};

/// A host of the same processor with the versions that are asked for.
#[derive(Clone)]
pub(super) struct Witness<'c> {
    pub(super) host: ClusterInput<'c>,
    pub(super) class: Class<'c>,
    /// What else differs.
    pub(super) differs: Vec<&'static str>,
}

/// The host most like `host` among those of `hosts` with the same processor and the versions `to`.
pub(super) fn witness<'c>(
    host: &ClusterInput<'_>,
    to: Versions,
    hosts: &[ClusterInput<'c>],
) -> Option<Witness<'c>> {
    let others = hosts.iter().filter(|other| other.name != host.name && same_processor(host, other));
    let like = others.filter(|other| Versions::of(other.platform).is_some_and(|has| has.is_like(to)));
    let found = like.filter_map(|other| {
        let [one, own] = [other.platform, host.platform];
        let microcode = (one.cpu.microcode != own.cpu.microcode).then_some("microcode");
        let kernel = (one.kernel != own.kernel).then_some("kernel");
        let differs = microcode.into_iter().chain(kernel).collect();
        Some(Witness { host: *other, class: class_of_one(other)?, differs })
    });
    found.min_by_key(|witness| (witness.differs.len(), witness.host.name))
}

/// Whether both are known to have the same processor: by what CPUID says it is, and by what Linux shows of it.
fn same_processor(one: &ClusterInput<'_>, other: &ClusterInput<'_>) -> bool {
    let (one, other) = (&one.platform.cpu, &other.platform.cpu);
    let known = one.signature.value().is_some() && one.flags.value().is_some();
    known && one.signature == other.signature && one.vendor == other.vendor && one.flags == other.flags
}

/// The class that the host is of by itself.
pub(super) fn class_of_one<'c>(host: &ClusterInput<'c>) -> Option<Class<'c>> {
    by_vendor(&[*host]).0.into_values().flatten().next()
}
