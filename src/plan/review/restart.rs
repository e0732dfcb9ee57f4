//! Guests of lost hosts that start again on others.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::exact::Exact;
use super::loss::{Left, Loss, Outcome};
use super::running::runs;
use crate::compat::{Answer, GuestIndex, HostIndex};
use crate::plan::capacity::Amount;
use crate::plan::ledger::{Ledger, Obstacle};
use crate::plan::mode::MoveMode;
use crate::plan::needs::Needs;
use crate::plan::placement::Placement;
use crate::plan::units::{Choice, Unit};
use crate::plan::wish::{Want, Wish};

/// What is asked for every loss alike.
pub(super) struct Restart<'r> {
    pub(super) needs: &'r Needs<'r>,
    /// What the hosts hold.
    pub(super) ledger: Ledger<'r>,
    /// Guest by guest: whether it may start on each host, room aside.
    cold: Vec<Answer>,
    /// The same with the room that there is: asked for each loss anew, it would be most of the work.
    alone: Vec<Answer>,
    /// By host: its guests that run.
    residents: Vec<Vec<GuestIndex>>,
}

/// Units with what was found of each, before any is placed.
pub(super) struct Waiting {
    pub(super) units: Vec<Unit>,
    /// By unit: the hosts that may have room for it and run it, for something is not known.
    pub(super) unsure: Vec<Vec<HostIndex>>,
}

impl Waiting {
    /// Whether no host will take the unit, whatever else is there.
    fn is_hopeless(&self, unit: usize) -> bool {
        self.units[unit].choices.is_empty() && self.unsure[unit].is_empty()
    }
}

impl<'r> Restart<'r> {
    pub(super) fn new(needs: &'r Needs<'r>) -> Self {
        let (guests, hosts) = (needs.homes.len(), needs.hosts.len());
        let row = |guest| (0..hosts).map(move |host| needs.verdicts.restart(guest, host));
        let mut residents = vec![Vec::new(); hosts];
        for guest in (0..guests).filter(|&guest| runs(needs.cluster, needs.guest(guest))) {
            if let Some(home) = needs.homes[guest] {
                residents[home].push(guest);
            }
        }
        let cold = (0..guests).into_par_iter().flat_map_iter(row).collect();
        let mut restart = Self { needs, ledger: Ledger::new(needs), cold, alone: Vec::new(), residents };
        let now = &restart.ledger;
        let row = |guest| (0..hosts).map(|host| restart.with_room(&[guest], host, now)).collect::<Vec<_>>();
        restart.alone = (0..guests).into_par_iter().flat_map_iter(row).collect();
        restart
    }

    /// Whether all of these guests may start on a host, room aside.
    pub(super) fn cold(&self, guests: &[GuestIndex], host: HostIndex) -> Answer {
        let answer = |&guest: &GuestIndex| self.cold[guest * self.needs.hosts.len() + host];
        guests.iter().map(answer).max().unwrap_or(Answer::No)
    }

    /// What becomes of the guests of these hosts.
    pub(super) fn loss(&self, hosts: Vec<HostIndex>) -> Loss {
        let mut ledger = self.ledger.clone();
        ledger.lose(&hosts);
        let waiting = self.waiting(&hosts, &ledger);
        let mut wish = Wish::none(self.needs.hosts.len());
        for &host in &hosts {
            wish.drained[host] = true;
        }
        let blank = Placement::new(self.needs, &wish, &waiting.units, ledger, usize::MAX);
        let (placed, not_all) = self.place(blank, &waiting, &hosts);
        let unplaced = (0..waiting.units.len()).filter(|&unit| placed.chosen[unit].is_none());
        let unplaced: Vec<usize> = unplaced.collect();
        let hopeless = unplaced.iter().any(|&unit| waiting.is_hopeless(unit));
        let outcome = match &unplaced[..] {
            [] => Outcome::Absorbed,
            _ if !hopeless && waiting.unsure.iter().any(|hosts| !hosts.is_empty()) => Outcome::Unknown,
            _ => Outcome::Stranded,
        };
        let proven = outcome == Outcome::Stranded && (hopeless || not_all);
        let why = |&unit: &usize| self.left(&waiting, unit, &placed.ledger, &hosts);
        let mut left: Vec<Left> = unplaced.iter().flat_map(why).collect();
        left.sort_by_key(|left| left.guest);
        Loss { restarts: restarts(&waiting.units, &placed.chosen), hosts, outcome, proven, left }
    }

    /// The units of the hosts, and where each may go.
    fn waiting(&self, lost: &[HostIndex], now: &Ledger<'_>) -> Waiting {
        let runs: BTreeSet<GuestIndex> =
            lost.iter().flat_map(|&host| self.residents[host].iter().copied()).collect();
        let mut waiting = Waiting { units: Vec::new(), unsure: Vec::new() };
        for &guest in &runs {
            let all = self.needs.policies.together(guest);
            let guests: Vec<GuestIndex> = all.iter().copied().filter(|other| runs.contains(other)).collect();
            if guests.first() != Some(&guest) {
                continue;
            }
            let amount = self.needs.sum(&guests);
            let mut unit = Unit { guests, want: Want::Leave, choices: Arc::default(), amount };
            // Those that are kept together with it and are not lost stay where they are.
            let homes = all.iter().filter_map(|&other| self.needs.homes[other]);
            let anchors: Vec<HostIndex> = homes.filter(|home| !lost.contains(home)).collect();
            let open =
                |host: &HostIndex| !lost.contains(host) && (anchors.is_empty() || anchors.contains(host));
            let answers = (0..self.needs.hosts.len())
                .filter(open)
                .map(|host| (host, self.answer(&unit.guests, host, now)));
            let answers: Vec<(HostIndex, Answer)> = answers.collect();
            let of =
                |wanted| answers.iter().filter(move |(_, answer)| *answer == wanted).map(|(host, _)| *host);
            unit.choices = of(Answer::Yes).map(|host| Choice { host, mode: MoveMode::Cold }).collect();
            waiting.unsure.push(of(Answer::Unknown).collect());
            waiting.units.push(unit);
        }
        waiting
    }

