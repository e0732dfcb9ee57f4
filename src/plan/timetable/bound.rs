//! How early the last job can end at the earliest, whatever the order.

use super::pass::work;
use super::{Instant, Problem};

/// Lower bounds of a timetable's end, each from one side of the problem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// The channel that has most to do, used to the full from the first instant on, and that channel.
    pub channel: Option<(usize, Instant)>,
    /// The channel whose jobs exclude one another for the longest time: so many long ones cannot run at once that two of them
    /// run one after the other.
    pub pairs: Option<(usize, Instant)>,
    /// The longest chain of jobs that wait for one another.
    pub chain: Instant,
}

impl Bound {
    /// The greatest of them.
    pub fn end(&self) -> Instant {
        let of = |one: Option<(usize, Instant)>| one.map_or(0, |one| one.1);
        of(self.channel).max(of(self.pairs)).max(self.chain)
    }
}

/// The bounds of a problem of which every job is done.
pub fn bound(problem: &Problem) -> Bound {
    let mut by_channel: Vec<Vec<(u64, u64)>> = vec![Vec::new(); problem.channels.len()];
    let mut loads = vec![0_u128; problem.channels.len()];
    for job in &problem.jobs {
        for part in job.holds.iter().filter(|part| part.amount > 0) {
            by_channel[part.of].push((part.amount, job.lasts()));
            loads[part.of] += work(*part, job);
        }
    }
    let volume = |channel: usize| {
        let end = loads[channel].div_ceil(u128::from(problem.channels[channel].max(1)));
        Instant::try_from(end).unwrap_or(Instant::MAX)
    };
    let greatest = |of: &dyn Fn(usize) -> Instant| {
        let all = (0..problem.channels.len()).map(|channel| (channel, of(channel)));
        all.max_by_key(|&(channel, end)| (end, std::cmp::Reverse(channel))).filter(|one| one.1 > 0)
    };
    Bound {
        channel: greatest(&volume),
        pairs: greatest(&|channel| pairs(problem.channels[channel], &by_channel[channel])),
        chain: chain(problem),
    }
}

/// Of jobs that each hold more than a (k + 1)th of a channel at most k run at once; so of the k + 1 longest two follow one
/// another, and they last at least as long as the two shortest of them.
fn pairs(capacity: u64, jobs: &[(u64, u64)]) -> Instant {
    let mut amounts: Vec<u64> = jobs.iter().map(|job| job.0).collect();
    amounts.sort_unstable();
    amounts.dedup();
    let of = |least: u64| {
        let at_once = usize::try_from(capacity / least.max(1)).unwrap_or(usize::MAX);
        let mut durations: Vec<u64> = jobs.iter().filter(|job| job.0 >= least).map(|job| job.1).collect();
        if at_once == 0 || durations.len() <= at_once {
            return 0;
        }
        durations.sort_unstable_by(|a, b| b.cmp(a));
        if at_once == 1 {
            return durations.iter().fold(0, |sum: u64, one| sum.saturating_add(*one));
        }
        durations[at_once - 1].saturating_add(durations[at_once])
    };
    amounts.into_iter().map(of).max().unwrap_or(0)
}

/// The longest chain; jobs that wait for one another in a circle are in none.
fn chain(problem: &Problem) -> Instant {
    let jobs = &problem.jobs;
    let mut waiting: Vec<usize> = jobs.iter().map(|job| job.after.len()).collect();
    let mut behind = vec![Vec::new(); jobs.len()];
    for (at, job) in jobs.iter().enumerate() {
        job.after.iter().for_each(|&before| behind[before].push(at));
    }
    let mut earliest: Vec<Instant> = jobs.iter().map(|job| job.earliest(0).unwrap_or(0)).collect();
    let mut ready: Vec<usize> = (0..jobs.len()).filter(|&job| waiting[job] == 0).collect();
    let mut last = 0;
    while let Some(job) = ready.pop() {
        let end = earliest[job].saturating_add(jobs[job].lasts());
        last = last.max(end);
        for &next in &behind[job] {
            let start = earliest[next].max(end);
            earliest[next] = jobs[next].earliest(start).unwrap_or(start);
            waiting[next] -= 1;
            if waiting[next] == 0 {
                ready.push(next);
            }
        }
    }
    last
}
