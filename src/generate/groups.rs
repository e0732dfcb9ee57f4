//! Guests that are to be apart, or together.

use std::fmt::Write;

use super::draw::{Draw, For};
use super::guest;
use super::host::Host;
use super::wish::Wish;

/// Hosts of which one guest each may be of one group: as many as the largest group has guests.
const BLOCK: u32 = 4;

/// A group: its guests by host and number on it.
struct Group {
    policy: &'static str,
    guests: Vec<(u32, u32)>,
}

/// The groups, as `cluster.toml` has them.
pub(super) fn written(wish: &Wish) -> String {
    let mut text = String::new();
    for first in (0..wish.hosts()).step_by(BLOCK as usize) {
        let members: Vec<u32> = (first..wish.hosts().min(first + BLOCK)).collect();
        let hosts: Vec<Host> = members.iter().map(|&at| Host::drawn(wish, at)).collect();
        for group in of_block(wish, first, &members) {
            let name = |&(host, slot): &(u32, u32)| {
                let host = hosts.iter().find(|one| one.at == host)?;
                Some(format!("\"{}\"", guest::name(wish, host, slot)))
            };
            let guests: Vec<String> = group.guests.iter().filter_map(name).collect();
            let (policy, first) = (group.policy, group.guests[0]);
            // Writing to a text does not fail.
            let _ = write!(
                text,
                "\n[[groups]]\nname = \"{policy}-{}-{}\"\nguests = [{}]\npolicy = \"{policy}\"\n",
                first.0,
                first.1,
                guests.join(", ")
            );
        }
    }
    text
}

/// The groups of some hosts: guests with one number are apart, guests of one host together.
fn of_block(wish: &Wish, first: u32, hosts: &[u32]) -> Vec<Group> {
    let apart = |slot| size_apart(wish, first, slot).min(hosts.len());
    let mut all: Vec<Group> = Vec::new();
    for slot in 0..wish.guests_per_host() {
        let size = apart(slot);
        if size > 1 {
            let guests = hosts.iter().take(size).map(|&host| (host, slot)).collect();
            all.push(Group { policy: "apart", guests });
        }
    }
    for &host in hosts {
        for slot in (0..wish.guests_per_host().saturating_sub(1)).step_by(2) {
            let mut draw = Draw::of(wish.seed, For::Together, number(host, slot));
            // A fifth of the guests in groups are together.
            if draw.chance(wish.grouped.number() / 5) && apart(slot) < 2 && apart(slot + 1) < 2 {
                all.push(Group { policy: "together", guests: vec![(host, slot), (host, slot + 1)] });
            }
        }
    }
    all
}

/// How many guests with this number are apart, of the hosts from `first` on; 0 where none is.
fn size_apart(wish: &Wish, first: u32, slot: u32) -> usize {
    let mut draw = Draw::of(wish.seed, For::Apart, number(first, slot));
    // Groups have three guests of four hosts as a mean, and four fifths of the guests in groups are in such.
    let chosen = draw.chance(wish.grouped.number() * 16 / 15);
    let size = [2, 3, 4][usize::try_from(draw.below(3)).unwrap_or_default()];
    if chosen { size } else { 0 }
}

fn number(host: u32, slot: u32) -> u64 {
    u64::from(host) << 16 | u64::from(slot)
}
