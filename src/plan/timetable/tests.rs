use proptest::prelude::*;

use super::{Effort, Job, Part, Problem, Timetable, Window, bound, predecessors, timetable, waves};

/// Enough for problems of this size.
const EFFORT: Effort = Effort { jobs: 4_000, passes: 128 };

/// Up to `most` jobs between four hosts with links of 10, up to 3 slots and a store each.
fn problems(most: usize) -> impl Strategy<Value = Problem> {
    let job = (
        0_usize..4,
        1_usize..4,
        1_u64..30,
        1_u64..=10,
        1_u64..6,
        prop::option::weighted(0.1, (0_u64..20, 20_u64..90)),
    );
    let jobs = prop::collection::vec(job, 1..most);
    (jobs, prop::collection::vec(0_i64..12, 4), 1_u64..4).prop_map(|(jobs, stores, slots)| {
        let one = |(from, step, duration, rate, size, window): (
            usize,
            usize,
            u64,
            u64,
            u64,
            Option<(u64, u64)>,
        )| {
            let to = (from + step) % 4;
            let part = |of, amount| Part { of, amount };
            Job {
                duration,
                holds: vec![part(from, rate), part(4 + to, rate), part(8 + from, 1), part(8 + to, 1)],
                takes: vec![part(to, size)],
                gives: vec![part(from, size)],
                windows: window.map(|(from, until)| Window { from, until }).into_iter().collect(),
                ..Job::default()
            }
        };
        let channels = [vec![10; 8], vec![slots; 4]].concat();
        let mut jobs: Vec<Job> = jobs.into_iter().map(one).collect();
        if jobs.len() > 3 {
            jobs[3].after = vec![0];
        }
        Problem { channels, stores, jobs }
    })
}

/// What is wrong with jobs that start and end at these instants, looked at every instant anew.
fn wrong(problem: &Problem, spans: &[Option<(u64, u64)>]) -> Option<String> {
    let instants = spans.iter().flatten().map(|span| span.0);
    for now in instants {
        let of = |at: usize| spans[at].filter(|span| span.0 <= now);
        let started: Vec<(usize, u64)> = (0..spans.len()).filter_map(|at| Some((at, of(at)?.1))).collect();
        for (channel, all) in problem.channels.iter().enumerate() {
            let runs = started.iter().filter(|(_, end)| *end > now);
            let parts = runs.flat_map(|(at, _)| problem.jobs[*at].holds.iter());
            let held: u64 = parts.filter(|part| part.of == channel).map(|part| part.amount).sum();
            if held > *all {
                return Some(format!("at {now} channel {channel} has {held}"));
            }
        }
        for (store, first) in problem.stores.iter().enumerate() {
            let sum = |parts: &[Part]| parts.iter().filter(|p| p.of == store).map(|p| p.amount).sum::<u64>();
            let taken: u64 = started.iter().map(|(at, _)| sum(&problem.jobs[*at].takes)).sum();
            let given: u64 = started
                .iter()
                .filter(|(_, end)| *end <= now)
                .map(|(at, _)| sum(&problem.jobs[*at].gives))
                .sum();
            if taken > given + first.unsigned_abs() {
                return Some(format!("at {now} store {store} lacks"));
            }
        }
    }
    None
}

fn spans(problem: &Problem, table: &Timetable) -> Vec<Option<(u64, u64)>> {
    let jobs = table.starts.iter().zip(&problem.jobs);
    jobs.map(|(start, job)| start.map(|start| (start, start + job.lasts()))).collect()
}

/// When jobs start and end that take other times, each as soon as those that it comes after have ended.
fn in_fact(problem: &Problem, table: &Timetable, durations: &[u64]) -> Vec<Option<(u64, u64)>> {
    let before = predecessors(problem, table);
    let mut order: Vec<usize> = (0..problem.jobs.len()).filter(|&job| table.starts[job].is_some()).collect();
    order.sort_by_key(|&job| table.starts[job]);
    let mut all: Vec<Option<(u64, u64)>> = vec![None; problem.jobs.len()];
    for job in order {
        let ends = before[job].iter().map(|&other| all[other].expect("it is before").1);
        let start = ends.max().unwrap_or(0);
        all[job] = Some((start, start + durations[job % durations.len()]));
    }
    all
}

