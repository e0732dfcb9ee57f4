//! Problems of `BtrPlace`'s evaluation (Hermenier et al., TDSC 2013): 5,000 servers, of which some are overloaded (`li`) or have
//! failed (`nr`), with groups to be spread and groups to be in one part of the cluster.
//!
//! A group to be in one part is fenced to the part that most of it is in; whoever plans by parts does the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use portolan::model::{Group, GroupPolicy, Intent, Memory, Settings};
use serde_json::Value;

use super::world::World;

/// What one unit of memory is.
const UNIT: Memory = Memory::gib(1);

/// A problem: the cluster, and what is wanted.
pub(super) fn read(path: &Path) -> (World, Vec<Intent>) {
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("a file");
    GzDecoder::new(file).read_to_string(&mut text).expect("text");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let settings = Settings {
        memory_reserve: Memory::gib(0),
        cpu_overcommit_percent: 100,
        migration_mbit: Some(10_000),
        ..Settings::default()
    };
    let problem = Problem { mapping: &all["model"]["mapping"], views: &all["model"]["views"], all: &all };
    let mut world = World::new(settings);
    problem.hosts(&mut world);
    let guests = problem.guests(&mut world);
    problem.groups(&mut world, &guests);
    let hosts = world.cluster.hosts.iter().map(|host| host.name.clone()).collect();
    let failed = !numbers(&problem.mapping["readyVMs"]).is_empty();
    let intent = if failed { Intent::Adopt(hosts) } else { Intent::Relieve(hosts) };
    (world, vec![intent])
}

struct Problem<'v> {
    mapping: &'v Value,
    views: &'v Value,
    all: &'v Value,
}

impl Problem<'_> {
    fn constraints(&self, id: &'static str) -> impl Iterator<Item = &Value> {
        self.all["constraints"].as_array().expect("a list").iter().filter(move |one| one["id"] == id)
    }

    /// How much of a resource a node has, or a VM takes.
    fn amount(&self, resource: &str, of: &str, number: u64) -> u64 {
        let views = self.views.as_array().expect("a list");
        let view = views.iter().find(|view| view["rcId"] == resource).expect("a resource");
        let default = if of == "vms" { &view["defConsumption"] } else { &view["defCapacity"] };
        view[of][number.to_string()].as_u64().or(default.as_u64()).unwrap_or(0)
    }

    fn hosts(&self, world: &mut World) {
        let off: BTreeSet<u64> = self.constraints("offline").filter_map(|one| one["node"].as_u64()).collect();
        let nodes = self.mapping["onlineNodes"].as_object().expect("nodes");
        let nodes: BTreeSet<u64> = nodes.keys().filter_map(|node| node.parse().ok()).collect();
        for node in nodes.difference(&off) {
            let memory = Memory::kib(self.amount("mem", "nodes", *node) * UNIT.as_kib());
            let processors = u32::try_from(self.amount("uCpu", "nodes", *node)).expect("a number");
            world.host(&format!("N{node:05}"), memory, processors);
        }
    }

    /// The guests by their numbers.
    fn guests(&self, world: &mut World) -> BTreeMap<u64, usize> {
        let kept = self.constraints("preserve").filter(|one| one["rc"] == "uCpu");
        let asked: BTreeMap<u64, u64> =
            kept.filter_map(|one| Some((one["vm"].as_u64()?, one["amount"].as_u64()?))).collect();
        let mut placed: BTreeMap<u64, Option<String>> = BTreeMap::new();
        for (node, held) in self.mapping["onlineNodes"].as_object().expect("nodes") {
            let name = format!("N{:05}", node.parse::<u64>().expect("a number"));
            placed.extend(numbers(&held["runningVMs"]).into_iter().map(|vm| (vm, Some(name.clone()))));
        }
        placed.extend(numbers(&self.mapping["readyVMs"]).into_iter().map(|vm| (vm, None)));
        let mut guests = BTreeMap::new();
        for (vm, host) in placed {
            let memory = Memory::kib(self.amount("mem", "vms", vm) * UNIT.as_kib());
            let cpu = self.amount("uCpu", "vms", vm).max(asked.get(&vm).copied().unwrap_or(0));
            let cpu = u32::try_from(cpu).expect("a number");
            guests.insert(vm, world.guest(&format!("v{vm:05}"), host.as_deref(), memory, cpu));
        }
        guests
    }

    fn groups(&self, world: &mut World, guests: &BTreeMap<u64, usize>) {
        for (at, one) in self.constraints("spread").enumerate() {
            let names = numbers(&one["vms"]).into_iter().map(|vm| format!("v{vm:05}")).collect();
            let (name, policy) = (format!("spread {at}"), GroupPolicy::APART);
            world.cluster.settings.groups.push(Group { name, guests: names, policy });
        }
        let by_name: BTreeMap<String, usize> =
            world.cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.clone(), at)).collect();
        for one in self.constraints("among") {
            for (part, nodes) in one["parts"].as_array().expect("parts").iter().enumerate() {
                let hosts = numbers(nodes).into_iter().filter_map(|node| by_name.get(&format!("N{node:05}")));
                hosts.for_each(|&host| world.parts[host] = part);
            }
            let members: Vec<usize> = numbers(&one["vms"]).iter().map(|vm| guests[vm]).collect();
            let mut count: BTreeMap<usize, usize> = BTreeMap::new();
            for host in members.iter().filter_map(|&guest| world.cluster.guests[guest].host.as_ref()) {
                *count.entry(world.parts[by_name[host]]).or_default() += 1;
            }
            let most = count.iter().max_by_key(|(part, count)| (**count, std::cmp::Reverse(**part)));
            let part = most.map_or(members[0] % 20, |(part, _)| *part);
            for guest in members {
                world.fences[guest] = Some(part);
            }
        }
    }
}

fn numbers(of: &Value) -> Vec<u64> {
    of.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}
