//! How fast the questions about x86 CPUs are answered, beside what reading the bitsets costs at least and beside virsh.
//!
//! `cargo bench --bench cpu`. The cluster is made up, and the same on every run.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark asks the clock and prints figures far below 2^52"
)]

mod made_up;
mod virsh;

use std::hint::black_box;
use std::time::{Duration, Instant};

use made_up::{HostClass, Random, guest_classes, host_classes};
use portolan::cpu::x86::{Asked, ClusterInput, Definition, Given, cluster_baselines, host_model, ladders};
use portolan::knowledge::x86::map;
use portolan::model::{CpuMap, Version};
use rayon::prelude::*;

const HOSTS: usize = 10_000;
const HOST_CLASSES: usize = 200;
const GUESTS: usize = 1_000_000;
const GUEST_CLASSES: usize = 2_000;
const GROUPS: usize = 8;
/// A set of the 364 features of libvirt 11.3, in whole words.
const SET: usize = 48;
/// The words of a bit for each class of hosts.
const ROW: usize = HOST_CLASSES.div_ceil(64);

fn main() {
    let mut random = Random(7);
    let classes = host_classes(&mut random, HOST_CLASSES);
    let guests = guest_classes(&mut random, GUEST_CLASSES);
    let names: Vec<String> = (0..HOSTS).map(|at| format!("host{at:05}")).collect();
    let hosts = names.iter().enumerate().map(|(at, name)| input(&classes[at % HOST_CLASSES], name));
    let hosts: Vec<ClusterInput<'_>> = hosts.collect();
    let bandwidth = bandwidth();
    println!(
        "made up: {HOSTS} Intel hosts in {HOST_CLASSES} classes, {GUESTS} guests in {GUEST_CLASSES} classes"
    );
    println!("reading memory in order, one thread: {:.1} GB/s", bandwidth / 1e9);
    println!();
    println!("{:44} {:>10} {:>10} {:>10} {:>8}", "", "time ms", "read kB", "bound ms", "ratio");
    let row = |what: &str, time: Duration, bytes: usize| {
        let (time, bound) = (time.as_secs_f64() * 1e3, bytes as f64 / bandwidth * 1e3);
        println!("{what:44} {time:10.2} {:10.1} {bound:10.4} {:8.0}", bytes as f64 / 1e3, time / bound);
    };
    let baseline = best(5, || drop(black_box(cluster_baselines(&hosts))));
    row("baseline of all hosts, from facts", baseline, HOSTS * SET);
    let baseline = best(5, || drop(black_box(cluster_baselines(&hosts[..HOST_CLASSES]))));
    row("baseline of one host of each class", baseline, HOST_CLASSES * SET);
    let pairs = HOST_CLASSES * (HOST_CLASSES - 1) / 2;
    let mut found = Vec::new();
    let ladder = best(3, || found = ladders(&hosts[..HOST_CLASSES], &[], GROUPS));
    row(&format!("ladder of {HOST_CLASSES} classes, up to {GROUPS} groups"), ladder, pairs * 2 * SET);
    for ladder in &found {
        let kept =
            ladder.rungs.iter().map(|rung| format!("{:.2}", 100.0 * rung.kept as f64 / ladder.all as f64));
        println!(
            "  {:?}; of all features hosts keep, in %: {}",
            ladder.method,
            kept.collect::<Vec<_>>().join(" ")
        );
    }
    let mut runs = 0;
    let compared = best(3, || runs = compare_all(&classes, &guests));
    let read = GUEST_CLASSES * HOST_CLASSES * 2 * SET + GUESTS * ROW * size_of::<u64>();
    row("compare of all guests with all classes", compared, read);
    println!("{:44} {runs} of {} guests and classes of hosts", "  of which run", GUESTS * HOST_CLASSES);
    println!(
        "read: the sets of the hosts; of each two classes; of each two classes and a row of bits a guest"
    );
    println!();
    beside_virsh(&classes);
}

