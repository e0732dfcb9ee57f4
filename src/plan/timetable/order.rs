//! What must have ended before what starts, so that a timetable holds though jobs take longer or shorter than foreseen.

use std::collections::BTreeMap;

use super::{Instant, Job, Problem, Resource, Timetable};

/// By job: the jobs that must have ended before it starts; only the last of each chain.
///
/// Of two jobs that have to do with the same channel or store, the one that ends before the other starts in the timetable does so
/// in any course of events. Then all limits are kept whatever the durations turn out to be: jobs that run at once at one
/// resource overlap pairwise in the timetable too, intervals that overlap pairwise have an instant in common (Helly), and at
/// that instant nothing is at the resource less than in the course of events.
pub fn predecessors(problem: &Problem, timetable: &Timetable) -> Vec<Vec<usize>> {
    let mut before: Vec<Vec<usize>> = problem.jobs.iter().map(|job| job.after.clone()).collect();
    for jobs in by_resource(problem, timetable).values() {
        let mut by_end = jobs.clone();
        by_end.sort_unstable_by_key(|job| (job.end, job.job));
        // By how many have ended: the latest start among them.
        let latest: Vec<Instant> = by_end
            .iter()
            .scan(0, |latest, job| {
                *latest = job.start.max(*latest);
                Some(*latest)
            })
            .collect();
        for job in jobs {
            let ended = by_end.partition_point(|other| other.end <= job.start);
            let Some(&last_start) = ended.checked_sub(1).and_then(|last| latest.get(last)) else { continue };
            let first = by_end.partition_point(|other| other.end <= last_start);
            before[job.job]
                .extend(by_end[first..ended].iter().map(|other| other.job).filter(|&other| other != job.job));
        }
    }
    for all in &mut before {
        all.sort_unstable();
        all.dedup();
    }
    before
}

/// By job: the last to end of those that it comes after, if that ends when it starts, and what both need; no resource where one just goes
/// before the other.
pub fn awaited(
    problem: &Problem,
    timetable: &Timetable,
    before: &[Vec<usize>],
) -> Vec<Option<(usize, Option<Resource>)>> {
    let end = |job: usize| Some(timetable.starts[job]?.saturating_add(problem.jobs[job].lasts()));
    let of = |(job, before): (usize, &Vec<usize>)| {
        let start = timetable.starts[job]?;
        let last = before.iter().copied().filter(|&other| end(other) == Some(start)).min()?;
        let shared = resources(&problem.jobs[job])
            .into_iter()
            .find(|one| resources(&problem.jobs[last]).contains(one));
        Some((last, shared.filter(|_| !problem.jobs[job].after.contains(&last))))
    };
    before.iter().enumerate().map(of).collect()
}

/// The channels and stores that a job has to do with.
fn resources(job: &Job) -> Vec<Resource> {
    let stores = job.takes.iter().chain(&job.gives).map(|part| Resource::Store(part.of));
    let channels = job.holds.iter().map(|part| Resource::Channel(part.of));
    let mut resources: Vec<Resource> = stores.chain(channels).collect();
    resources.sort_unstable();
    resources.dedup();
    resources
}

/// By job: its wave, counted from 1: one more than the greatest of those that it comes after. Jobs of a wave may run at the
/// same time; `None` for those that never start.
pub fn waves(timetable: &Timetable, before: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut waves = vec![None; before.len()];
    let started = timetable.starts.iter().enumerate();
    let mut jobs: Vec<(Instant, usize)> = started.filter_map(|(job, start)| Some(((*start)?, job))).collect();
    // What a job comes after has ended, and so has started, before.
    jobs.sort_unstable();
    for (_, job) in jobs {
        let last = before[job].iter().filter_map(|&other| waves[other]).max();
        waves[job] = Some(last.unwrap_or(0) + 1);
    }
    waves
}

#[derive(Clone, Copy)]
struct Placed {
    job: usize,
    start: Instant,
    end: Instant,
}

/// The jobs at each resource.
fn by_resource(problem: &Problem, timetable: &Timetable) -> BTreeMap<Resource, Vec<Placed>> {
    let mut all: BTreeMap<Resource, Vec<Placed>> = BTreeMap::new();
    for (at, job) in problem.jobs.iter().enumerate() {
        let Some(start) = timetable.starts[at] else { continue };
        let placed = Placed { job: at, start, end: start.saturating_add(job.lasts()) };
        for resource in resources(job) {
            all.entry(resource).or_default().push(placed);
        }
    }
    all
}
