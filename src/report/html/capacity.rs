//! Room by host, what a lost host means, and the ports that guests have left.

use std::collections::BTreeMap;

use askama::Template;

use super::links::{Linked, Links};
use super::losses::Losses;
use super::names::Names;
use super::pictured::Pictured;
use super::room::Room;
use super::stated::Stated;
use crate::model::{Cluster, Memory};
use crate::report::heatmap::Quotes;
use crate::report::{GuestPortsRecord, HostRoomRecord, Located, ReviewDocument};

/// Hosts in the tables.
pub(super) const HOSTS: usize = 250;
/// Lost hosts that are named in a line.
const LOST: usize = 4;
/// Guests in the table of ports.
const GUESTS: usize = 30;

#[derive(Template)]
#[template(path = "html/capacity.html")]
pub(super) struct CapacitySection<'r> {
    hosts: Vec<Room<'r>>,
    more_hosts: usize,
    losses: Losses,
    /// Each with its guest and its host.
    ports: Vec<(&'r GuestPortsRecord, Linked, Option<Linked>)>,
    more_ports: usize,
    arm: Option<Sizing>,
    reserve: Linked,
    overcommit: Linked,
    /// Whether there is room, now and once the plan is carried out.
    verdicts: (String, Option<String>),
}

struct Sizing {
    guests: usize,
    vcpus: u64,
    memory: String,
    cores: String,
    offered: u64,
    fits: &'static str,
    assumption: String,
}

impl<'r> CapacitySection<'r> {
    pub(super) fn new(
        shown: &Pictured<'r>,
        (links, stated): (&Links, &Stated),
        quotes: &mut Quotes<'_>,
    ) -> Self {
        let review = shown.review;
        let mut guests = on_hosts(shown.chart.cluster, links);
        let then = |at: usize| shown.then.and_then(|review| review.hosts.get(at));
        let mut room = |(at, host): (usize, &'r HostRoomRecord)| {
            let guests = guests.remove(host.host.as_str()).unwrap_or_default();
            Room::new(host, then(at), guests, quotes)
        };
        let hosts = review.hosts.iter().enumerate().take(HOSTS).map(&mut room).collect();
        Self {
            hosts,
            more_hosts: review.hosts.len().saturating_sub(HOSTS),
            losses: Losses::new(review, shown.then, links),
            ports: review.ports.iter().take(GUESTS).map(|one| ports(one, links)).collect(),
            more_ports: review.ports.len().saturating_sub(GUESTS),
            arm: review.arm.as_ref().map(sizing),
            verdicts: (verdict(review), shown.then.map(verdict)),
            reserve: reserve(review, stated, quotes),
            overcommit: overcommit(review, stated, quotes),
        }
    }
}

/// Whether every host is within its limits, and which has the least left.
pub(super) fn verdict(review: &ReviewDocument) -> String {
    let of = |overfull| review.hosts.iter().filter(|host| host.overfull == overfull).count();
    let least = review.hosts.iter().filter_map(|host| Some((host.free_mib?, &host.host))).min();
    let least = least.map_or_else(String::new, |(free, host)| {
        format!(" The least memory is free on {host}: {}.", Memory::mib(free))
    });
    let limits = match (of(Some(true)), of(None)) {
        (0, 0) => "Every host is within its limits.".to_owned(),
        (0, unknown) => format!("No host is known to be overfull; of {unknown} it is not known."),
        (overfull, _) => format!("{overfull} of {} hosts hold more than they can.", review.hosts.len()),
    };
    format!("{limits}{least}{}", lost(review))
}

/// How many losses the others do not make up for, for certain.
fn lost(review: &ReviewDocument) -> String {
    let left = review.losses.iter().filter(|loss| loss.outcome != "absorbed");
    let left: Vec<String> = left.flat_map(|loss| loss.hosts.iter().cloned()).collect();
    match (review.losses.len(), left.len()) {
        (0, _) => String::new(),
        (_, 0) => " If a host is lost, its guests start again on others.".to_owned(),
        (all, count) => format!(
            " If a host is lost, not all its guests start again on others for certain: so with {count} of {all} hosts, {}.",
            Names::of(&left, LOST).shown
        ),
    }
}

fn reserve(review: &ReviewDocument, stated: &Stated, quotes: &mut Quotes<'_>) -> Linked {
    let said = format!("{} stay free on every host", Memory::mib(review.memory_reserve_mib));
    limit((said, "memory_reserve"), review.memory_reserve_at.as_ref(), stated, quotes)
}

fn overcommit(review: &ReviewDocument, stated: &Stated, quotes: &mut Quotes<'_>) -> Linked {
    let said = format!("{} vCPUs for each processor", hundredths(review.cpu_overcommit_percent));
    limit((said, "cpu_overcommit"), review.cpu_overcommit_at.as_ref(), stated, quotes)
}

/// A limit, with the line of the policy that sets it, else that of `cluster.toml`.
fn limit(
    (said, key): (String, &str),
    policy: Option<&Located>,
    stated: &Stated,
    quotes: &mut Quotes<'_>,
) -> Linked {
    match policy {
        Some(at) => Linked::quote(said, Some(quotes.located(at, "what the policy says"))),
        None => stated.of(("limits", key), said, quotes),
    }
}

/// The guests by the host that they are on.
fn on_hosts<'c>(cluster: &'c Cluster, links: &Links) -> BTreeMap<&'c str, Vec<(Linked, String)>> {
    let mut all: BTreeMap<&str, Vec<(Linked, String)>> = BTreeMap::new();
    for guest in &cluster.guests {
        let memory = guest.memory.value().map_or_else(|| "?".to_owned(), Memory::to_string);
        if let Some(host) = guest.host.as_deref() {
            all.entry(host).or_default().push((links.guest(&guest.name), memory));
        }
    }
    all
}

fn ports<'r>(one: &'r GuestPortsRecord, links: &Links) -> (&'r GuestPortsRecord, Linked, Option<Linked>) {
    (one, links.guest(&one.guest), one.host.as_deref().map(|host| links.host(host)))
}

fn sizing(arm: &crate::report::ArmSizingRecord) -> Sizing {
    Sizing {
        guests: arm.guests.len(),
        vcpus: arm.vcpus,
        memory: Memory::mib(arm.memory_mib).to_string(),
        cores: arm.cores_milli.div_ceil(1000).to_string(),
        offered: arm.offered_cores,
        fits: match arm.fits {
            Some(true) => "the sums fit",
            Some(false) => "the sums do not fit",
            None => "whether the sums fit is not known",
        },
        assumption: arm.assumption.clone(),
    }
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}
