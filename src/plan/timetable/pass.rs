//! One pass over the jobs, event by event.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::key::{Key, Noise, Seed};
use super::{Instant, Job, Part, Problem, Resource, Stuck, Timetable};

/// Something that happens at an instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A job ends.
    Ends(usize),
    /// A job may start from now on.
    MayStart(usize),
}

/// The state of the pass at one instant.
pub(super) struct Pass<'p> {
    problem: &'p Problem,
    /// By job: how its key is disturbed.
    noise: Vec<Noise>,
    now: Instant,
    channels: Vec<u64>,
    stores: Vec<i64>,
    /// By channel: amount times duration of the jobs that have not started.
    left: Vec<u128>,
    /// By job: how many it still has to wait for.
    before: Vec<usize>,
    /// By job: those that wait for its end.
    behind: Vec<Vec<usize>>,
    /// By channel, and by store: the jobs that wait for it.
    at_channel: Vec<Vec<usize>>,
    at_store: Vec<Vec<usize>>,
    events: BinaryHeap<Reverse<(Instant, Event)>>,
    starts: Vec<Option<Instant>>,
    /// By job: whether it lets all others go first, though it could start.
    held: Vec<bool>,
    /// How many of the others have not started.
    first: usize,
    /// The jobs that let others go first.
    waiting: Vec<usize>,
}

impl<'p> Pass<'p> {
    pub(super) fn new(problem: &'p Problem, seed: Seed) -> Self {
        let jobs = &problem.jobs;
        let mut behind = vec![Vec::new(); jobs.len()];
        let mut left = vec![0; problem.channels.len()];
        for (at, job) in jobs.iter().enumerate() {
            job.after.iter().for_each(|&before| behind[before].push(at));
            job.holds.iter().for_each(|part| left[part.of] += work(*part, job));
        }
        Self {
            problem,
            noise: (0..jobs.len()).map(|job| seed.noise(job)).collect(),
            now: 0,
            channels: problem.channels.clone(),
            stores: problem.stores.clone(),
            left,
            before: jobs.iter().map(|job| job.after.len()).collect(),
            behind,
            at_channel: vec![Vec::new(); problem.channels.len()],
            at_store: vec![Vec::new(); problem.stores.len()],
            events: BinaryHeap::new(),
            starts: vec![None; jobs.len()],
            held: vec![false; jobs.len()],
            first: jobs.len(),
            waiting: Vec::new(),
        }
    }

    /// These jobs let all others go first.
    pub(super) fn holding(mut self, jobs: &[usize]) -> Self {
        for &job in jobs {
            self.first -= usize::from(!std::mem::replace(&mut self.held[job], true));
        }
        self
    }

    /// Works off all that ever starts.
    pub(super) fn run(mut self) -> Timetable {
        let first: Vec<usize> = (0..self.problem.jobs.len()).filter(|&job| self.before[job] == 0).collect();
        self.try_all(first);
        while let Some(Reverse((instant, event))) = self.next() {
            self.now = instant;
            let mut woken = Vec::new();
            self.happen(event, &mut woken);
            while let Some(&Reverse((next, event))) = self.events.peek().filter(|next| next.0.0 == instant) {
                debug_assert_eq!(next, instant);
                self.events.pop();
                self.happen(event, &mut woken);
            }
            self.try_all(woken);
        }
        self.result()
    }

    /// What happens next. When nothing does, those start that let others go first.
    fn next(&mut self) -> Option<Reverse<(Instant, Event)>> {
        if self.events.is_empty() && self.first > 0 {
            self.release();
        }
        self.events.pop()
    }

    /// Lets none go first any more.
    fn release(&mut self) {
        self.first = 0;
        let waiting = std::mem::take(&mut self.waiting);
        self.try_all(waiting);
    }

    fn happen(&mut self, event: Event, woken: &mut Vec<usize>) {
        let problem = self.problem;
        let job = match event {
            Event::MayStart(job) => return woken.push(job),
            Event::Ends(job) => job,
        };
        for part in &problem.jobs[job].holds {
            self.channels[part.of] += part.amount;
            woken.append(&mut self.at_channel[part.of]);
        }
        for part in &problem.jobs[job].gives {
            self.stores[part.of] = self.stores[part.of].saturating_add_unsigned(part.amount);
            woken.append(&mut self.at_store[part.of]);
        }
        for behind in std::mem::take(&mut self.behind[job]) {
            self.before[behind] -= 1;
            if self.before[behind] == 0 {
                woken.push(behind);
            }
        }
    }

