//! A cluster: everything an inventory says.

use std::collections::BTreeMap;

use super::{Guest, Host, Intent, Memory, RulePolicy};
use crate::text::{Position, Sources};

/// The hosts and guests of one inventory, with the documents that tell of them.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// All documents that were read.
    pub sources: Sources,
    /// Its hosts, by name.
    pub hosts: Vec<Host>,
    /// Its guests, by name and then by host.
    pub guests: Vec<Guest>,
    /// What no command prints.
    pub settings: Settings,
    /// How its findings are judged.
    pub policy: RulePolicy,
    /// What could not be read, by path.
    pub problems: Vec<Problem>,
}

impl Cluster {
    /// The host called `name`.
    pub fn host(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == name)
    }

    /// The first guest called `name`.
    pub fn guest(&self, name: &str) -> Option<&Guest> {
        self.guests.iter().find(|guest| guest.name == name)
    }
}

/// `cluster.toml`: what no command prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The network that migrations use, in Mbit/s.
    pub migration_mbit: Option<u64>,
    /// Folders that are the same on every host, though no pool says so.
    pub shared_folders: Vec<String>,
    /// Bridges that every host has, though libvirt does not manage them.
    pub bridges: Vec<String>,
    /// How many moves may run at the same time on one host.
    pub moves_per_host: usize,
    /// Memory that stays free on every host.
    pub memory_reserve: Memory,
    /// vCPUs for each processor, in hundredths: 400 is 4.0.
    pub cpu_overcommit_percent: u64,
    /// Guest to the disk image that is built for aarch64.
    pub images: BTreeMap<String, String>,
    /// What the operator wants.
    pub intents: Vec<Intent>,
    /// Guests that belong together or apart.
    pub groups: Vec<Group>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            migration_mbit: None,
            shared_folders: Vec::new(),
            bridges: Vec::new(),
            moves_per_host: 2,
            memory_reserve: Memory::gib(2),
            cpu_overcommit_percent: 400,
            images: BTreeMap::new(),
            intents: Vec::new(),
            groups: Vec::new(),
        }
    }
}

/// Guests with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its guests.
    pub guests: Vec<String>,
    /// What holds for them.
    pub policy: GroupPolicy,
}

/// What holds for the guests of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupPolicy {
    /// No two on one host.
    Apart,
    /// All on one host.
    Together,
}

/// A document that could not be read, or not in full. The rest of the work goes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The document, inside the inventory.
    pub path: String,
    /// Where in it, if that is known.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}
