//! The earliest end there is, by trying every order.
//!
//! Jobs are put in the order of their starts, each as early as those before it allow. The jobs of a best timetable, put so in the
//! order of their starts, end no later than in it: so a best one is among those that are tried.

use portolan::plan::timetable::{Part, Problem};

/// The earliest end, known to be at most `known` and at least `least`.
pub(super) fn earliest_end(problem: &Problem, known: u64, least: u64) -> u64 {
    let mut search = Search { problem, placed: vec![None; problem.jobs.len()], best: known, least };
    search.go(0);
    search.best
}

struct Search<'p> {
    problem: &'p Problem,
    placed: Vec<Option<(u64, u64)>>,
    best: u64,
    least: u64,
}

impl Search<'_> {
    /// Puts one more job, none earlier than `last`.
    fn go(&mut self, last: u64) {
        if self.placed.iter().all(Option::is_some) {
            let end = self.placed.iter().flatten().map(|span| span.1).max().unwrap_or(0);
            self.best = self.best.min(end);
            return;
        }
        let open = (0..self.placed.len()).filter(|&job| self.placed[job].is_none());
        let mut next: Vec<(u64, usize)> =
            open.filter_map(|job| Some((self.earliest(job, last)?, job))).collect();
        next.sort_unstable();
        for (start, job) in next {
            if self.best == self.least || !self.may_end_earlier(start) {
                return;
            }
            self.placed[job] = Some((start, start + self.problem.jobs[job].lasts()));
            self.go(start);
            self.placed[job] = None;
        }
    }

    /// Whether all can end before the best, where none starts before `from` any more: on no channel is too much left to do.
    fn may_end_earlier(&self, from: u64) -> bool {
        let left = |channel: usize| {
            let amount =
                |holds: &[Part]| holds.iter().filter(|p| p.of == channel).map(|p| p.amount).sum::<u64>();
            let jobs = self.problem.jobs.iter().zip(&self.placed);
            let of = jobs.map(|(job, placed)| {
                let time = placed.map_or(job.lasts(), |span| span.1.saturating_sub(from));
                time * amount(&job.holds)
            });
            of.sum::<u64>().div_ceil(self.problem.channels[channel].max(1))
        };
        (0..self.problem.channels.len()).all(|channel| from + left(channel) < self.best)
    }

    fn earliest(&self, job: usize, last: u64) -> Option<u64> {
        let ends = self.placed.iter().flatten().map(|span| span.1).filter(|&end| end > last);
        let mut instants: Vec<u64> = ends.collect();
        instants.sort_unstable();
        [last].into_iter().chain(instants).find(|&at| self.fits(job, at))
    }

    /// Whether the job can start at an instant at which all others that are placed have started: what is free grows from then on.
    fn fits(&self, job: usize, at: u64) -> bool {
        let about = &self.problem.jobs[job];
        let others =
            || self.problem.jobs.iter().zip(&self.placed).filter_map(|(job, span)| Some((job, (*span)?)));
        let sum =
            |parts: &[Part], of: usize| parts.iter().filter(|p| p.of == of).map(|p| p.amount).sum::<u64>();
        let channels = about.holds.iter().all(|part| {
            let running = others().filter(|(_, span)| span.1 > at);
            running.map(|(job, _)| sum(&job.holds, part.of)).sum::<u64>() + part.amount
                <= self.problem.channels[part.of]
        });
        let stores = about.takes.iter().all(|part| {
            let taken: u64 = others().map(|(job, _)| sum(&job.takes, part.of)).sum();
            let ended = others().filter(|(_, span)| span.1 <= at);
            let given: u64 = ended.map(|(job, _)| sum(&job.gives, part.of)).sum();
            taken + part.amount <= given + self.problem.stores[part.of].unsigned_abs()
        });
        channels && stores
    }
}