    /// Whether guests that start together, and no others, can start on a host, with the room that there is.
    fn answer(&self, guests: &[GuestIndex], host: HostIndex, now: &Ledger<'_>) -> Answer {
        match guests {
            // Which places in its rack are free is another question for each loss.
            [guest] if !self.needs.policies.is_wide(*guest) => {
                self.alone[guest * self.needs.hosts.len() + host]
            }
            _ => self.with_room(guests, host, now),
        }
    }

    fn with_room(&self, guests: &[GuestIndex], host: HostIndex, now: &Ledger<'_>) -> Answer {
        let cold = self.cold(guests, host);
        if cold == Answer::No {
            return cold;
        }
        let room = match now.obstacle(guests, host) {
            Some(Obstacle::Room { .. } | Obstacle::Apart(_) | Obstacle::Headroom(..)) => Answer::No,
            Some(Obstacle::Unknown(_)) => Answer::Unknown,
            None => Answer::Yes,
        };
        cold.max(room)
    }

    /// Places what can be placed; tells whether it is certain that not all that has a host at all can.
    fn place<'p>(
        &'p self,
        mut blank: Placement<'p>,
        waiting: &'p Waiting,
        lost: &[HostIndex],
    ) -> (Placement<'p>, bool) {
        let with_host = |&unit: &usize| !waiting.units[unit].choices.is_empty();
        let able: BTreeSet<usize> = (0..waiting.units.len()).filter(with_host).collect();
        let several = lost.len() > 1;
        // Of many pairs it is asked only whether all find a host, and mostly they do.
        if let Some(placed) = several.then(|| first_fit(&blank, waiting, &able)).flatten() {
            return (placed, false);
        }
        let mut snug = blank.clone();
        place_small_first(&mut snug, &waiting.units, able.clone());
        let short = self.is_short(waiting, &able);
        if short || snug.left(&able).next().is_none() {
            return (snug, short);
        }
        let mut placed = blank.clone();
        placed.place(&able);
        if placed.left(&able).next().is_none() {
            return (placed, false);
        }
        match Exact::new(&waiting.units, blank.ledger.clone()).search(&able) {
            Ok(Some(chosen)) => {
                for (unit, to) in chosen {
                    blank.assign(unit, to);
                }
                (blank, false)
            }
            found => {
                // Where it leaves out no more, what fits best tells how little lacks.
                let better = snug.left(&able).count() <= placed.left(&able).count();
                (if better { snug } else { placed }, found == Ok(None))
            }
        }
    }

    /// Whether these units need more than all hosts together have free that any of them may go to.
    fn is_short(&self, waiting: &Waiting, able: &BTreeSet<usize>) -> bool {
        let units = || able.iter().map(|&unit| &waiting.units[unit]);
        let hosts: BTreeSet<HostIndex> =
            units().flat_map(|unit| unit.choices.iter()).map(|to| to.host).collect();
        let needed: Amount = units().map(|unit| &unit.amount).sum();
        let free = hosts.iter().fold(Amount::default(), |sum, &host| sum.plus(&self.ledger.free(host)));
        !needed.within(&free)
    }
}

/// Where each guest starts again, by guest.
fn restarts(units: &[Unit], chosen: &[Option<Choice>]) -> Vec<(GuestIndex, HostIndex)> {
    let placed = units.iter().zip(chosen).filter_map(|(unit, to)| Some((unit, to.as_ref()?.host)));
    let mut all: Vec<_> =
        placed.flat_map(|(unit, host)| unit.guests.iter().map(move |&guest| (guest, host))).collect();
    all.sort_unstable();
    all
}

/// Each in the first host that has room, the bigger first; `None` where that does not place all.
fn first_fit<'p>(
    blank: &Placement<'p>,
    waiting: &'p Waiting,
    able: &BTreeSet<usize>,
) -> Option<Placement<'p>> {
    let mut placed = blank.clone();
    let mut order: Vec<usize> = able.iter().copied().collect();
    order.sort_by_key(|&unit| (Reverse(waiting.units[unit].amount.memory), unit));
    for unit in order {
        let to = waiting.units[unit].choices.iter().find(|to| placed.fits(unit, to.host))?;
        placed.assign(unit, *to);
    }
    Some(placed)
}

/// Places as many as find room one after the other, where there is not room for all.
fn place_small_first(placed: &mut Placement<'_>, units: &[Unit], able: BTreeSet<usize>) {
    let mut order: Vec<usize> = able.into_iter().collect();
    order.sort_by_key(|&unit| (units[unit].amount.memory, unit));
    for unit in order {
        if let Some(to) = placed.best(unit) {
            placed.assign(unit, to);
        }
    }
}
