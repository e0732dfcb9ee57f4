//! An instance of the challenge, read as section 2 of its problem definition says.

use std::str::FromStr;

/// A resource.
pub(crate) struct Resource {
    pub(crate) transient: bool,
    pub(crate) weight: u64,
}

/// A machine.
pub(crate) struct Machine {
    pub(crate) neighborhood: usize,
    pub(crate) location: usize,
    pub(crate) capacity: Vec<u64>,
    pub(crate) safety: Vec<u64>,
    pub(crate) move_cost: Vec<u64>,
}

/// A service.
pub(crate) struct Service {
    pub(crate) spread: usize,
    pub(crate) depends_on: Vec<usize>,
}

/// A process.
pub(crate) struct Process {
    pub(crate) service: usize,
    pub(crate) requires: Vec<u64>,
    pub(crate) move_cost: u64,
}

/// A balance objective.
pub(crate) struct Balance {
    pub(crate) first: usize,
    pub(crate) second: usize,
    pub(crate) target: u64,
    pub(crate) weight: u64,
}

/// All of it.
pub(crate) struct Instance {
    pub(crate) resources: Vec<Resource>,
    pub(crate) machines: Vec<Machine>,
    pub(crate) services: Vec<Service>,
    pub(crate) processes: Vec<Process>,
    pub(crate) balances: Vec<Balance>,
    pub(crate) process_move: u64,
    pub(crate) service_move: u64,
    pub(crate) machine_move: u64,
    /// By process: its machine.
    pub(crate) initial: Vec<usize>,
}

/// The numbers of a file, one after the other.
struct Numbers<'t>(std::str::SplitAsciiWhitespace<'t>);

impl Numbers<'_> {
    fn next<T: FromStr>(&mut self) -> T {
        let word = self.0.next().expect("the file has too few numbers");
        word.parse().unwrap_or_else(|_| panic!("not a number of this kind: {word}"))
    }

    fn many<T: FromStr>(&mut self, number: usize) -> Vec<T> {
        (0..number).map(|_| self.next()).collect()
    }

    fn each<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let number: usize = self.next();
        (0..number).map(|_| one(self)).collect()
    }
}

impl Instance {
    /// Reads a model and an assignment.
    pub(crate) fn read(model: &str, assignment: &str) -> Self {
        let mut model = Numbers(model.split_ascii_whitespace());
        let resources =
            model.each(|from| Resource { transient: from.next::<u8>() == 1, weight: from.next() });
        let width = resources.len();
        let number: usize = model.next();
        let machines = (0..number).map(|_| machine(&mut model, width, number)).collect();
        let services =
            model.each(|from| Service { spread: from.next(), depends_on: from.each(Numbers::next) });
        let processes = model.each(|from| Process {
            service: from.next(),
            requires: from.many(width),
            move_cost: from.next(),
        });
        let balances = model.each(|from| Balance {
            first: from.next(),
            second: from.next(),
            target: from.next(),
            weight: from.next(),
        });
        let initial = Numbers(assignment.split_ascii_whitespace()).many(processes.len());
        Self {
            resources,
            machines,
            services,
            processes,
            balances,
            process_move: model.next(),
            service_move: model.next(),
            machine_move: model.next(),
            initial,
        }
    }

    /// What the loads and balances cost at least, wherever the processes are.
    pub(crate) fn lower_bound(&self) -> u64 {
        let used =
            |resource: usize| self.processes.iter().map(|process| process.requires[resource]).sum::<u64>();
        let free = |resource: usize| {
            self.machines.iter().map(|machine| machine.capacity[resource]).sum::<u64>() - used(resource)
        };
        let safe =
            |resource: usize| self.machines.iter().map(|machine| machine.safety[resource]).sum::<u64>();
        let loads = self.resources.iter().enumerate();
        let loads = loads.map(|(at, resource)| resource.weight * used(at).saturating_sub(safe(at)));
        let balances = self.balances.iter();
        let balances =
            balances.map(|one| one.weight * (one.target * free(one.first)).saturating_sub(free(one.second)));
        loads.chain(balances).sum()
    }
}

fn machine(from: &mut Numbers<'_>, width: usize, machines: usize) -> Machine {
    Machine {
        neighborhood: from.next(),
        location: from.next(),
        capacity: from.many(width),
        safety: from.many(width),
        move_cost: from.many(machines),
    }
}
