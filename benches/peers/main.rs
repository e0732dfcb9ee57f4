//! The planner beside others, on the same input.
//!
//! `cargo bench --bench peers` reads `PORTOLAN_BENCHMARKS` (or ../shared/benchmarks) and asks Debian's `hbal`
//! (package ganeti-htools), which gets `PORTOLAN_HBAL` seconds for each cluster (600). `-- tdsc`, `-- hroller` and `-- hbal` ask for
//! one part of it, `-- hbal CLUSTER…` for some clusters.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark reads files, asks the clock and prints figures"
)]

mod balance;
mod htools;
mod made_up;
mod tdsc;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use htools::{Data, hroller};
use portolan::model::{Cluster, Intent};
use portolan::plan::timetable::Effort;
use portolan::plan::{Plan, PlanDocument, Upgrade, plan_by, rollout, to_document, verify_by, verify_rollout};
use world::World;

/// The cores that are used.
const CORES: usize = 2;
/// Problems of `BtrPlace`.
const REPAIRS: [&str; 4] = ["li/r3/p5000/c33", "li/r6/p5000/c100", "nr/r3/p5000/c0", "nr/r5/p5000/c66"];
/// Clusters of Ganeti.
const CLUSTERS: [&str; 3] = ["s20", "e40", "s200"];

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(CORES).build_global().expect("threads");
    let folder =
        std::env::var_os("PORTOLAN_BENCHMARKS").map_or_else(|| "../shared/benchmarks".into(), PathBuf::from);
    if !folder.is_dir() {
        return println!("skipped: no problems in {}; set PORTOLAN_BENCHMARKS", folder.display());
    }
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let wants = |part: &str| asked.first().is_none_or(|first| first == part);
    if wants("tdsc") {
        for problem in REPAIRS {
            repaired(&folder.join("tdsc").join(problem).join("1.gz"), problem);
        }
    }
    if wants("hroller") {
        for cluster in CLUSTERS {
            rolled(&folder.join("ganeti").join(format!("{cluster}.data")), cluster);
        }
    }
    if wants("hbal") {
        let seconds = std::env::var("PORTOLAN_HBAL").ok().and_then(|text| text.parse().ok()).unwrap_or(600);
        let clusters = asked.get(1..).unwrap_or_default();
        balance::compare(&folder.join("ganeti"), clusters, seconds);
    }
}

/// A plan, and how long it took; fails where the verifier objects.
fn planned(world: &World, intents: &[Intent]) -> (Plan, f64) {
    let (verdicts, began) = (world.verdicts(), Instant::now());
    let plan = plan_by(&world.cluster, &verdicts, intents, &|_, _, _| Vec::new(), Effort::default())
        .expect("a plan");
    let seconds = began.elapsed().as_secs_f64();
    let document = to_document(&plan, &world.cluster);
    let assess = |guest, host| world.assess(guest, host);
    let onward = |guest, _, host| world.assess(guest, host);
    let wrong = verify_by(&world.cluster, (&assess, &onward), &document);
    assert!(wrong.is_empty(), "the verifier objects: {:?}", &wrong[..wrong.len().min(3)]);
    (plan, seconds)
}

fn repaired(path: &Path, name: &str) {
    let (world, intents) = tdsc::read(path);
    let over = overfull(&world, &BTreeMap::new());
    let (plan, seconds) = planned(&world, &intents);
    let moved = plan.moves().map(|one| (one.guest, one.to)).collect();
    let figures = &plan.figures;
    println!(
        "tdsc {name}: {} hosts, {} guests, {over} hosts too full: {} moves in {} waves, {} left out, {} hosts too full \
         after it; {seconds:.2} s",
        world.cluster.hosts.len(),
        world.cluster.guests.len(),
        figures.moves,
        figures.waves,
        figures.left_out,
        overfull(&world, &moved),
    );
}

/// How many hosts hold more than they can, once guests are elsewhere; counted anew.
fn overfull(world: &World, moved: &BTreeMap<usize, usize>) -> usize {
    let names = world.cluster.hosts.iter().enumerate();
    let by_name: BTreeMap<&str, usize> = names.map(|(at, host)| (host.name.as_str(), at)).collect();
    let mut used = vec![(0, 0); world.cluster.hosts.len()];
    for (at, guest) in world.cluster.guests.iter().enumerate() {
        let home = guest.host.as_deref().map(|name| by_name[name]);
        if let Some(host) = moved.get(&at).copied().or(home) {
            let memory = guest.memory.value().expect("memory");
            used[host].0 += memory.as_kib() + portolan::plan::overhead(*memory).as_kib();
            used[host].1 += u64::from(*guest.vcpus.value().expect("vCPUs"));
        }
    }
    let overcommit = world.cluster.settings.cpu_overcommit_percent;
    let over = |(used, host): &(&(u64, u64), &portolan::model::Host)| {
        let memory = host.memory.value().expect("memory").as_kib();
        let vcpus = u64::from(*host.processors.value().expect("processors")) * overcommit / 100;
        used.0 > memory || used.1 > vcpus
    };
    used.iter().zip(&world.cluster.hosts).filter(over).count()
}

/// The upgrade of all hosts, ours and that of `hroller`.
fn rolled(path: &Path, name: &str) {
    let world = Data::read(&std::fs::read_to_string(path).expect("a file")).world();
    let hosts = world.cluster.hosts.iter().map(|host| host.name.clone()).collect();
    let upgrade = Upgrade { after: BTreeMap::new(), effort: Effort::default() };
    let began = Instant::now();
    let found = rollout(&world.cluster, &world, &[Intent::Upgrade(hosts)], &upgrade).expect("a rollout");
    let took = began.elapsed().as_secs_f64();
    let assess = |guest, host| world.assess(guest, host);
    let onward = |guest, _, host| world.assess(guest, host);
    let replay = |now: &Cluster, plan: &PlanDocument| verify_by(now, (&assess, &onward), plan);
    let wrong = verify_rollout(&world.cluster, &BTreeMap::new(), (&replay, &|_, _| Vec::new()), &found);
    assert!(wrong.is_empty(), "the verifier objects: {:?}", &wrong[..wrong.len().min(3)]);
    let figures = &found.figures;
    println!(
        "htools {name}: Portolan {} stages (at least {}), {} moves (at least {}), {} hosts left, {took:.2} s",
        figures.stages, figures.stages_at_least, figures.moves, figures.moves_at_least, figures.left,
    );
    let began = Instant::now();
    let Some(theirs) = hroller(path) else { return println!("htools {name}: skipped: no hroller here") };
    println!(
        "htools {name}: hroller  {} groups, {} moves, {:.2} s",
        theirs.groups,
        theirs.moves,
        began.elapsed().as_secs_f64(),
    );
}
