//! How many guests more of each size fit.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::room::{HostRoom, Room};
use crate::compat::GuestIndex;
use crate::model::Memory;
use crate::plan::capacity::overhead;
use crate::plan::needs::Needs;

/// A size that guests of the cluster have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Memory, without overhead.
    pub memory: Memory,
    /// vCPUs.
    pub vcpus: u32,
    /// How many guests have it.
    pub guests: usize,
    /// By host: how many guests more of it have room there; `None` where the room is not known.
    pub fits: Vec<Option<u64>>,
}

/// The sizes, the most frequent first, of those the larger; each is fitted by itself, and only into room: on which of the
/// hosts a guest can run is another question.
pub(super) fn sizes(needs: &Needs<'_>, hosts: &[HostRoom]) -> Vec<Size> {
    let mut counts: BTreeMap<(Memory, u32), usize> = BTreeMap::new();
    for guest in &needs.cluster.guests {
        if let (Some(&memory), Some(&vcpus)) = (guest.memory.value(), guest.vcpus.value()) {
            *counts.entry((memory, vcpus)).or_default() += 1;
        }
    }
    let size = |((memory, vcpus), guests)| {
        let need = Room { memory: overhead(memory).plus(memory), vcpus: u64::from(vcpus) };
        let fits = hosts.iter().map(|host| host.free().ok().map(|free| fit(need, free))).collect();
        Size { memory, vcpus, guests, fits }
    };
    let mut sizes: Vec<Size> = counts.into_iter().map(size).collect();
    sizes.sort_by_key(|size| (Reverse(size.guests), Reverse(size.memory), Reverse(size.vcpus)));
    sizes
}

/// How many times the need is in what is free.
fn fit(need: Room, free: Room) -> u64 {
    let times = |free: u64, need: u64| free.checked_div(need).unwrap_or(u64::MAX);
    times(free.memory.as_kib(), need.memory.as_kib()).min(times(free.vcpus, need.vcpus))
}

/// The guests without a size.
pub(super) fn sizeless(needs: &Needs<'_>) -> Vec<(GuestIndex, String)> {
    let unknown = needs.guests.iter().enumerate().filter_map(|(at, need)| Some((at, need.as_ref().err()?)));
    unknown.map(|(at, what)| (at, what.clone())).collect()
}
