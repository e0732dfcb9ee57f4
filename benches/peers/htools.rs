//! Clusters in the text form of Ganeti's htools, and what its `hbal` says of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use portolan::model::{Memory, Settings};

use super::world::World;

/// A cluster in text: sections of lines of fields.
pub(super) struct Data {
    sections: Vec<Vec<Vec<String>>>,
}

impl Data {
    pub(super) fn read(text: &str) -> Self {
        let fields = |line: &str| line.split('|').map(str::to_owned).collect();
        let section = |text: &str| text.lines().map(fields).collect();
        Self { sections: text.split("\n\n").map(section).collect() }
    }

    pub(super) fn text(&self) -> String {
        let section =
            |lines: &Vec<Vec<String>>| lines.iter().map(|line| line.join("|")).collect::<Vec<_>>().join("\n");
        self.sections.iter().map(section).collect::<Vec<_>>().join("\n\n") + "\n"
    }

    /// The same as a cluster.
    pub(super) fn world(&self) -> World {
        let settings = Settings {
            memory_reserve: Memory::gib(0),
            cpu_overcommit_percent: 800,
            migration_mbit: Some(10_000),
            ..Settings::default()
        };
        let mut world = World::new(settings);
        for node in &self.sections[1] {
            let memory = number(&node[1]) - number(&node[2]);
            world.host(&node[0], Memory::mib(memory), u32::try_from(number(&node[6])).expect("processors"));
        }
        for one in &self.sections[2] {
            let vcpus = u32::try_from(number(&one[3])).expect("vCPUs");
            world.guest(&one[0], Some(&one[6]), Memory::mib(number(&one[1])), vcpus);
        }
        world
    }

    /// With instances elsewhere.
    pub(super) fn moved(&self, to: &BTreeMap<String, String>) -> Self {
        let mut sections = self.sections.clone();
        let mut free: BTreeMap<String, u64> =
            sections[1].iter().map(|node| (node[0].clone(), number(&node[1]) - number(&node[2]))).collect();
        for one in &mut sections[2] {
            if let Some(node) = to.get(&one[0]) {
                one[6].clone_from(node);
            }
            let free = free.get_mut(&one[6]).expect("a node");
            *free = free.saturating_sub(number(&one[1]));
        }
        for node in &mut sections[1] {
            node[3] = free[&node[0]].to_string();
        }
        Self { sections }
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

/// What `hbal` makes of a cluster within so many seconds: the score at first, that in the end if it got so far, and the moves.
pub(super) struct Balanced {
    pub(super) first: f64,
    pub(super) last: Option<f64>,
    pub(super) moves: usize,
}

pub(super) fn hbal(file: &Path, options: &[&str], seconds: u64) -> Option<Balanced> {
    let limit = seconds.to_string();
    let out =
        Command::new("timeout").args([limit.as_str(), "hbal", "-t"]).arg(file).args(options).output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let after = |what: &str| text.split(what).nth(1)?.split_whitespace().next()?.parse().ok();
    let first = after("Initial score: ").or_else(|| after("all metrics are zero").map(|_: f64| 0.0));
    let improved = text.split("Cluster score improved from ").nth(1);
    let last = improved.and_then(|text| text.split_whitespace().nth(2)?.parse().ok());
    let moves = text.lines().filter(|line| line.contains(" => ")).count();
    Some(Balanced { first: first?, last, moves })
}

/// What `hroller` plans for the reboot of all nodes: its groups, and its moves, of which each is made and undone.
pub(super) struct Rolled {
    pub(super) groups: usize,
    pub(super) moves: usize,
}

pub(super) fn hroller(file: &Path) -> Option<Rolled> {
    let options = ["--full-evacuation", "--print-moves", "--no-headers"];
    let out = Command::new("hroller").arg("-t").arg(file).args(options).output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let (moves, groups): (Vec<&str>, Vec<&str>) =
        text.lines().filter(|line| !line.is_empty()).partition(|line| line.starts_with(' '));
    Some(Rolled { groups: groups.len(), moves: 2 * moves.len() })
}