    /// Starts of these what can start now, the most urgent first; the others wait for what they lack.
    fn try_all(&mut self, jobs: Vec<usize>) {
        let mut queue: Vec<Key> = jobs.into_iter().map(|job| self.key(job)).collect();
        queue.sort_unstable();
        queue.dedup();
        for (.., job) in queue {
            match self.problem.jobs[job].earliest(self.now) {
                Some(start) if start > self.now => {
                    self.events.push(Reverse((start, Event::MayStart(job))));
                    continue;
                }
                Some(_) => {}
                // It never starts.
                None => continue,
            }
            if self.held[job] && self.first > 0 {
                self.waiting.push(job);
                continue;
            }
            match self.lacks(job) {
                None => self.start(job),
                Some((Resource::Channel(channel), _)) => self.at_channel[channel].push(job),
                Some((Resource::Store(store), _)) => self.at_store[store].push(job),
                Some((Resource::Window, _)) => {}
            }
        }
    }

    fn key(&self, job: usize) -> Key {
        let about = &self.problem.jobs[job];
        let of = |part: &Part| divided(self.left[part.of], self.problem.channels[part.of].max(1));
        let left = about.holds.iter().map(of).max().unwrap_or(0);
        self.noise[job].key(job, (about.latest(), left), about.lasts())
    }

    /// What the job lacks to start now, and how much of it.
    fn lacks(&self, job: usize) -> Option<(Resource, u64)> {
        let about = &self.problem.jobs[job];
        let store = about.takes.iter().find_map(|part| {
            let lacking = i128::from(part.amount) - i128::from(self.stores[part.of]);
            // What takes nothing may start even where more is used than there is.
            let lacks = part.amount > 0 && lacking > 0;
            lacks.then(|| (Resource::Store(part.of), u64::try_from(lacking).unwrap_or(u64::MAX)))
        });
        store.or_else(|| {
            about.holds.iter().find_map(|part| {
                let lacking =
                    part.amount.checked_sub(self.channels[part.of]).filter(|&lacking| lacking > 0)?;
                Some((Resource::Channel(part.of), lacking))
            })
        })
    }

    fn start(&mut self, job: usize) {
        let about = &self.problem.jobs[job];
        for part in &about.holds {
            self.channels[part.of] -= part.amount;
            self.left[part.of] -= work(*part, about);
        }
        for part in &about.takes {
            self.stores[part.of] = self.stores[part.of].saturating_sub_unsigned(part.amount);
        }
        self.starts[job] = Some(self.now);
        self.events.push(Reverse((self.now.saturating_add(about.lasts()), Event::Ends(job))));
        if !self.held[job] && self.first > 0 {
            self.first -= 1;
            if self.first == 0 {
                self.release();
            }
        }
    }

    fn result(self) -> Timetable {
        let jobs = &self.problem.jobs;
        let ends = || {
            (0..jobs.len()).filter_map(|job| Some((job, self.starts[job]?.saturating_add(jobs[job].lasts()))))
        };
        let stuck = |job: usize| {
            let over = jobs[job].earliest(self.now).is_none().then_some((Resource::Window, 0));
            let lacks = over.or_else(|| self.lacks(job)).filter(|_| self.before[job] == 0);
            Stuck { job, waits_for: lacks.map(|lacks| lacks.0), lacking: lacks.map_or(0, |lacks| lacks.1) }
        };
        Timetable {
            stuck: (0..jobs.len()).filter(|&job| self.starts[job].is_none()).map(stuck).collect(),
            end: ends().map(|(_, end)| end).max().unwrap_or(0),
            starts: self.starts,
        }
    }
}

/// What a job takes of a channel: amount times duration.
pub(super) fn work(part: Part, job: &Job) -> u128 {
    u128::from(part.amount) * u128::from(job.lasts())
}

/// Most sums fit into half as many bits, which are divided in a fraction of the time.
fn divided(sum: u128, by: u64) -> u128 {
    u64::try_from(sum).map_or_else(|_| sum / u128::from(by), |sum| u128::from(sum / by))
}
