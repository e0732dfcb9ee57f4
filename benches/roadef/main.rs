//! The engine of placements on instances of the ROADEF/EURO challenge 2012 (machine reassignment, set by Google), beside the
//! lower bound of each.
//!
//! `cargo bench --bench roadef` reads `PORTOLAN_BENCHMARKS` (or ../shared/benchmarks); `PORTOLAN_ROADEF="a1_4 b_1"` names the
//! instances, `PORTOLAN_STEPS` how many steps the search may take.

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

use std::path::{Path, PathBuf};
use std::time::Instant;

use beyond::{Beyond, Services};
use instance::Instance;
use portolan::plan::place::{Effort, place};

/// The cores that are used.
const CORES: usize = 2;
/// As many steps as take about a minute for most instances.
const STEPS: u64 = 100_000_000;
const INSTANCES: &str = "a1_1 a1_2 a1_3 a1_4 a1_5 a2_1 a2_2 a2_3 a2_4 a2_5 b_1 b_2 b_4 b_5";

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(CORES).build_global().expect("threads");
    let folder =
        std::env::var_os("PORTOLAN_BENCHMARKS").map_or_else(|| "../shared/benchmarks".into(), PathBuf::from);
    let folder = folder.join("roadef2012");
    if !folder.is_dir() {
        return println!("skipped: no instances in {}; set PORTOLAN_BENCHMARKS", folder.display());
    }
    let names = std::env::var("PORTOLAN_ROADEF").unwrap_or_else(|_| INSTANCES.to_owned());
    let steps = std::env::var("PORTOLAN_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(STEPS);
    println!("{:5} {:>14} {:>14} {:>14} {:>9} {:>7}", "", "at first", "placed", "at least", "above", "time");
    for name in names.split_whitespace() {
        run(&folder, name, steps);
    }
}

/// Places one instance; what that costs is computed anew by the checker. How far above the bound is told in parts of the cost at
/// first.
fn run(folder: &Path, name: &str, steps: u64) {
    let path = |kind: &str| folder.join(format!("{kind}_{name}.txt"));
    let text = |kind: &str| std::fs::read_to_string(path(kind)).expect("a file of the instance");
    let instance = Instance::read(&text("model"), &text("assignment"));
    let problem = convert::problem(&instance);
    let services = Services::new(&instance);
    let began = Instant::now();
    let found = place(&problem, &Beyond::new(&services), Effort { steps, seed: 1 }).expect("a problem");
    let seconds = began.elapsed().as_secs_f64();
    let at: Vec<usize> = found.at.iter().map(|at| at.expect("placed")).collect();
    let placed = checker::check(&instance, &at).expect("valid");
    let first = checker::check(&instance, &instance.initial).expect("valid");
    let least = instance.lower_bound();
    let above = (placed as f64 - least as f64) / first as f64 * 100.0;
    println!("{name:5} {first:>14} {placed:>14} {least:>14} {above:>8.3}% {seconds:>6.1}s");
}
