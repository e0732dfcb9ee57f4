//! All that could be done in small clusters, against what the planner does and what it says that no plan can better.

mod feasible;
mod game;
mod schedule;

use proptest::test_runner::Config;
use rayon::prelude::*;

use super::super::support::{COLD, LIVE, NO, World};
use super::case::Dice;
use super::worlds::bare;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Apart, Area, GroupPolicy};
use crate::plan::timing::Timing;
use crate::plan::{MoveMode, PlanDocument};
use feasible::Best;
use game::Game;

/// So many clusters are tried at least.
const CLUSTERS: u64 = 3_000;

/// A cluster of two to four hosts and two to six guests, and what is asked of it.
fn small(seed: u64) -> (World, Vec<String>) {
    if seed % 5 == 4 { crossed(seed) } else { mixed(seed) }
}

/// Guests of which no two may be in one rack: one is to leave its rack, and others are to come there.
fn crossed(seed: u64) -> (World, Vec<String>) {
    let mut dice = Dice::new(seed);
    let mut world = bare();
    for at in 0..5 {
        world.host(&format!("h{at}"), Some(8 + dice.below(8)), 8);
    }
    world.racks(&[0, 1, 0, 1, 3]);
    let mut names = Vec::new();
    for at in 0..2 + usize::try_from(dice.below(2)).unwrap() {
        let guest = world.guest(
            &format!("g{at}"),
            Some(&format!("h{}", [0, 1, 4][at])),
            2_000 + dice.below(5_000),
            1,
        );
        names.push(format!("g{guest}"));
        for host in 0..5 {
            world.say(guest, host, if dice.percent(60) { LIVE } else { NO });
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    world.group("apart", &names, GroupPolicy::Apart(Apart { per: Area::Rack, at_most: 1 }));
    let asked: &[&str] = if dice.percent(50) { &["drain h0", "adopt h2"] } else { &["drain h0 h1"] };
    (world, asked.iter().map(|&text| text.to_owned()).collect())
}

fn mixed(seed: u64) -> (World, Vec<String>) {
    let mut dice = Dice::new(seed);
    let mut world = bare();
    let hosts = 2 + dice.below(3);
    let size = |most: u64, dice: &mut Dice| usize::try_from(dice.below(most)).unwrap();
    for at in 0..hosts {
        world.host(&format!("h{at}"), Some(6 + dice.below(12)), 4 + u32::try_from(dice.below(8)).unwrap());
    }
    for at in 0..2 + dice.below(5) {
        let home = format!("h{}", dice.below(hosts));
        let guest = world.guest(
            &format!("g{at}"),
            Some(&home),
            800 + dice.below(6_000),
            1 + u32::try_from(dice.below(4)).unwrap(),
        );
        for host in 0..world.cluster.hosts.len() {
            let answers = [LIVE, LIVE, LIVE, COLD, NO][size(5, &mut dice)];
            world.say(guest, host, answers);
        }
    }
    let guests = world.cluster.guests.len() as u64;
    let names = |count: u64, dice: &mut Dice| -> Vec<String> {
        (0..count).map(|_| format!("g{}", dice.below(guests))).collect()
    };
    if dice.percent(25) {
        world.racks(&[0, 1, 0, 1]);
    }
    if dice.percent(40) {
        let per = if dice.percent(50) { Area::Host } else { Area::Rack };
        let policy = GroupPolicy::Apart(Apart { per, at_most: 1 + size(2, &mut dice) });
        let members = names(4, &mut dice);
        world.group("apart", &members.iter().map(String::as_str).collect::<Vec<_>>(), policy);
    }
    if dice.percent(25) {
        let members = names(2, &mut dice);
        world.group(
            "together",
            &members.iter().map(String::as_str).collect::<Vec<_>>(),
            GroupPolicy::Together,
        );
    }
    let settings = &mut world.cluster.settings;
    settings.moves_per_host = 1 + size(3, &mut dice);
    if dice.percent(20) {
        settings.moves_at_once = Some(1 + size(3, &mut dice));
    }
    if dice.percent(20) {
        settings.moves_in_per_host = Some(1);
    }
    if dice.percent(15) {
        settings.moves_per_rack = Some(1 + size(2, &mut dice));
    }
    let intents: &[&str] = match dice.below(6) {
        0 | 1 => &["drain h0"],
        2 => &["adopt h1"],
        3 => &["drain h0", "adopt h1"],
        4 => &["drain h0", "pin g0"],
        _ => &["drain h0", "ban h1"],
    };
    let intents = if hosts > 2 && dice.percent(25) { &["drain h0 h1"][..] } else { intents };
    (world, intents.iter().map(|&text| text.to_owned()).collect())
}

/// What came of comparing.
#[derive(Clone, Debug, Default)]
struct Found {
    /// Clusters that were compared, those in which all that is asked can be done, those in which not, and those in which less could
    /// be if no guest might wait on another host.
    compared: usize,
    all: usize,
    some: usize,
    by_ways: usize,
    /// Plans that leave something out though all can be done, and that leave out more of what is more urgent than need be.
    missed: Vec<u64>,
    worse: Vec<u64>,
    /// Plans of which waves and ends were compared; those with more waves than need be, and that end later.
    timed: usize,
    more_waves: usize,
    later: usize,
    /// How often what no plan can better is what the best plan comes to: guests left out, waves, the end.
    sharp: [usize; 3],
    /// What must not be.
    wrong: Vec<String>,
}

impl Found {
    fn plus(mut self, other: Self) -> Self {
        let sums = [
            (&mut self.compared, other.compared),
            (&mut self.all, other.all),
            (&mut self.some, other.some),
            (&mut self.by_ways, other.by_ways),
            (&mut self.timed, other.timed),
            (&mut self.more_waves, other.more_waves),
            (&mut self.later, other.later),
        ];
        for (own, more) in sums {
            *own += more;
        }
        self.sharp.iter_mut().zip(other.sharp).for_each(|(own, more)| *own += more);
        self.missed.extend(other.missed);
        self.worse.extend(other.worse);
        self.wrong.extend(other.wrong);
        self
    }

    /// Compares the plan for a cluster with all that could be done.
    fn compare(seed: u64) -> Self {
        let (world, intents) = small(seed);
        let asked: Vec<&str> = intents.iter().map(String::as_str).collect();
        let mut game = Game::new(&world, &intents);
        let document = world.document(&asked);
        let mut found = Self::default();
        let objections = world.verify(&document);
        if !objections.is_empty() {
            found.wrong.push(format!("{seed}: the verifier objects: {objections:?}"));
        }
        if let Some(best) = game.best() {
            found.left_out(seed, &game, &document, best);
            game.units.iter_mut().for_each(|unit| unit.ways.clear());
            let direct = game.best();
            found.by_ways = usize::from(direct != Some(best));
            let figures = &document.figures;
            if figures.left_out == 0
                && figures.bounces_at_least > 0
                && direct.is_some_and(|direct| direct.left == 0)
            {
                found.wrong.push(format!("{seed}: none need wait elsewhere, it is said some must"));
            }
        }
        found.times(seed, &game, &document);
        found
    }

    fn left_out(&mut self, seed: u64, game: &Game<'_>, document: &PlanDocument, best: Best) {
        let figures = &document.figures;
        self.compared += 1;
        self.all += usize::from(best.left == 0);
        self.some += usize::from(best.left > 0);
        self.sharp[0] += usize::from(figures.left_out_at_least == best.left);
        if figures.left_out < best.left {
            self.wrong.push(format!(
                "{seed}: leaves out {}, and no order less than {}",
                figures.left_out, best.left
            ));
        }
        if figures.left_out_at_least > best.left {
            self.wrong.push(format!(
                "{seed}: {} at least are left out, and {} are",
                figures.left_out_at_least, best.left
            ));
        }
        if document.shortfalls.iter().any(|one| one.proven) && best.left == 0 {
            self.wrong.push(format!("{seed}: not all fit, it is said, and all do"));
        }
        let stay = [game::Asked::Leave, game::Asked::Come].map(|asked| {
            let stays = |unit: &&game::Unit| unit.asked == asked && !is_moved(game, document, unit);
            game.units.iter().filter(stays).count()
        });
        if best.left == 0 && figures.left_out > 0 {
            self.missed.push(seed);
        } else if stay > best.stay {
            self.worse.push(seed);
        }
    }

    fn times(&mut self, seed: u64, game: &Game<'_>, document: &PlanDocument) {
        let figures = &document.figures;
        let moved: Vec<usize> =
            (0..game.units.len()).filter(|&unit| is_moved(game, document, &game.units[unit])).collect();
        if moved.is_empty() || moved.len() > 4 || figures.bounces > 0 {
            return;
        }
        let Some(waves) = game.fewest_waves(&moved) else {
            return self.wrong.push(format!("{seed}: what was moved in waves cannot be"));
        };
        let timing = Timing::of(&game.world.cluster.settings);
        let lasts = |guest: GuestIndex, host: HostIndex, sharing: usize| {
            let (mode, about) = (game.mode(guest, host).unwrap(), &game.world.cluster.guests[guest]);
            let estimate = timing.estimate(about, mode, sharing);
            (estimate.duration.expected_ms, estimate.rate.as_kib())
        };
        let choices: Vec<Vec<HostIndex>> =
            moved.iter().map(|&unit| same(game, document, &game.units[unit])).collect();
        let Some(end) = game.earliest_end(&moved, &choices, &lasts) else {
            return self.wrong.push(format!("{seed}: what was moved in time cannot be"));
        };
        self.timed += 1;
        self.more_waves += usize::from(figures.waves > waves);
        self.later += usize::from(figures.end_ms > end);
        self.sharp[1] += usize::from(figures.waves_at_least == waves);
        self.sharp[2] += usize::from(figures.end_at_least_ms == end);
        let moves: usize = figures.moves;
        let beaten = [
            ("waves", figures.waves_at_least > waves || figures.waves < waves),
            ("end", figures.end_at_least_ms > end || figures.end_ms < end),
            ("moves", figures.moves_at_least > moves || figures.moves_at_least > fewest_moves(game, &moved)),
        ];
        for (what, _) in beaten.iter().filter(|(_, beaten)| *beaten) {
            self.wrong
                .push(format!("{seed}: {what}: the best has {waves} waves and ends at {end}: {figures:?}"));
        }
    }
}

/// A cluster in words, and what the planner does.
fn show(seed: u64) -> String {
    let (world, intents) = small(seed);
    let cluster = &world.cluster;
    let mut lines = vec![format!("{seed}: {}", intents.join(", "))];
    for (at, host) in cluster.hosts.iter().enumerate() {
        let memory = host.memory.value().unwrap();
        lines.push(format!(
            "  {}: {memory}, {} processors, rack {}",
            host.name,
            host.processors.value().unwrap(),
            world.rack(at)
        ));
    }
    for (at, guest) in cluster.guests.iter().enumerate() {
        let hosts = (0..cluster.hosts.len()).map(|host| (host, world.assess(at, host)));
        let may: Vec<String> = hosts
            .filter(|(_, answers)| *answers != NO)
            .map(|(host, answers)| format!("h{host}{}", if answers == COLD { " cold" } else { "" }))
            .collect();
        let home = guest.host.as_deref().unwrap_or_default();
        let (memory, vcpus) = (guest.memory.value().unwrap(), guest.vcpus.value().unwrap());
        lines.push(format!("  {} on {home}: {memory}, {vcpus} vCPUs, to {}", guest.name, may.join(", ")));
    }
    lines.extend(
        cluster.settings.groups.iter().map(|group| format!("  {:?} {:?}", group.guests, group.policy)),
    );
    let settings = &cluster.settings;
    lines.push(format!(
        "  moves: {} per host, {:?} in, {:?} per rack, {:?} at once",
        settings.moves_per_host, settings.moves_in_per_host, settings.moves_per_rack, settings.moves_at_once
    ));
    let asked: Vec<&str> = intents.iter().map(String::as_str).collect();
    let document = world.document(&asked);
    for one in document.waves.iter().flatten() {
        lines.push(format!("  {} {} {} after {:?}", one.guest, one.mode, one.to, one.after));
    }
    for left in &document.left_out {
        let reasons: Vec<&str> = left.reasons.iter().map(|reason| reason.message.as_str()).collect();
        lines.push(format!("  {} is left out: {}", left.guest, reasons.join("; ")));
    }
    lines.join("\n")
}

/// Whether any of a unit's guests moves.
fn is_moved(game: &Game<'_>, document: &PlanDocument, unit: &game::Unit) -> bool {
    let names = || unit.guests.iter().map(|&guest| &game.world.cluster.guests[guest].name);
    document.waves.iter().flatten().any(|one| names().any(|name| *name == one.guest))
}

/// The hosts to which the same guests of a unit can go in the same modes.
fn same(game: &Game<'_>, document: &PlanDocument, unit: &game::Unit) -> Vec<HostIndex> {
    let name = |guest: &GuestIndex| &game.world.cluster.guests[*guest].name;
    let own = |guest: &GuestIndex| {
        document.waves.iter().flatten().find(|one| one.guest == *name(guest)).map(|one| one.mode)
    };
    let now: Vec<Option<MoveMode>> = unit.guests.iter().map(own).collect();
    let modes = |host: HostIndex| -> Vec<Option<MoveMode>> {
        let mode =
            |&guest: &GuestIndex| if game.homes[guest] == host { None } else { game.mode(guest, host) };
        unit.guests.iter().map(mode).collect()
    };
    unit.hosts.iter().copied().filter(|&host| modes(host) == now).collect()
}

/// How many guests move at least if these units do, wherever they go.
fn fewest_moves(game: &Game<'_>, moved: &[usize]) -> usize {
    let of = |&unit: &usize| {
        let unit = &game.units[unit];
        let moves =
            |host: &HostIndex| unit.guests.iter().filter(|&&guest| game.homes[guest] != *host).count();
        unit.hosts.iter().map(moves).min().unwrap_or(0)
    };
    moved.iter().map(of).sum()
}

#[test]
#[allow(clippy::print_stdout, reason = "what was compared is for people")]
fn plans_for_small_clusters_are_as_good_as_any_or_it_is_known_by_how_much_not() {
    let clusters = u64::from(Config::default().cases).max(CLUSTERS);
    let found = (0..clusters).into_par_iter().map(Found::compare).reduce(Found::default, Found::plus);
    println!(
        "{} clusters: in {} all that is asked can be done, in {} not, in {} by way of other hosts only; the planner misses that in {:?}, and leaves out more than need be in {:?}; \
         of {} plans {} have more waves than need be, {} end later; bounds are sharp for what is left out in {}, for waves in {}, for the end in {}",
        found.compared,
        found.all,
        found.some,
        found.by_ways,
        found.missed,
        found.worse,
        found.timed,
        found.more_waves,
        found.later,
        found.sharp[0],
        found.sharp[1],
        found.sharp[2],
    );
    found
        .missed
        .iter()
        .take(4)
        .chain(found.worse.iter().take(6))
        .for_each(|&seed| println!("{}", show(seed)));
    assert_eq!(found.wrong, Vec::<String>::new());
    // Of three thousand none is missed, and eleven are worse, all but three of them where racks change places.
    assert!(
        found.missed.len() * 1_000 <= found.all && found.worse.len() * 200 <= found.compared,
        "{found:?}"
    );
    assert!(found.all > 500 && found.some > 500 && found.timed > 500, "{found:?}");
}
