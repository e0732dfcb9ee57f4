//! When guests may move, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::timetable::{Instant, Window};
use crate::compat::{GuestIndex, HostIndex};
use crate::model::Cluster;

/// Nothing runs within it.
const NEVER: Window = Window { from: 0, until: 0 };

/// When guests may move, and in which order.
pub(super) struct Times {
    /// The windows that are about all moves.
    all: Vec<Window>,
    /// Those that are about hosts, and about guests.
    hosts: BTreeMap<HostIndex, Vec<Window>>,
    guests: BTreeMap<GuestIndex, Vec<Window>>,
    /// Guests that move one after the other.
    pub(super) order: Vec<Vec<GuestIndex>>,
}

impl Times {
    /// Reads windows and orders; names that are not known are left out.
    pub(super) fn new(cluster: &Cluster) -> Self {
        let settings = &cluster.settings;
        let asked =
            settings.windows.iter().flat_map(|one| &one.guests).chain(settings.order.iter().flatten());
        let mut by_name: BTreeMap<&str, Vec<GuestIndex>> =
            asked.map(|name| (name.as_str(), Vec::new())).collect();
        for (at, guest) in cluster.guests.iter().enumerate() {
            by_name.entry(&guest.name).and_modify(|known| known.push(at));
        }
        let guests = |names: &[String]| -> Vec<GuestIndex> {
            names.iter().flat_map(|name| by_name.get(name.as_str()).into_iter().flatten().copied()).collect()
        };
        let order = settings.order.iter().map(|names| guests(names)).collect();
        let mut times = Self { all: Vec::new(), hosts: BTreeMap::new(), guests: BTreeMap::new(), order };
        for one in &settings.windows {
            let window = Window { from: one.from_ms, until: one.until_ms.unwrap_or(Instant::MAX) };
            let named: BTreeSet<&str> = one.hosts.iter().map(String::as_str).collect();
            for host in
                (0..cluster.hosts.len()).filter(|&host| named.contains(cluster.hosts[host].name.as_str()))
            {
                times.hosts.entry(host).or_default().push(window);
            }
            for guest in guests(&one.guests) {
                times.guests.entry(guest).or_default().push(window);
            }
            if one.hosts.is_empty() && one.guests.is_empty() {
                times.all.push(window);
            }
        }
        times
    }

    /// When a guest may move between hosts: within a window of each that has any, told from `begin` on. None stands for any time.
    pub(super) fn windows(&self, guest: GuestIndex, hosts: &[HostIndex], begin: Instant) -> Vec<Window> {
        let of_hosts = hosts.iter().filter_map(|host| self.hosts.get(host));
        let own = self.guests.get(&guest);
        let said = own.into_iter().chain(of_hosts).chain([&self.all]);
        let all = said.fold(Vec::new(), |some, more| common(&some, more));
        if all.is_empty() {
            return all;
        }
        ordered(all.into_iter().filter_map(|window| window.since(begin)).collect())
    }
}

/// The windows in which several may start at once.
pub(super) fn common(some: &[Window], more: &[Window]) -> Vec<Window> {
    match (some, more) {
        ([], all) | (all, []) => all.to_vec(),
        _ => {
            ordered(some.iter().flat_map(|one| more.iter().filter_map(|other| one.common(*other))).collect())
        }
    }
}

/// In the order of time; never, where there is none.
fn ordered(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable();
    windows.dedup();
    if windows.is_empty() { vec![NEVER] } else { windows }
}
