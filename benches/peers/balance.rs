//! Balancing beside `hbal`, by its own score of a cluster.
//!
//! That score is a sum of standard deviations over nodes: of the part of memory that is free (once), of vCPUs for each processor
//! (once), and of four loads (once each). A load that nobody measured is one for each instance, so that by default four times the
//! deviation of the number of instances is nearly all of the score. With `--ignore-dynu` there are no loads, and memory and vCPUs
//! are left. The other terms are 0 in all of these clusters: disk, spindles, tags, offline nodes, nodes that are not N+1.

use std::path::Path;
use std::time::Instant;

use portolan::model::{Evenness, Intent};

use super::htools::{Data, hbal};
use super::made_up::made_up;
use super::planned;

/// What counts for `hbal`, and how it and the planner are told.
struct Measure {
    name: &'static str,
    options: &'static [&'static str],
    evenness: Evenness,
}

/// vCPUs for each processor, in hundredths: more than any node has at first. So they count as much as in that score, in which the
/// smaller of two deviations weighs more.
const OVERCOMMIT: u64 = 200;

const MEASURES: [Measure; 2] = [
    Measure {
        name: "loads of 1",
        options: &[],
        evenness: Evenness { memory: 1, vcpus: 1, guests: 100, gain_percent: 5, moves_at_most: None },
    },
    Measure {
        name: "no loads",
        options: &["--ignore-dynu"],
        evenness: Evenness { memory: 1, vcpus: 1, guests: 0, gain_percent: 2, moves_at_most: None },
    },
];

/// How many nodes those clusters have that are made up.
const MADE_UP: [usize; 4] = [30, 60, 200, 1000];

/// Prints a table of these clusters, or of all, by all measures.
pub(super) fn compare(folder: &Path, asked: &[String], seconds: u64) {
    let read = |name: &str| std::fs::read_to_string(folder.join(format!("{name}.data")));
    let given =
        ["s20", "e40", "s200"].into_iter().filter_map(|name| Some((name.to_owned(), read(name).ok()?)));
    let made_up = MADE_UP.into_iter().map(|nodes| (format!("made-{nodes}"), made_up(nodes)));
    println!(
        "{:10} {:10} {:8} {:>8} {:>8} {:>6} {:>8}",
        "cluster", "measure", "by", "before", "score", "moves", "seconds"
    );
    let wanted = |(name, _): &(String, String)| asked.is_empty() || asked.contains(name);
    for (name, text) in given.chain(made_up).filter(wanted) {
        for measure in &MEASURES {
            Pair { name: &name, measure, data: &Data::read(&text) }.compare(seconds);
        }
    }
}

/// One cluster by one measure.
struct Pair<'p> {
    name: &'p str,
    measure: &'p Measure,
    data: &'p Data,
}

impl Pair<'_> {
    fn compare(&self, seconds: u64) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, data: &Data| {
            let file = folder.path().join(name);
            std::fs::write(&file, data.text()).expect("written");
            file
        };
        let before = file("before", self.data);
        let score =
            |file: &Path| Some(hbal(file, &[self.measure.options, &["-l", "0"]].concat(), seconds)?.first);
        let Some(first) = score(&before) else { return println!("{}: skipped: no hbal here", self.name) };
        let began = Instant::now();
        let theirs = hbal(&before, self.measure.options, seconds).filter(|one| one.last.is_some());
        let took = began.elapsed().as_secs_f64();
        self.line(
            "hbal",
            first,
            theirs.as_ref().and_then(|one| one.last),
            theirs.as_ref().map(|one| one.moves),
            took,
        );
        // No more moves than theirs, where they are known.
        let most = theirs.map(|one| one.moves);
        let (moved, moves, took) = self.ours(most);
        self.line("Portolan", first, score(&file("after", &moved)), Some(moves), took);
    }

    /// The cluster as we leave it, with how many moves, and in how many seconds.
    fn ours(&self, most: Option<usize>) -> (Data, usize, f64) {
        let mut world = self.data.world();
        world.cluster.settings.cpu_overcommit_percent = OVERCOMMIT;
        world.cluster.settings.evenness = Evenness { moves_at_most: most, ..self.measure.evenness };
        let hosts = world.cluster.hosts.iter().map(|host| host.name.clone()).collect();
        let (plan, took) = planned(&world, &[Intent::Balance(hosts)]);
        let guests = plan.moves().map(|one| {
            (world.cluster.guests[one.guest].name.clone(), world.cluster.hosts[one.to].name.clone())
        });
        (self.data.moved(&guests.collect()), plan.figures.moves, took)
    }

    fn line(&self, by: &str, before: f64, score: Option<f64>, moves: Option<usize>, seconds: f64) {
        let score = score.map_or("not done".into(), |score| format!("{score:.4}"));
        let moves = moves.map_or("-".into(), |moves| moves.to_string());
        let (name, measure) = (self.name, self.measure.name);
        println!("{name:10} {measure:10} {by:8} {before:>8.4} {score:>8} {moves:>6} {seconds:>8.2}");
    }
}
