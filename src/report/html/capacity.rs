//! Room by host, what a lost host means, and the ports that guests have left.

use std::collections::BTreeMap;

use askama::Template;

use super::links::{Linked, Links};
use super::losses::Losses;
use super::pictured::Pictured;
use super::stated::Stated;
use crate::model::{Cluster, Memory};
use crate::report::heatmap::Quotes;
use crate::report::{GuestPortsRecord, HostRoomRecord, HugePagesRecord, Located, ReviewDocument};

/// Hosts in the tables.
pub(super) const HOSTS: usize = 250;
/// Guests in the table of ports.
const GUESTS: usize = 30;

#[derive(Template)]
#[template(path = "html/capacity.html")]
pub(super) struct CapacitySection<'r> {
    picture: String,
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

struct Room<'r> {
    host: &'r str,
    memory: Option<(String, Option<usize>)>,
    used: Option<String>,
    free: Option<String>,
    processors: Option<(u32, Option<usize>)>,
    used_vcpus: Option<u64>,
    free_vcpus: Option<u64>,
    overfull: bool,
    /// Once the plan is carried out.
    then: Option<Then>,
    /// The guests on it, with what memory they may have.
    guests: Vec<(Linked, String)>,
    huge_pages: Vec<String>,
    unknown: &'r [String],
}

/// What a host has free once the plan is carried out.
struct Then {
    free: Option<String>,
    free_vcpus: Option<u64>,
    overfull: bool,
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
        picture: String,
    ) -> Self {
        let review = shown.review;
        let mut guests = on_hosts(shown.chart.cluster, links);
        let then = |at: usize| shown.then.and_then(|review| review.hosts.get(at)).map(then);
        let mut room = |(at, host): (usize, &'r HostRoomRecord)| Room {
            guests: guests.remove(host.host.as_str()).unwrap_or_default(),
            then: then(at),
            ..room(host, quotes)
        };
        let hosts = review.hosts.iter().enumerate().take(HOSTS).map(&mut room).collect();
        Self {
            picture,
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
fn verdict(review: &ReviewDocument) -> String {
    let of = |overfull| review.hosts.iter().filter(|host| host.overfull == overfull).count();
    let least = review.hosts.iter().filter_map(|host| Some((host.free_mib?, &host.host))).min();
    let least = least.map_or_else(String::new, |(free, host)| {
        format!(" The least memory is free on {host}: {}.", Memory::mib(free))
    });
    match (of(Some(true)), of(None)) {
        (0, 0) => format!("Every host is within its limits.{least}"),
        (0, unknown) => format!("No host is known to be overfull; of {unknown} it is not known.{least}"),
        (overfull, _) => {
            format!("{overfull} of {} hosts hold more than they can.{least}", review.hosts.len())
        }
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

fn room<'r>(host: &'r HostRoomRecord, quotes: &mut Quotes<'_>) -> Room<'r> {
    let show = |mib: u64| Memory::mib(mib).to_string();
    let mut cited = |at: Option<&Located>, label| at.map(|at| quotes.located(at, label));
    let memory = host.memory_mib.map(|mib| (show(mib), cited(host.memory_at.as_ref(), "the host's memory")));
    let processors =
        host.processors.map(|count| (count, cited(host.processors_at.as_ref(), "the host's processors")));
    Room {
        host: &host.host,
        memory,
        used: host.used_mib.map(show),
        free: host.free_mib.map(show),
        processors,
        used_vcpus: host.used_vcpus,
        free_vcpus: host.free_vcpus,
        overfull: host.overfull == Some(true),
        guests: Vec::new(),
        then: None,
        huge_pages: host.huge_pages.iter().map(pages).collect(),
        unknown: &host.unknown,
    }
}

fn then(host: &HostRoomRecord) -> Then {
    let free = host.free_mib.map(|mib| Memory::mib(mib).to_string());
    Then { free, free_vcpus: host.free_vcpus, overfull: host.overfull == Some(true) }
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

/// What is in huge pages of one size, beside the memory that is told.
fn pages(one: &HugePagesRecord) -> String {
    let size = one.size_kib.map_or_else(|| "?".to_owned(), |kib| Memory::kib(kib).to_string());
    let show = |mib: Option<u64>| mib.map_or_else(|| "?".to_owned(), |mib| Memory::mib(mib).to_string());
    format!("in pages of {size}: {} used, {} free", show(one.used_mib), show(one.free_mib))
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
