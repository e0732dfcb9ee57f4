//! Root ports of guests, and ARM cores for them.

use super::document::{ArmOfferRecord, ArmSizingRecord, GuestPortsRecord, ScsiRecord};
use super::values::{offered, unknown_guests};
use crate::model::Cluster;
use crate::plan::review::{ArmOffer, ArmSizing, GuestPorts};
use crate::rewrite::ScsiLine;

pub(super) fn ports_record(cluster: &Cluster, ports: &GuestPorts) -> GuestPortsRecord {
    let guest = &cluster.guests[ports.guest];
    let scsi =
        |line: &ScsiLine| ScsiRecord { controller: line.controller, taken: line.taken, left: line.left() };
    GuestPortsRecord {
        guest: guest.name.clone(),
        host: guest.host.clone(),
        machine: ports.machine.as_str().to_owned(),
        document: cluster.sources.get(ports.document).path.clone(),
        used: ports.budget.used(),
        free: ports.budget.free(),
        possible: ports.budget.limit,
        scsi: ports.budget.scsi.iter().map(scsi).collect(),
    }
}

pub(super) fn arm_record(cluster: &Cluster, arm: &ArmSizing) -> ArmSizingRecord {
    let sum = arm.offered();
    let cores = arm.cores_at(arm.core_per_thread);
    let offer = |(host, offer): &(usize, Result<ArmOffer, String>)| ArmOfferRecord {
        host: cluster.hosts[*host].name.clone(),
        cores: offer.as_ref().ok().map(|offer| offer.cores),
        free_vcpus: offer.as_ref().ok().map(|offer| offer.free.vcpus),
        free_mib: offer.as_ref().ok().map(|offer| offered(offer.free.memory)),
        unknown: offer.as_ref().err().cloned(),
    };
    ArmSizingRecord {
        assumption: assumption(arm.core_per_thread),
        core_per_thread_milli: arm.core_per_thread,
        guests: arm.guests.iter().map(|&guest| cluster.guests[guest].name.clone()).collect(),
        vcpus: arm.vcpus,
        smt_vcpus: arm.smt_vcpus,
        memory_mib: arm.memory.as_mib(),
        cores_milli: cores,
        cores_milli_between: (arm.cores_at(600), arm.cores_at(700)),
        cores_overcommitted_milli: cores
            .saturating_mul(100)
            .div_ceil(cluster.settings.cpu_overcommit_percent.max(1)),
        offers: arm.offers.iter().map(offer).collect(),
        offered_cores: sum.cores,
        offered_vcpus: sum.free.vcpus,
        offered_mib: offered(sum.free.memory),
        fits: arm.fits(),
        unknown: unknown_guests(cluster, &arm.unknown),
    }
}

fn assumption(core_per_thread: u32) -> String {
    format!(
        "an assumption of this project, measured by nobody here: an x86 thread of a core with SMT is taken for {} of an ARM \
         core (--arm-core-per-thread), a thread of a core without SMT for one core",
        thousandths(u64::from(core_per_thread))
    )
}

/// Thousandths as a decimal number without idle zeros.
pub(super) fn thousandths(value: u64) -> String {
    let text = format!("{}.{:03}", value / 1000, value % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