/// The earliest end of all orders in which every job is put as early as those before it allow; that is the best there is.
fn best_end(problem: &Problem, placed: &mut Vec<Option<(u64, u64)>>, best: &mut u64) {
    let end = placed.iter().flatten().map(|span| span.1).max().unwrap_or(0);
    if end >= *best {
        return;
    }
    if placed.iter().all(Option::is_some) {
        *best = end;
        return;
    }
    let instants: std::collections::BTreeSet<u64> = placed.iter().flatten().map(|span| span.1).collect();
    for job in 0..problem.jobs.len() {
        let about = &problem.jobs[job];
        let after: Option<u64> =
            about.after.iter().map(|&b| placed[b].map(|s| s.1)).try_fold(0, |m, e| Some(m.max(e?)));
        let (None, Some(after)) = (placed[job], after) else { continue };
        let first = about.earliest(after);
        let possible = instants.iter().copied().filter(|&at| first.is_some_and(|first| at > first));
        for start in first.into_iter().chain(possible).filter(|&at| about.earliest(at) == Some(at)) {
            placed[job] = Some((start, start + about.lasts()));
            if wrong(problem, placed).is_none() {
                best_end(problem, placed, best);
                placed[job] = None;
                break;
            }
            placed[job] = None;
        }
    }
}

proptest! {
    #[test]
    fn every_limit_is_kept_and_no_bound_is_beaten(problem in problems(40)) {
        let table = timetable(&problem, EFFORT);
        prop_assert_eq!(wrong(&problem, &spans(&problem, &table)), None);
        if table.stuck.is_empty() {
            prop_assert!(bound(&problem).end() <= table.end);
        }
        for (job, start) in problem.jobs.iter().zip(&table.starts) {
            prop_assert!(start.is_none_or(|start| job.earliest(start) == Some(start)));
        }
    }

    #[test]
    fn every_limit_is_kept_whatever_the_durations_turn_out_to_be(
        problem in problems(30), durations in prop::collection::vec(1_u64..90, 1..30),
    ) {
        let table = timetable(&problem, EFFORT);
        prop_assert_eq!(wrong(&problem, &in_fact(&problem, &table, &durations)), None);
    }

    #[test]
    fn waves_can_run_one_after_another(problem in problems(30)) {
        let table = timetable(&problem, EFFORT);
        let before = predecessors(&problem, &table);
        let waves = waves(&table, &before);
        let spans: Vec<_> = waves.iter().map(|wave| wave.map(|wave| (wave as u64, wave as u64 + 1))).collect();
        prop_assert_eq!(wrong(&problem, &spans), None);
    }

    #[test]
    fn small_problems_end_as_early_as_can_be(problem in problems(6)) {
        let table = timetable(&problem, EFFORT);
        let mut best = u64::MAX;
        best_end(&problem, &mut vec![None; problem.jobs.len()], &mut best);
        prop_assert!(best < u64::MAX || !table.stuck.is_empty());
        // Where time runs out an order may exist that is not found.
        let timed = problem.jobs.iter().any(|job| !job.windows.is_empty());
        prop_assert!(timed || table.stuck.is_empty() == (best < u64::MAX));
        if table.stuck.is_empty() {
            prop_assert!(bound(&problem).end() <= best);
            // No pass lets a job wait that could start: with a long one that starts just before its betters that costs up to twice.
            prop_assert!(timed || table.end <= 2 * best, "{} against {best}", table.end);
        }
    }

    #[test]
    fn one_thread_finds_what_several_find(problem in problems(40)) {
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        prop_assert_eq!(one.install(|| timetable(&problem, EFFORT)), timetable(&problem, EFFORT));
    }
}
