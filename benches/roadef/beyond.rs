//! What the challenge asks beyond the engine's problem: dependencies between services, and the service
//! that moves most.

use portolan::plan::place::{Extra, Share};

use super::instance::Instance;

/// What stays the same.
pub(crate) struct Services<'i> {
    instance: &'i Instance,
    depends_on: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
    neighborhoods: usize,
}

impl<'i> Services<'i> {
    pub(crate) fn new(instance: &'i Instance) -> Self {
        let mut depends_on: Vec<Vec<usize>> = Vec::new();
        let mut needed_by = vec![Vec::new(); instance.services.len()];
        for (number, service) in instance.services.iter().enumerate() {
            let mut others = service.depends_on.clone();
            others.sort_unstable();
            others.dedup();
            others.retain(|&other| other != number);
            for &other in &others {
                needed_by[other].push(number);
            }
            depends_on.push(others);
        }
        let last = instance.machines.iter().map(|machine| machine.neighborhood).max();
        Self { instance, depends_on, needed_by, neighborhoods: last.unwrap_or(0) + 1 }
    }

    fn neighborhood(&self, at: Option<usize>) -> Option<usize> {
        at.map(|machine| self.instance.machines[machine].neighborhood)
    }

    fn has_moved(&self, process: usize, at: Option<usize>) -> bool {
        at != Some(self.instance.initial[process])
    }
}

/// Which services are where, as one lane of the search sees them.
///
/// What a lane relies on must not be taken away by another. In a neighborhood of which it has all machines
/// nobody else moves. In another a service belongs to one lane; the others never leave it with none of
/// their own processes of the service, and rely on their own only.
#[derive(Clone)]
pub(crate) struct Beyond<'s> {
    services: &'s Services<'s>,
    /// By service and neighborhood: how many processes of this lane.
    mine: Vec<u32>,
    /// By service and neighborhood: how many of all others, at the beginning of the round.
    others: Vec<u32>,
    /// By service: how many processes have moved.
    moved: Vec<usize>,
    /// By number: how many services have moved so many processes.
    tally: Vec<usize>,
    most: usize,
    /// By neighborhood: whether all its machines are the lane's.
    whole: Vec<bool>,
    share: Share,
}

impl<'s> Beyond<'s> {
    pub(crate) fn new(services: &'s Services<'s>) -> Self {
        Self {
            services,
            mine: Vec::new(),
            others: Vec::new(),
            moved: Vec::new(),
            tally: Vec::new(),
            most: 0,
            whole: Vec::new(),
            share: Share::ALL,
        }
    }

    fn cell(&self, service: usize, neighborhood: usize) -> usize {
        service * self.services.neighborhoods + neighborhood
    }

    fn service(&self, process: usize) -> usize {
        self.services.instance.processes[process].service
    }

    /// Whether some process of the service stays in the neighborhood, whatever other lanes do.
    fn stays(&self, service: usize, neighborhood: usize) -> bool {
        let cell = self.cell(service, neighborhood);
        self.mine[cell] > 0 || (self.share.owns(service) && self.others[cell] > 0)
    }

    fn may_come(&self, service: usize, to: usize) -> bool {
        self.services.depends_on[service].iter().all(|&other| self.stays(other, to))
    }

    fn may_leave(&self, service: usize, from: usize) -> bool {
        let needed_by = &self.services.needed_by[service];
        let cell = self.cell(service, from);
        let last = self.mine[cell] == 1;
        if needed_by.is_empty() || !last {
            return true;
        }
        if !self.whole[from] && !self.share.owns(service) {
            return false;
        }
        let is_there = |other: usize| {
            let cell = self.cell(other, from);
            self.mine[cell] + self.others[cell] > 0
        };
        self.others[cell] > 0 || !needed_by.iter().any(|&other| is_there(other))
    }

