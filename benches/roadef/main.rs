//! The engine of placements on instances of the ROADEF/EURO challenge 2012 (machine reassignment, set by Google), beside the
//! lower bound of each, the best of the challenge, and what two of its solvers reach in 60 s.
//!
//! `cargo bench --bench roadef` reads `PORTOLAN_BENCHMARKS` (or ../shared/benchmarks); `PORTOLAN_ROADEF="a1_4 b_1"` names the
//! instances, `PORTOLAN_STEPS` how many steps the search may take instead of as many as two cores take in 60 s.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a benchmark reads files, asks the clock and prints figures"
)]

mod beyond;
mod checker;
mod convert;
mod instance;
mod peers;
#[path = "../shared/work.rs"]
mod work;

use std::path::{Path, PathBuf};
use std::time::Instant;

use beyond::{Beyond, Services};
use instance::Instance;
use peers::{KNOWN, Known};
use portolan::plan::place::{Effort, place};
use work::worked;

/// The cores that are used.
const CORES: usize = 2;

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(CORES).build_global().expect("threads");
    let folder =
        std::env::var_os("PORTOLAN_BENCHMARKS").map_or_else(|| "../shared/benchmarks".into(), PathBuf::from);
    let folder = folder.join("roadef2012");
    if !folder.is_dir() {
        return println!("skipped: no instances in {}; set PORTOLAN_BENCHMARKS", folder.display());
    }
    let names = std::env::var("PORTOLAN_ROADEF").unwrap_or_default();
    let asked = |known: &&Known| names.is_empty() || names.split_whitespace().any(|name| name == known.name);
    let steps = std::env::var("PORTOLAN_STEPS").ok().and_then(|steps| steps.parse().ok());
    println!(
        "{:5} {:>12} {:>12} {:>12} {:>8} {:>12} {:>8} {:>12} {:>12} {:>8} {:>8}",
        "",
        "at first",
        "placed",
        "at least",
        "above",
        "challenge",
        "above",
        "S41",
        "J33",
        "seconds",
        "of work"
    );
    for known in KNOWN.iter().filter(asked) {
        run(&folder, known, steps.unwrap_or(known.steps * 1_000_000));
    }
    println!(
        "above: in parts of the cost at first; ~: on a machine with other work; seconds of work: of all cores"
    );
}

/// Places one instance; what that costs is computed anew by the checker.
fn run(folder: &Path, known: &Known, steps: u64) {
    let name = known.name;
    let path = |kind: &str| folder.join(format!("{kind}_{name}.txt"));
    let text = |kind: &str| std::fs::read_to_string(path(kind)).expect("a file of the instance");
    let instance = Instance::read(&text("model"), &text("assignment"));
    let problem = convert::problem(&instance);
    let services = Services::new(&instance);
    let (began, before) = (Instant::now(), worked());
    let found = place(&problem, &Beyond::new(&services), Effort { steps, seed: 1 }).expect("a problem");
    let (seconds, work) = (began.elapsed().as_secs_f64(), worked() - before);
    let at: Vec<usize> = found.at.iter().map(|at| at.expect("placed")).collect();
    let placed = checker::check(&instance, &at).expect("valid");
    let first = checker::check(&instance, &instance.initial).expect("valid");
    let above = |than: u64| format!("{:.3}%", (placed as f64 - than as f64) / first as f64 * 100.0);
    let least = instance.lower_bound();
    let busy = if known.quiet { "" } else { "~" };
    let peer = |one: Option<u64>| one.map_or("-".into(), |one| format!("{one}{busy}"));
    println!(
        "{name:5} {first:>12} {placed:>12} {least:>12} {:>8} {:>12} {:>8} {:>12} {:>12} {seconds:>8.1} {work:>8.1}",
        above(least),
        known.challenge.map_or("-".into(), |one| one.to_string()),
        known.challenge.map_or("-".into(), above),
        peer(known.s41),
        peer(known.j33),
    );
}
