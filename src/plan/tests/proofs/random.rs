//! Random plans: each must pass the verifier and hold in whatever time its moves take, and no mistake planted into one may pass.
//!
//! `PROPTEST_CASES=100000 cargo test --release --lib planner_and_verifier_agree -- --nocapture` tries as many plans, and prints what came of it.

use std::path::Path;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rayon::prelude::*;

use super::super::properties::{INTENTS, rich_worlds, worlds as simple_worlds};
use super::super::support::{LIVE, NO, Said, UNKNOWN, World};
use super::case::{Case, Dice};
use super::mistakes;
use super::referee::{breaks, course, knows, loads};
use super::worlds::{self, relieve, ring};
use crate::compat::Chart;
use crate::ingest::read;
use crate::model::{Fact, Intent, Memory};
use crate::plan::timetable::Effort;
use crate::plan::{Charted, MoveMode, Preparation, plan_by, to_document};

/// What came of plans and of the mistakes in them.
#[derive(Clone, Default)]
struct Tally {
    plans: usize,
    moves: usize,
    left_out: usize,
    bounces: usize,
    /// How many plans were carried out in another time than foreseen.
    courses: usize,
    /// By kind of mistake: how many were planted.
    planted: Vec<usize>,
    /// All that is not as it should be.
    wrong: Vec<String>,
}

impl Tally {
    fn plus(mut self, other: Self) -> Self {
        self.planted.resize(self.planted.len().max(other.planted.len()), 0);
        self.planted.iter_mut().zip(&other.planted).for_each(|(own, more)| *own += more);
        self.plans += other.plans;
        self.moves += other.moves;
        self.left_out += other.left_out;
        self.bounces += other.bounces;
        self.courses += other.courses;
        self.wrong.extend(other.wrong);
        self
    }

    /// Judges a plan, carries it out, and plants so many mistakes into it at most, each of another kind.
    fn judge(&mut self, case: &Case<'_>, name: &str, most: usize, dice: &mut Dice) {
        let found = case.verify(case.cluster, &case.document);
        if !found.is_empty() {
            return self.wrong.push(format!("{name}: the verifier objects to a plan: {found:?}"));
        }
        let figures = &case.document.figures;
        self.plans += 1;
        (self.moves, self.left_out) = (self.moves + figures.moves, self.left_out + figures.left_out);
        self.bounces += figures.bounces;
        self.carry_out(case, name, dice);
        let kinds = mistakes::all();
        self.planted.resize(kinds.len(), 0);
        let mut left = most;
        let mut rarest: Vec<usize> = (0..kinds.len()).collect();
        rarest.sort_by_key(|&at| self.planted[at]);
        for at in rarest {
            if let Some(wrong) = (kinds[at].plant)(case, dice).filter(|_| left > 0) {
                left -= 1;
                self.planted[at] += 1;
                let told = case.told(&wrong);
                if !kinds[at].seen_as.iter().any(|kind| told.contains(kind)) {
                    self.wrong.push(format!("{name}: {} is not seen, but {told:?}", kinds[at].name));
                }
            }
            if left == 0 {
                break;
            }
        }
    }

    /// Moves take what they take.
    fn carry_out(&mut self, case: &Case<'_>, name: &str, dice: &mut Dice) {
        if !knows(case) {
            return;
        }
        let lasts: Vec<u64> = (0..=case.moves().count()).map(|_| 1 << dice.below(12)).collect();
        let runs = course(case, &case.document, &|number| lasts[number]);
        self.courses += 1;
        if breaks(case.cluster, &loads(case, &runs)) {
            self.wrong.push(format!("{name}: a limit is broken if moves take other times"));
        }
    }

    #[allow(clippy::print_stdout, reason = "what was planted is for people")]
    fn print(&self, of: &str) {
        let planted: usize = self.planted.iter().sum();
        println!(
            "{of}: {} plans with {} moves ({} bounces), {} guests left out, {} plans carried out in other times; {} mistakes of {} kinds \
             planted; {} found wrong",
            self.plans,
            self.moves,
            self.bounces,
            self.left_out,
            self.courses,
            planted,
            self.planted.iter().filter(|count| **count > 0).count(),
            self.wrong.len(),
        );
        for (kind, count) in mistakes::all().iter().zip(&self.planted) {
            println!("{count:>8} {}", kind.name);
        }
    }
}

/// Plans of a world.
fn world(tally: &mut Tally, world: &World, intents: &[&str], (name, most): (&str, usize), dice: &mut Dice) {
    let chart = Chart::new(&world.cluster);
    let (said, document) = (Said::of(world, &chart), world.document(intents));
    tally.judge(&Case { cluster: &world.cluster, verdicts: &said, document }, name, most, dice);
}