    /// How many more moves the service that moves most has, after one more or one less of a service.
    fn rise(&self, process: usize, from: Option<usize>, to: Option<usize>) -> i64 {
        let moved = self.moved[self.service(process)];
        match (self.services.has_moved(process, from), self.services.has_moved(process, to)) {
            (false, true) => i64::from(moved == self.most),
            (true, false) => -i64::from(moved == self.most && self.tally[moved] == 1),
            _ => 0,
        }
    }

    fn count_move(&mut self, service: usize, more: bool) {
        let moved = self.moved[service];
        let now = if more { moved + 1 } else { moved - 1 };
        if self.tally.len() <= now {
            self.tally.resize(now + 1, 0);
        }
        self.tally[moved] -= 1;
        self.tally[now] += 1;
        self.moved[service] = now;
        self.most = self.most.max(now);
        while self.most > 0 && self.tally[self.most] == 0 {
            self.most -= 1;
        }
    }
}

impl Extra for Beyond<'_> {
    fn cost(&self, at: &[Option<usize>]) -> Option<i64> {
        let mut all = self.clone();
        all.focus(at, &vec![true; self.services.instance.machines.len()], Share::ALL);
        let services = all.services;
        for service in 0..services.depends_on.len() {
            let there = (0..services.neighborhoods).filter(|&place| all.mine[all.cell(service, place)] > 0);
            if !there.into_iter().all(|place| all.may_come(service, place)) {
                return None;
            }
        }
        let weight = i64::try_from(services.instance.service_move).ok()?;
        Some(weight * i64::try_from(all.most).ok()?)
    }

    fn focus(&mut self, at: &[Option<usize>], mine: &[bool], share: Share) {
        let services = self.services.depends_on.len();
        self.mine = vec![0; services * self.services.neighborhoods];
        self.others = self.mine.clone();
        self.moved = vec![0; services];
        self.share = share;
        self.whole = vec![true; self.services.neighborhoods];
        for (machine, &mine) in self.services.instance.machines.iter().zip(mine) {
            self.whole[machine.neighborhood] &= mine;
        }
        for (process, &at) in at.iter().enumerate() {
            let service = self.service(process);
            if let (Some(place), Some(at)) = (self.services.neighborhood(at), at) {
                let cell = self.cell(service, place);
                if mine[at] { self.mine[cell] += 1 } else { self.others[cell] += 1 }
            }
            self.moved[service] += usize::from(self.services.has_moved(process, at));
        }
        self.most = self.moved.iter().copied().max().unwrap_or(0);
        self.tally = vec![0; self.most + 1];
        for &moved in &self.moved {
            self.tally[moved] += 1;
        }
    }

    fn bond(&self, machine: usize) -> usize {
        self.services.instance.machines[machine].neighborhood
    }

    fn change(&self, process: usize, from: Option<usize>, to: Option<usize>) -> Option<i64> {
        let service = self.service(process);
        let (old, new) = (self.services.neighborhood(from), self.services.neighborhood(to));
        if old != new {
            let comes = new.is_none_or(|new| self.may_come(service, new));
            let leaves = old.is_none_or(|old| self.may_leave(service, old));
            if !comes || !leaves {
                return None;
            }
        }
        Some(self.rise(process, from, to) * i64::try_from(self.services.instance.service_move).ok()?)
    }

    fn apply(&mut self, process: usize, from: Option<usize>, to: Option<usize>) {
        let service = self.service(process);
        let (old, new) = (self.services.neighborhood(from), self.services.neighborhood(to));
        if let Some(old) = old {
            let cell = self.cell(service, old);
            self.mine[cell] -= 1;
        }
        if let Some(new) = new {
            let cell = self.cell(service, new);
            self.mine[cell] += 1;
        }
        match (self.services.has_moved(process, from), self.services.has_moved(process, to)) {
            (false, true) => self.count_move(service, true),
            (true, false) => self.count_move(service, false),
            _ => {}
        }
    }

    fn relief(&self) -> i64 {
        i64::try_from(self.services.instance.service_move).unwrap_or(0)
    }
}
