//! The engine of placements on the instances of the ROADEF/EURO challenge 2012.

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

use std::path::PathBuf;
use std::time::Instant;

use beyond::{Beyond, Services};
use instance::Instance;
use portolan::plan::place::{Effort, place};

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("threads");
    let folder = PathBuf::from(std::env::var("PORTOLAN_BENCHMARKS").unwrap_or("../shared/benchmarks".into()));
    let folder = folder.join("roadef2012");
    let names = std::env::var("PORTOLAN_ROADEF").unwrap_or("a1_4".into());
    let num = |n: &str, d: i64| std::env::var(n).ok().and_then(|v| v.parse::<i64>().ok()).unwrap_or(d);
    for name in names.split_whitespace() {
        let text = |kind: &str| std::fs::read_to_string(folder.join(format!("{kind}_{name}.txt"))).expect("a file");
        let instance = Instance::read(&text("model"), &text("assignment"));
        let problem = convert::problem(&instance);
        let services = Services::new(&instance);
        let began = Instant::now();
        let effort = Effort { steps: num("STEPS", 100_000_000) as u64, seed: num("SEED", 1) as u64 };
        let out = place(&problem, &Beyond::new(&services), effort).expect("a problem");
        let at: Vec<usize> = out.at.iter().map(|at| at.expect("placed")).collect();
        let cost = checker::check(&instance, &at).expect("valid");
        let first = checker::check(&instance, &instance.initial).expect("valid");
        println!("{name} initial {first} ours {cost} engine {} lb {} of initial {:.4}% {:.1}s", out.score.cost, instance.lower_bound(), 100.0 * (cost as f64) / first as f64, began.elapsed().as_secs_f64());
    }
}
