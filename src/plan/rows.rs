//! Where guests may go that are alike: asked once for all guests of a kind and all hosts of a kind, and kept once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::mode::MoveMode;
use super::needs::Needs;
use super::units::{Choice, Unit, mode, mode_by, moves_at_once};
use super::wish::{Want, Wish};
use crate::compat::{GuestIndex, HostIndex};

/// What guests have in common that may go to the same hosts: their kind, whether they run, whether they are on a host, and
/// what is wanted of them.
type Key = (usize, bool, bool, Want);

/// Where single guests may go, names, UUIDs and ports aside.
pub(super) struct Rows(BTreeMap<Key, Arc<[Choice]>>);

impl Rows {
    pub(super) fn new(needs: &Needs<'_>, wish: &Wish) -> Self {
        let mut first: BTreeMap<Key, GuestIndex> = BTreeMap::new();
        for guest in 0..needs.homes.len() {
            if let Some(want) = wish.of(needs.homes[guest]).filter(|_| !needs.is_elsewhere(guest)) {
                first.entry(key(needs, guest, want)).or_insert(guest);
            }
        }
        let rows: Vec<(Key, Vec<Choice>)> =
            first.into_par_iter().map(|(key, guest)| (key, row(needs, wish, guest, key.3))).collect();
        let mut known: BTreeMap<Vec<Choice>, Arc<[Choice]>> = BTreeMap::new();
        let shared = |(key, row): (Key, Vec<Choice>)| {
            let shared = known.entry(row).or_insert_with_key(|row| row.as_slice().into());
            (key, Arc::clone(shared))
        };
        Self(rows.into_iter().map(shared).collect())
    }

    /// Where the unit may go, if it is one guest that is free to.
    pub(super) fn of(&self, needs: &Needs<'_>, wish: &Wish, unit: &Unit) -> Option<Arc<[Choice]>> {
        let &[guest] = &unit.guests[..] else { return None };
        if needs.is_elsewhere(guest) || wish.pinned.contains(&guest) || !moves_at_once(needs, &[guest]) {
            return None;
        }
        let row = self.0.get(&key(needs, guest, unit.want))?;
        let said =
            |host: HostIndex| row.binary_search_by_key(&host, |to| to.host).ok().map(|at| row[at].mode);
        let open = |host: &HostIndex| Some(*host) != needs.homes[guest] && wish.allows(unit.want, *host);
        let differs = |host: HostIndex| mode(needs, guest, host) != said(host);
        if unit.want == Want::Even && needs.homes[guest].and_then(said).is_none() {
            return None;
        }
        let met = needs.verdicts.meets(guest);
        (!met.into_iter().filter(open).any(differs)).then(|| Arc::clone(row))
    }
}

fn key(needs: &Needs<'_>, guest: GuestIndex, want: Want) -> Key {
    let kind = needs.verdicts.kinds().kind_of_guest[guest];
    (kind, needs.guest(guest).running, needs.homes[guest].is_some(), want)
}

/// Where a guest may go that meets nothing of its own anywhere.
fn row(needs: &Needs<'_>, wish: &Wish, guest: GuestIndex, want: Want) -> Vec<Choice> {
    let kinds = needs.verdicts.kinds();
    let of_kind = |&host: &HostIndex| mode_by(needs, guest, needs.verdicts.assess_kind(guest, host));
    let modes: Vec<Option<MoveMode>> = kinds.hosts.iter().map(of_kind).collect();
    let hosts = (0..needs.hosts.len()).filter(|&host| wish.allows(want, host));
    hosts.filter_map(|host| Some(Choice { host, mode: modes[kinds.kind_of_host[host]]? })).collect()
}

/// The lists of choices that differ, and which of them each unit has.
pub(super) fn lines(units: &[&Unit]) -> (Vec<Arc<[Choice]>>, Vec<usize>) {
    let mut by_place: BTreeMap<*const Choice, usize> = BTreeMap::new();
    let mut by_content: BTreeMap<Arc<[Choice]>, usize> = BTreeMap::new();
    let mut lines: Vec<Arc<[Choice]>> = Vec::new();
    let mut line = |unit: &&Unit| {
        let choices = &unit.choices;
        *by_place.entry(choices.as_ptr()).or_insert_with(|| {
            *by_content.entry(Arc::clone(choices)).or_insert_with(|| {
                lines.push(Arc::clone(choices));
                lines.len() - 1
            })
        })
    };
    let of_units = units.iter().map(&mut line).collect();
    (lines, of_units)
}
