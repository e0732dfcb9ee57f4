//! How fast a large cluster is read and judged by all rules, and in how much memory, beside what calling that many
//! functions costs at least.
//!
//! `cargo bench --bench chart`. The cluster is made up, and the same on every run.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark asks the clock and prints figures far below 2^52"
)]

mod made_up;

use std::hint::black_box;
use std::time::Instant;

use made_up::Size;
use portolan::compat::{Chart, Verdict, rules};
use portolan::ingest;
use rayon::prelude::*;

/// The cores that are used.
const CORES: usize = 2;
const SIZE: Size =
    Size { hosts: 2_000, host_classes: 300, guests: 50_000, guest_classes: 2_000, host_kib: 131_842_344 };

/// The size, or a smaller one: `PORTOLAN_CHART="HOSTS HOST-CLASSES GUESTS GUEST-CLASSES"`.
fn size() -> Size {
    let given = std::env::var("PORTOLAN_CHART").unwrap_or_default();
    let numbers: Vec<usize> = given.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [hosts, host_classes, guests, guest_classes] => {
            Size { hosts, host_classes, guests, guest_classes, ..SIZE }
        }
        _ => SIZE,
    }
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(CORES).build_global().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    let (documents, bytes) = made_up::write(size(), folder.path());
    println!("made up: {documents} documents, {:.0} MB; {CORES} cores", bytes as f64 / 1e6);
    println!("memory before anything is read: {:.0} MiB", peak());
    let began = Instant::now();
    let cluster = ingest::read(folder.path()).expect("an inventory");
    assert_eq!(cluster.problems, []);
    let read = began.elapsed().as_secs_f64();
    println!("{:44} {read:8.2} s {:10.0} MB/s {:8.0} MiB", "read", bytes as f64 / 1e6 / read, peak());

    let began = Instant::now();
    let chart = Chart::new(&cluster);
    let judged = began.elapsed().as_secs_f64();
    let (hosts, guests) = (chart.host_classes.len(), chart.guest_classes.len());
    let cells = hosts * guests;
    println!(
        "{:44} {judged:8.2} s {:10.0} cells/s {:5.0} MiB",
        format!("{hosts} x {guests} classes by {} rules", rules().count()),
        cells as f64 / judged,
        peak()
    );

    let began = Instant::now();
    let verdicts = count(&chart);
    let asked = began.elapsed().as_secs_f64();
    let pairs = cluster.hosts.len() * cluster.guests.len();
    println!(
        "{:44} {asked:8.2} s {:10.0} pairs/s {:5.0} MiB",
        "each guest on each host",
        pairs as f64 / asked,
        peak()
    );
    for (verdict, count) in Verdict::ALL.iter().zip(verdicts) {
        println!("  {verdict:10} {count:>12}");
    }
    println!("all: {:.2} s", read + judged + asked);
    let bound = bound(cells * rules().count());
    println!("calling a function for each cell and rule: {bound:.2} s; ratio {:.0}", judged / bound);
}

/// How many guests and hosts have each verdict.
fn count(chart: &Chart<'_>) -> [usize; 5] {
    let hosts = chart.cluster.hosts.len();
    let row = |guest: usize| {
        let mut counts = [0; 5];
        for host in 0..hosts {
            let verdict = chart.verdict(guest, host);
            counts[Verdict::ALL.iter().position(|&one| one == verdict).expect("one of them")] += 1;
        }
        counts
    };
    let sum = |mut all: [usize; 5], one: [usize; 5]| {
        all.iter_mut().zip(one).for_each(|(all, one)| *all += one);
        all
    };
    (0..chart.cluster.guests.len()).into_par_iter().map(row).reduce(|| [0; 5], sum)
}

/// The seconds that so many calls of a function that does nothing take, on all cores.
fn bound(calls: usize) -> f64 {
    let functions: [fn(usize) -> usize; 2] = [|at| at, |at| at ^ 1];
    let began = Instant::now();
    let one = |part: usize| (0..calls / CORES).fold(part, |at, _| black_box(functions[at & 1])(at));
    black_box((0..CORES).into_par_iter().map(one).max());
    began.elapsed().as_secs_f64()
}

/// The most memory that this process had so far, in MiB (Linux: `VmHWM`).
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().map_or(f64::NAN, |kib| kib / 1024.0)
}
