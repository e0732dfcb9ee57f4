//! The units of which something is wanted.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::capacity::Amount;
use super::mode::MoveMode;
use super::needs::Needs;
use super::rows::{Rows, at_kind, modes};
use super::units::{Choice, Unit, mode, moves_at_once};
use super::wish::{Want, Wish};
use crate::compat::{GuestIndex, HostIndex};

/// The units of which something is wanted, in the order of their first guests.
pub(super) fn units(needs: &Needs<'_>, wish: &Wish) -> Vec<Unit> {
    let rows = Rows::new(needs, wish);
    let guests = 0..needs.homes.len();
    guests.into_par_iter().filter_map(|guest| unit(needs, wish, &rows, guest)).collect()
}

/// The unit that `first` is the first guest of.
fn unit(needs: &Needs<'_>, wish: &Wish, rows: &Rows, first: GuestIndex) -> Option<Unit> {
    let guests = needs.policies.together(first);
    if guests.first() != Some(&first) {
        return None;
    }
    let want = guests.iter().filter_map(|&guest| wanted(needs, wish, guest)).min()?;
    let mut unit = Unit { guests, want, choices: Arc::default(), amount: Amount::default() };
    unit.choices = match rows.of(needs, wish, &unit) {
        Some(row) => row,
        None => rows.shared(choices(needs, wish, &unit)),
    };
    unit.amount =
        unit.guests.iter().fold(Amount::default(), |sum, &guest| sum.plus(&unit.least(needs, guest)));
    Some(unit)
}

/// Where a unit may go: host by host where its guests are or meet something of their own, and by the kind of the host elsewhere.
fn choices(needs: &Needs<'_>, wish: &Wish, unit: &Unit) -> Vec<Choice> {
    let met = unit.guests.iter().flat_map(|&guest| needs.verdicts.meets(guest));
    let own: BTreeSet<HostIndex> =
        unit.guests.iter().filter_map(|&guest| needs.homes[guest]).chain(met).collect();
    let fixed = unit.guests.iter().any(|guest| wish.pinned.contains(guest))
        || !moves_at_once(needs, &unit.guests)
        || (unit.want == Want::Even && unit.home(needs).is_none());
    let modes = modes(needs, &unit.guests);
    let elsewhere = |host: HostIndex| {
        if fixed || !wish.allows(&unit.guests, unit.want, host) { None } else { at_kind(needs, &modes, host) }
    };
    let at = |host| if own.contains(&host) { allowed(needs, wish, unit, host) } else { elsewhere(host) };
    (0..needs.hosts.len()).filter_map(at).collect()
}

/// What is wanted of a guest; of one on a host that is to be relieved, and holds no more than it can, nothing.
fn wanted(needs: &Needs<'_>, wish: &Wish, guest: GuestIndex) -> Option<Want> {
    let home = needs.homes[guest];
    let stays = |host: HostIndex| !wish.balanced[host] && !needs.overfull[host];
    wish.of(guest, home).filter(|&want| want != Want::Even || home.is_some_and(|host| !stays(host)))
}

/// What may go where it likes may stay as well, if it is on one host.
fn allowed(needs: &Needs<'_>, wish: &Wish, unit: &Unit, host: HostIndex) -> Option<Choice> {
    if unit.want == Want::Even {
        let home = unit.home(needs)?;
        if home == host {
            return Some(Choice { host, mode: MoveMode::Live });
        }
    }
    let stays = || unit.arriving(needs, host).iter().any(|guest| wish.pinned.contains(guest));
    if wish.allows(&unit.guests, unit.want, host) && !stays() { choice(needs, unit, host) } else { None }
}

fn choice(needs: &Needs<'_>, unit: &Unit, host: HostIndex) -> Option<Choice> {
    let arriving = unit.arriving(needs, host);
    if !moves_at_once(needs, &arriving) {
        return None;
    }
    let modes: Option<Vec<MoveMode>> = arriving.iter().map(|&guest| mode(needs, guest, host)).collect();
    modes?.into_iter().max().map(|mode| Choice { host, mode })
}