fn input<'c>(class: &'c HostClass, name: &'c str) -> ClusterInput<'c> {
    ClusterInput { name, platform: &class.platform, map: class.map }
}

/// Which classes of hosts give each guest its CPU, class by class, then counted guest by guest.
fn compare_all(classes: &[HostClass], guests: &[Definition]) -> usize {
    let given = classes.iter().map(|class| {
        let (_, given) = host_model(&class.platform).expect("made up with one");
        (class.map, Given::of(class.map, &given).expect("known names"))
    });
    let hosts: Vec<(&CpuMap, Given)> = given.collect();
    let rows: Vec<[u64; ROW]> = guests.par_iter().map(|guest| row_of(guest, &hosts)).collect();
    let of_guest =
        |guest: usize| rows[guest % rows.len()].iter().map(|word| word.count_ones() as usize).sum::<usize>();
    (0..GUESTS).into_par_iter().map(of_guest).sum()
}

/// Which hosts run the guest, a bit each.
fn row_of(guest: &Definition, hosts: &[(&CpuMap, Given)]) -> [u64; ROW] {
    let asked = [Version::new(9, 0, 0), Version::new(11, 3, 0)].map(map);
    let asked = asked.map(|map| (map, Asked::of(map, guest).expect("known names")));
    let mut row = [0; ROW];
    for (at, (map, host)) in hosts.iter().enumerate() {
        let asked = asked.iter().find(|(other, _)| std::ptr::eq(*other, *map));
        row[at / 64] |= u64::from(asked.is_some_and(|(_, asked)| asked.runs_on(host))) << (at % 64);
    }
    row
}

/// How many bytes a second a plain sum over memory reads, far more than caches hold.
fn bandwidth() -> f64 {
    let words: Vec<u64> = (0..32 << 20).collect();
    let time = best(5, || {
        black_box(words.iter().fold(0_u64, |sum, word| sum.wrapping_add(*word)));
    });
    (words.len() * size_of::<u64>()) as f64 / time.as_secs_f64()
}

fn best(passes: usize, mut work: impl FnMut()) -> Duration {
    let mut pass = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..passes).map(|_| pass()).min().unwrap_or_default()
}

/// `cpu-baseline` of the same documents by virsh and by `portolan cpu baseline --legacy`, process beside process.
fn beside_virsh(classes: &[HostClass]) {
    let Some(start) = virsh::start() else {
        println!("no virsh here to compare with");
        return;
    };
    println!(
        "virsh cpu-baseline on test:///default; to start and connect it takes {:.1} ms",
        milliseconds(start)
    );
    println!("{:44} {:>10} {:>10} {:>10}", "", "virsh ms", "ours ms", "ratio");
    let all: Vec<Definition> = classes.iter().map(|class| host_model(&class.platform)).map(given).collect();
    let folder = std::env::temp_dir();
    for count in [10, 50, 200] {
        let file = folder.join(format!("portolan-bench-{}-{count}.xml", std::process::id()));
        std::fs::write(&file, virsh::documents(&all[..count])).expect("a writable folder of temporary files");
        let answers = virsh::baseline(&file).zip(virsh::ours(&file, "9.0"));
        std::fs::remove_file(&file).expect("the file just written");
        let Some(((theirs, said), (ours, we_say))) = answers else {
            println!("{count:>5} CPUs: one of them gave no answer");
            continue;
        };
        let same = if said.trim() == we_say.trim() { "the same answer" } else { "NOT THE SAME ANSWER" };
        let (theirs, ours) = (milliseconds(theirs), milliseconds(ours));
        let what = format!("baseline of {count} CPUs, {same}");
        println!("{what:44} {theirs:10.1} {ours:10.1} {:10.1}", theirs / ours);
    }
}

fn given<C, E: std::fmt::Debug>(found: Result<(C, Definition), E>) -> Definition {
    found.expect("made up with one").1
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