/// More room on every host, and fewer guests that may go nowhere.
fn widen(world: &mut World) {
    for host in &mut world.cluster.hosts {
        if let Fact::Known(memory) = &mut host.memory {
            memory.value = memory.value.plus(Memory::gib(12));
        }
    }
    let settings = &mut world.cluster.settings;
    (settings.moves_per_host, settings.cpu_overcommit_percent) = (settings.moves_per_host.max(1), 800);
    let barred = world.said.iter_mut().filter(|(.., answers)| [NO, UNKNOWN].contains(answers));
    barred.step_by(2).for_each(|(.., answers)| *answers = LIVE);
}

/// So many plans for random clusters, one of four with room of every kind, two with more room, and so many mistakes in each.
fn random(chunk: u64, plans: u64, mistakes: usize) -> Tally {
    let (mut tally, mut dice) = (Tally::default(), Dice::new(chunk));
    let mut seed = [20; 32];
    seed[..8].copy_from_slice(&chunk.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for at in 0..plans {
        let made = if at % 4 == 1 { rich_worlds().boxed() } else { simple_worlds().boxed() };
        let mut made = made.new_tree(&mut runner).unwrap().current();
        if at % 4 > 1 {
            widen(&mut made);
        }
        let intents = INTENTS[usize::try_from(dice.below(INTENTS.len() as u64)).unwrap()];
        let name = format!("chunk {chunk}, plan {at}, {intents:?}");
        world(&mut tally, &made, intents, (&name, mistakes), &mut dice);
    }
    tally
}

/// Plans for the samples, as they ask and with each host drained.
fn samples(mistakes: usize) -> Tally {
    let (mut tally, mut dice) = (Tally::default(), Dice::new(1));
    let effort = Effort { jobs: 20_000, passes: 16 };
    let prepare = |_, _, mode| {
        let rebuilt = (mode == MoveMode::Rebuild).then(|| Preparation::new("disk", "build it"));
        rebuilt.into_iter().collect()
    };
    for sample in ["kunpeng-rollout", "two-generations", "captured"] {
        let cluster = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories").join(sample)).unwrap();
        let chart = Chart::new(&cluster);
        let verdicts = Charted::new(&chart);
        let drains = cluster.hosts.iter().map(|host| vec![Intent::Drain(vec![host.name.clone()])]);
        for intents in drains.chain([cluster.settings.intents.clone()]) {
            let plan = plan_by(&cluster, &verdicts, &intents, &prepare, effort).unwrap();
            let document = to_document(&plan, &cluster);
            let case = Case { cluster: &cluster, verdicts: &verdicts, document };
            tally.judge(&case, &format!("{sample}, {intents:?}"), mistakes, &mut dice);
        }
    }
    tally
}

/// Plans in which guests go in pairs, and in which a host gives and takes at once.
fn teams(mistakes: usize) -> Tally {
    let (mut tally, mut dice) = (Tally::default(), Dice::new(3));
    for (seed, (made, intents)) in
        (0..20).flat_map(|seed| [(seed, worlds::teams(seed)), (seed, worlds::chain(seed))])
    {
        world(&mut tally, &made, &intents, (&format!("{intents:?} {seed}"), mistakes), &mut dice);
    }
    tally
}

/// Plans in which guests go by way of other hosts.
fn rings(mistakes: usize) -> Tally {
    let (mut tally, mut dice) = (Tally::default(), Dice::new(2));
    for (round, size) in (0..8).flat_map(|round| (2..7).map(move |size| (round, size))) {
        let name = format!("a ring of {size}, round {round}");
        world(&mut tally, &ring(size, true), &[&relieve(size)], (&name, mistakes), &mut dice);
    }
    tally
}

/// So many random plans in parts of a hundred.
fn many(plans: u64, mistakes: usize) -> Tally {
    let chunks: Vec<u64> = (0..plans.div_ceil(100)).collect();
    let part = |chunk: u64| random(chunk, (plans - 100 * chunk).min(100), mistakes);
    chunks.into_par_iter().map(part).reduce(Tally::default, Tally::plus)
}

#[test]
fn no_mistake_of_any_kind_passes() {
    let tally = many(500, 12).plus(samples(usize::MAX)).plus(rings(usize::MAX)).plus(teams(usize::MAX));
    tally.print("random clusters, samples, rings and teams");
    assert_eq!(tally.wrong, Vec::<String>::new());
    let kinds = mistakes::all();
    let few: Vec<_> = kinds
        .iter()
        .zip(&tally.planted)
        .filter(|(_, count)| **count < 10)
        .map(|(kind, _)| kind.name)
        .collect();
    assert_eq!(few, Vec::<&str>::new(), "planted less than ten times");
    assert!(kinds.len() >= 80, "{} kinds", kinds.len());
}

#[test]
fn planner_and_verifier_agree() {
    let plans = u64::from(Config::default().cases);
    let tally = many(plans, 5);
    tally.print("random clusters");
    assert_eq!(tally.wrong, Vec::<String>::new());
    assert_eq!(tally.plans as u64, plans);
}
