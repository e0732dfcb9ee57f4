//! From a review to its document.

use super::document::{FitRecord, ReviewDocument, RoomGroupRecord, SizeRecord, VERSION};
use super::hosts::{host_record, sum_record};
use super::losses::{barred_record, loss_record, pairs_record};
use super::ports::{arm_record, ports_record};
use super::values::unknown_guests;
use crate::model::{Cluster, Known};
use crate::plan::review::{HostRoom, Review, Size};
use crate::report::Places;

/// The review as a document.
pub fn review_document(cluster: &Cluster, review: &Review, places: &Places<'_>) -> ReviewDocument {
    let settings = &cluster.settings;
    let thresholds = &cluster.policy.thresholds;
    let loss = |loss| loss_record(cluster, loss);
    ReviewDocument {
        format: "portolan-review",
        version: VERSION,
        cluster: cluster.name.clone(),
        clear: review.is_clear(),
        guests: cluster.guests.len(),
        memory_reserve_mib: settings.memory_reserve.as_mib(),
        memory_reserve_at: thresholds.memory_reserve.map(|Known { place, .. }| places.locate(place)),
        cpu_overcommit_percent: settings.cpu_overcommit_percent,
        cpu_overcommit_at: thresholds.cpu_overcommit_percent.map(|Known { place, .. }| places.locate(place)),
        hosts: review.hosts.iter().map(|room| host_record(cluster, room, places)).collect(),
        groups: groups(cluster, review),
        all: sum_record(cluster, review.hosts.iter()),
        sizes: review.sizes.iter().map(|size| size_record(cluster, review, size)).collect(),
        sizes_unknown: unknown_guests(cluster, &review.sizeless),
        losses: review.losses.iter().map(loss).collect(),
        pairs: review.pairs.as_ref().map(|pairs| pairs_record(cluster, pairs)),
        barred: review.barred.iter().map(|barred| barred_record(cluster, barred)).collect(),
        ports: review.ports.iter().map(|ports| ports_record(cluster, ports)).collect(),
        arm: review.arm.as_ref().map(|arm| arm_record(cluster, arm)),
    }
}

fn groups(cluster: &Cluster, review: &Review) -> Vec<RoomGroupRecord> {
    let group = |(at, group): (usize, &crate::plan::review::HostGroup)| {
        let rooms = group.hosts.iter().map(|&host| &review.hosts[host]);
        let hosts = group.hosts.iter().map(|&host| cluster.hosts[host].name.clone()).collect();
        RoomGroupRecord { group: at + 1, hosts, sum: sum_record(cluster, rooms) }
    };
    review.groups.iter().enumerate().map(group).collect()
}

fn size_record(cluster: &Cluster, review: &Review, size: &Size) -> SizeRecord {
    let sum = |fits: &mut dyn Iterator<Item = Option<u64>>| fits.flatten().fold(0, u64::saturating_add);
    let of_host = |(room, fit): (&HostRoom, &Option<u64>)| FitRecord {
        host: cluster.hosts[room.host].name.clone(),
        fit: *fit,
    };
    let of_group =
        |group: &crate::plan::review::HostGroup| sum(&mut group.hosts.iter().map(|&host| size.fits[host]));
    SizeRecord {
        memory_mib: size.memory.as_mib(),
        vcpus: size.vcpus,
        guests: size.guests,
        fit: sum(&mut size.fits.iter().copied()),
        fit_by_group: review.groups.iter().map(of_group).collect(),
        fit_by_host: review.hosts.iter().zip(&size.fits).map(of_host).collect(),
    }
}
