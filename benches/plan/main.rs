//! How fast a large cluster is planned for, and in how much memory: a tenth of its hosts is drained.
//!
//! `cargo bench --bench plan`. The cluster is made up, and the same on every run; `PORTOLAN_PLAN="HOSTS HOST-CLASSES GUESTS
//! GUEST-CLASSES"` makes another.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark asks the clock and prints figures far below 2^52"
)]

#[path = "../chart/made_up.rs"]
mod made_up;

use std::time::Instant;

use made_up::Size;
use portolan::compat::Chart;
use portolan::ingest;
use portolan::model::Intent;
use portolan::plan::{Figures, plan, to_document, to_json, verify};

/// The cores that are used.
const CORES: usize = 2;
const SIZE: Size =
    Size { hosts: 5_000, host_classes: 100, guests: 50_000, guest_classes: 1_000, host_kib: 402_653_184 };

fn size() -> Size {
    let given = std::env::var("PORTOLAN_PLAN").unwrap_or_default();
    let numbers: Vec<usize> = given.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [hosts, host_classes, guests, guest_classes] => {
            Size { hosts, host_classes, guests, guest_classes, ..SIZE }
        }
        _ => SIZE,
    }
}

/// Says how long one part took, and what the process has needed of memory so far.
fn told<T>(what: &str, part: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let made = part();
    println!("{what:32} {:8.2} s {:6.0} MiB", began.elapsed().as_secs_f64(), peak());
    made
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(CORES).build_global().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    let (documents, bytes) = made_up::write(size(), folder.path());
    println!("made up: {documents} documents, {:.0} MB; {CORES} cores", bytes as f64 / 1e6);
    let cluster = told("read", || ingest::read(folder.path()).expect("an inventory"));
    assert_eq!(cluster.problems, []);
    let chart = told("judged", || Chart::new(&cluster));
    let drained = cluster.hosts.iter().step_by(10).map(|host| host.name.clone()).collect();
    let intents = [Intent::Drain(drained)];
    let found = told("planned", || plan(&chart, &intents, &|_, _, _| Vec::new()).expect("a plan"));
    let document = told("written", || to_document(&found, &cluster));
    let text = to_json(&document).expect("JSON");
    let wrong = told("verified", || verify(&chart, &document));
    assert_eq!(wrong, []);
    let Figures { moves, moves_at_least, left_out, left_out_at_least, end_ms, end_at_least_ms, .. } =
        found.figures;
    println!("{moves} moves (at least {moves_at_least}), {left_out} left out (at least {left_out_at_least})");
    println!("ends after {} s (at least {} s)", end_ms / 1_000, end_at_least_ms / 1_000);
    println!("plan.json: {:.1} MB", text.len() as f64 / 1e6);
}

/// The most memory that this process had so far, in MiB (Linux: `VmHWM`).
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().map_or(f64::NAN, |kib| kib / 1024.0)
}
