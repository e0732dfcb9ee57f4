//! The plans as they lie on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use portolan::model::Memory;
use portolan::plan::estimate::Rate;
use portolan::plan::timetable::{Job, Part, Problem};
use serde_json::Value;

use crate::common;

/// So many megabytes of 10^6 bytes, in which the plans tell memory.
pub(super) const MEGABYTE: fn(u64) -> Memory = |megabytes| Memory::kib(megabytes * 1_000_000 / 1024);

/// One migration of a plan.
#[derive(Clone, Copy)]
pub(super) struct Migration {
    guest: u64,
    from: usize,
    to: usize,
    megabits: u64,
    start: u64,
    end: u64,
    pub(super) memory: Memory,
    pub(super) rate: Rate,
}

/// One plan.
pub(super) struct Instance {
    pub(super) name: String,
    migrations: Vec<Migration>,
    /// By host: what it has of memory and processors.
    hosts: Vec<[i64; 2]>,
    /// By guest: what it takes of them, and the host it is on.
    guests: BTreeMap<u64, ([u64; 2], usize)>,
}

fn folder() -> PathBuf {
    common::benchmarks().join("mvm")
}

/// All 25, in their order.
pub(super) fn all() -> Vec<Instance> {
    (1..=25).map(|number| read(&format!("random.{number}"))).collect()
}

fn read(name: &str) -> Instance {
    let text = fs::read_to_string(folder().join("input").join(format!("{name}.json"))).expect("a plan");
    let plan: Value = serde_json::from_str(&text).expect("JSON");
    let number = |value: &Value| value.as_u64().expect("a number");
    let origin = &plan["origin"];
    let view = |id: &str| {
        let views = origin["views"].as_array().expect("views");
        views.iter().find(|view| view["rcId"] == id).expect("a view").clone()
    };
    let views = [view("mem"), view("cpu")];
    let on = origin["mapping"]["onlineNodes"].as_object().expect("hosts");
    let hosts = (0..on.len())
        .map(|host| views.each_ref().map(|v| number(&v["nodes"][host.to_string()]).cast_signed()));
    let mut guests = BTreeMap::new();
    for (host, there) in on {
        for guest in there["runningVMs"].as_array().expect("guests").iter().map(number) {
            let takes = views.each_ref().map(|view| number(&view["vms"][guest.to_string()]));
            guests.insert(guest, (takes, host.parse().expect("a number")));
        }
    }
    let migration = |action: &Value| {
        let of = |key: &str| number(&action[key]);
        let host = |key: &str| usize::try_from(of(key)).expect("a host");
        let about = &origin["attributes"]["vms"][of("vm").to_string()];
        Migration {
            guest: of("vm"),
            from: host("from"),
            to: host("to"),
            megabits: of("bw"),
            start: of("start") * 1_000,
            end: of("end") * 1_000,
            memory: MEGABYTE(number(&about["memUsed"])),
            rate: Rate::mbit(of("bw")),
        }
    };
    let migrations = plan["actions"].as_array().expect("moves").iter().map(migration).collect();
    Instance { name: name.to_owned(), migrations, hosts: hosts.collect(), guests }
}

impl Instance {
    /// When the plan ends as it was published, in milliseconds.
    pub(super) fn end(&self) -> u64 {
        self.migrations.iter().map(|one| one.end).max().unwrap_or(0)
    }

    /// The same migrations, as long and as fast as published: links are used both ways at once, and a guest is on both hosts
    /// while it moves.
    pub(super) fn problem(&self) -> Problem {
        let count = self.hosts.len();
        let link = |host: usize| {
            let there = self.migrations.iter().filter(|one| one.from == host || one.to == host);
            there.map(|one| one.megabits).max().unwrap_or(0)
        };
        let mut stores: Vec<i64> = self.hosts.concat();
        for (takes, host) in self.guests.values() {
            for (at, amount) in takes.iter().enumerate() {
                stores[host * 2 + at] -= amount.cast_signed();
            }
        }
        let job = |one: &Migration| {
            let takes = self.guests[&one.guest].0;
            let of = |host: usize| [0, 1].map(|at| Part { of: host * 2 + at, amount: takes[at] }).to_vec();
            let part = |of| Part { of, amount: one.megabits };
            Job {
                duration: one.end - one.start,
                holds: vec![part(one.from), part(count + one.to)],
                takes: of(one.to),
                gives: of(one.from),
                ..Job::default()
            }
        };
        let links: Vec<u64> = (0..count).map(link).collect();
        Problem { channels: links.repeat(2), stores, jobs: self.migrations.iter().map(job).collect() }
    }

    /// Each migration that was measured, with the milliseconds that it took.
    pub(super) fn measured(&self) -> Vec<(Migration, u64)> {
        let number = self.name.trim_start_matches("random.");
        let run = |run: u32| {
            let path = folder().join(format!("executions/{run}/micro_random.{number}.csv"));
            let text = fs::read_to_string(path).expect("an execution");
            text.lines().filter_map(|line| self.one(line)).collect::<Vec<_>>()
        };
        (1..=4).flat_map(run).collect()
    }

    /// `{action=migrate(vm=vm#7, from=…, to=…, bw=1000)};START;END;RUN`, in seconds.
    fn one(&self, line: &str) -> Option<(Migration, u64)> {
        let (_, guest) = line.split_once("vm=vm#")?;
        let guest: u64 = guest.split(',').next()?.parse().ok()?;
        let times: Vec<u64> = line.split(';').skip(1).filter_map(|time| time.parse().ok()).collect();
        let migration = self.migrations.iter().find(|one| one.guest == guest)?;
        Some((*migration, (times.get(1)? - times.first()?) * 1_000))
    }
}
