//! Where guests may go that are alike: asked once for all guests of a kind and all hosts of a kind, and kept once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::mode::MoveMode;
use super::needs::Needs;
use super::units::{Choice, Unit, mode, mode_by, moves_at_once};
use super::wish::{Want, Wish};
use crate::compat::{GuestIndex, HostIndex};

/// What guests have in common that may go to the same hosts: their kind, whether they run, whether they are on a host, and
/// what is wanted of them.
type Key = (usize, bool, bool, Want);

/// By kind of host: the gentlest mode in which guests can come to it.
pub(super) type Modes = Vec<Option<MoveMode>>;

/// Where single guests may go, names, UUIDs and ports aside.
pub(super) struct Rows {
    of: BTreeMap<Key, Arc<[Choice]>>,
    /// Where others may go.
    others: Mutex<BTreeSet<Arc<[Choice]>>>,
}

impl Rows {
    pub(super) fn new(needs: &Needs<'_>, wish: &Wish) -> Self {
        let mut first: BTreeMap<Key, GuestIndex> = BTreeMap::new();
        for guest in 0..needs.homes.len() {
            if let Some(want) = wish.of(guest, needs.homes[guest]).filter(|_| !needs.is_elsewhere(guest)) {
                first.entry(key(needs, guest, want)).or_insert(guest);
            }
        }
        let modes: Vec<(Key, Modes)> =
            first.into_par_iter().map(|(key, guest)| (key, modes(needs, &[guest]))).collect();
        // Many kinds of guests may go to the same hosts.
        let distinct: BTreeSet<(Want, &Modes)> = modes.iter().map(|(key, modes)| (key.3, modes)).collect();
        let row = |(want, modes)| ((want, modes), Arc::from(row(needs, wish, want, modes)));
        let rows: BTreeMap<(Want, &Modes), Arc<[Choice]>> = distinct.into_par_iter().map(row).collect();
        let of_key = |(key, modes): &(Key, Modes)| Some((*key, Arc::clone(rows.get(&(key.3, modes))?)));
        Self { of: modes.iter().filter_map(of_key).collect(), others: Mutex::default() }
    }

    /// The same choices, kept once.
    pub(super) fn shared(&self, choices: Vec<Choice>) -> Arc<[Choice]> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = others.get(&choices[..]) {
            return Arc::clone(known);
        }
        let choices: Arc<[Choice]> = choices.into();
        others.insert(Arc::clone(&choices));
        choices
    }

    /// Where the unit may go, if it is one guest that is free to.
    pub(super) fn of(&self, needs: &Needs<'_>, wish: &Wish, unit: &Unit) -> Option<Arc<[Choice]>> {
        let &[guest] = &unit.guests[..] else { return None };
        let is_free = !wish.pinned.contains(&guest) && !wish.goals.contains_key(&guest);
        if needs.is_elsewhere(guest) || !is_free || !moves_at_once(needs, &[guest]) {
            return None;
        }
        let row = self.of.get(&key(needs, guest, unit.want))?;
        let said =
            |host: HostIndex| row.binary_search_by_key(&host, |to| to.host).ok().map(|at| row[at].mode);
        let open = |host: &HostIndex| Some(*host) != needs.homes[guest] && wish.opens(unit.want, *host);
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

/// In which modes guests can all come to a host of each kind, where they meet nothing of their own.
pub(super) fn modes(needs: &Needs<'_>, guests: &[GuestIndex]) -> Modes {
    let of_kind = |&host: &HostIndex| {
        let of_one = |&guest: &GuestIndex| mode_by(needs, guest, needs.verdicts.assess_kind(guest, host));
        let all: Option<Vec<MoveMode>> = guests.iter().map(of_one).collect();
        all?.into_iter().max()
    };
    needs.verdicts.kinds().hosts.iter().map(of_kind).collect()
}

/// Where guests may go that meet nothing of their own anywhere.
fn row(needs: &Needs<'_>, wish: &Wish, want: Want, modes: &Modes) -> Vec<Choice> {
    let hosts = (0..needs.hosts.len()).filter(|&host| wish.opens(want, host));
    hosts.filter_map(|host| at_kind(needs, modes, host)).collect()
}

/// The choice of a host, by its kind.
pub(super) fn at_kind(needs: &Needs<'_>, modes: &Modes, host: HostIndex) -> Option<Choice> {
    Some(Choice { host, mode: modes[needs.verdicts.kinds().kind_of_host[host]]? })
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
