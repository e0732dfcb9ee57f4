//! Plans and estimates against 25 plans of ten live migrations each, which others made and measured four times (Kherbache and
//! others, 2015; the folder `mvm` of `PORTOLAN_BENCHMARKS`).

mod exact;
mod instance;

use portolan::plan::estimate::{DirtyCurve, Rate, Terms, precopy};
use portolan::plan::timetable::{Effort, bound, timetable};

use exact::earliest_end;
use instance::{Instance, MEGABYTE, Migration};

/// One set of parameters for all: QEMU's own limit of the downtime, a second for setting up, and the link's nominal rate.
const TERMS: Terms = Terms { setup_ms: 1_000, downtime_ms: 300, resume_ms: 0 };

#[test]
#[cfg_attr(
    not(has_benchmarks),
    ignore = "skipped: no measurements of others; set PORTOLAN_BENCHMARKS to a folder of them"
)]
#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
fn measured_plans_are_scheduled_at_their_optimum() {
    let (mut sums, mut at_optimum) = ([0, 0, 0, 0], 0);
    println!("{:>10} {:>9} {:>9} {:>9} {:>9}", "plan", "published", "ours", "optimum", "bound");
    for instance in instance::all() {
        let problem = instance.problem();
        let (ours, least) = (timetable(&problem, Effort::default()), bound(&problem).end());
        assert!(ours.stuck.is_empty(), "{}: {:?}", instance.name, ours.stuck);
        let optimum = if ours.end == least { least } else { earliest_end(&problem, ours.end, least) };
        let row = [instance.end(), ours.end, optimum, least];
        let [a, b, c, d] = row.map(|ms| ms / 1_000);
        println!("{:>10} {a:>8}s {b:>8}s {c:>8}s {d:>8}s", instance.name);
        at_optimum += usize::from(ours.end == optimum);
        sums = [0, 1, 2, 3].map(|at| sums[at] + row[at]);
    }
    let above = |sum: u64| (sum as f64 / sums[2] as f64 - 1.0) * 100.0;
    println!(
        "on average {:.2} % above the proven optimum, {at_optimum} of 25 at it; the published plans {:.2} % above",
        above(sums[1]),
        above(sums[0])
    );
    assert!(above(sums[1]) <= 0.5);
}

#[test]
#[cfg_attr(
    not(has_benchmarks),
    ignore = "skipped: no measurements of others; set PORTOLAN_BENCHMARKS to a folder of them"
)]
#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
fn estimates_are_near_measured_migrations() {
    let (mut errors, mut ratios) = (Vec::new(), Vec::new());
    for (migration, measured) in instance::all().iter().flat_map(Instance::measured) {
        let Migration { memory, rate, .. } = migration;
        let curve =
            DirtyCurve { memory, hot: MEGABYTE(96), hot_ms: 2_000, cold: Rate::kib(MEGABYTE(2).as_kib()) };
        let course = precopy(&curve, rate, &TERMS);
        assert!(course.converges);
        errors.push((course.duration_ms as f64 - measured as f64).abs() / measured as f64 * 100.0);
        ratios.push(measured as f64 / course.duration_ms as f64);
    }
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    ratios.sort_by(f64::total_cmp);
    let at = |percent: usize| ratios[ratios.len() * percent / 100];
    println!("{} measured migrations: mean absolute error {mean:.2} %", errors.len());
    println!("measured over estimated: {:.2} for one of ten at most, {:.2} for nine", at(10), at(90));
    assert_eq!(errors.len(), 1_000);
    assert!(mean <= 7.5);
}
