//! A cluster: everything an inventory says.

use std::collections::BTreeMap;

use super::{Evenness, Guest, GuestState, Host, Intent, Known, Memory, Resident, RulePolicy};
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

    /// Tells each host of the guests on it, by what is known of them.
    pub fn lodge(&mut self) {
        let mut by_host: BTreeMap<&str, Vec<Resident>> = BTreeMap::new();
        for guest in &self.guests {
            if let Some(host) = guest.host.as_deref() {
                by_host.entry(host).or_default().push(Resident::of(guest));
            }
        }
        for host in &mut self.hosts {
            host.residents = by_host.remove(host.name.as_str()).unwrap_or_default();
        }
    }

    /// Whether a guest is known to be shut off: its host was collected with it, there is no XML of it running, and no document
    /// says that it runs or leaves it open.
    pub fn is_off(&self, guest: &Guest) -> bool {
        let Some(host) = guest.host.as_deref().and_then(|name| self.host(name)) else { return false };
        let rests = |state: &GuestState| state.word.is_active() == Some(false);
        let listed = host
            .states
            .value()
            .is_none_or(|all| all.iter().any(|one| one.value.name == guest.name && rests(&one.value.state)));
        !guest.running && listed && guest.moment.state.as_ref().is_none_or(|state| rests(&state.value))
    }
}

/// `cluster.toml`: what no command prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The network that migrations use, in Mbit/s.
    pub migration_mbit: Option<u64>,
    /// What one live move has of that network, in Mbit/s; else an equal part for each that may run at the same time.
    pub move_mbit: Option<u64>,
    /// Folders that are the same on every host, though no pool says so.
    pub shared_folders: Vec<String>,
    /// Bridges that every host has, though libvirt does not manage them.
    pub bridges: Vec<String>,
    /// How many moves may run at the same time on one host.
    pub moves_per_host: usize,
    /// How many of them may leave it; as many as it may have where that is not said.
    pub moves_out_per_host: Option<usize>,
    /// How many of them may come to it; as many as it may have where that is not said.
    pub moves_in_per_host: Option<usize>,
    /// How many moves may leave or come to hosts of one rack at the same time; any number where that is not said.
    pub moves_per_rack: Option<usize>,
    /// How many moves may run at the same time in the cluster; any number where that is not said.
    pub moves_at_once: Option<usize>,
    /// The hosts that others are like after their upgrade, where they have the same processor.
    pub upgrade_like: Vec<String>,
    /// How many hosts may be down at the same time for their upgrade; any number where that is not said.
    pub hosts_down_at_once: Option<usize>,
    /// Memory that stays free on every host.
    pub memory_reserve: Memory,
    /// vCPUs for each processor, in hundredths: 400 is 4.0.
    pub cpu_overcommit_percent: u64,
    /// When hosts are as full as one another.
    pub evenness: Evenness,
    /// Guest to the disk image that is built for aarch64.
    pub images: BTreeMap<String, String>,
    /// What things of other hosts are called, on every host.
    pub names: NameMap,
    /// The same on one host, by its name, which stands at that place.
    pub host_names: BTreeMap<String, Known<NameMap>>,
    /// What the operator wants.
    pub intents: Vec<Intent>,
    /// By host: the rack that it is in, and where that stands. A host in none is a rack of its own.
    pub racks: BTreeMap<String, Known<String>>,
    /// Guests that belong together or apart.
    pub groups: Vec<Group>,
    /// When moves may be made; at any time where none is about them.
    pub windows: Vec<Window>,
    /// Guests that move one after the other, as far as they move.
    pub order: Vec<Vec<String>>,
    /// How many hosts may fail at every instant of a plan with room left for all guests.
    pub headroom_hosts: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            migration_mbit: None,
            move_mbit: None,
            shared_folders: Vec::new(),
            bridges: Vec::new(),
            moves_per_host: 2,
            moves_out_per_host: None,
            moves_in_per_host: None,
            moves_per_rack: None,
            moves_at_once: None,
            upgrade_like: Vec::new(),
            hosts_down_at_once: None,
            memory_reserve: Memory::gib(2),
            cpu_overcommit_percent: 400,
            evenness: Evenness::USUAL,
            images: BTreeMap::new(),
            names: NameMap::default(),
            host_names: BTreeMap::new(),
            intents: Vec::new(),
            racks: BTreeMap::new(),
            groups: Vec::new(),
            windows: Vec::new(),
            order: Vec::new(),
            headroom_hosts: 0,
        }
    }
}

/// What things that definitions name are called on another host: the old name to the new one, with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameMap {
    /// Networks, bridges and network cards.
    pub networks: BTreeMap<String, Known<String>>,
    /// Storage pools.
    pub pools: BTreeMap<String, Known<String>>,
    /// Folders, with all that is below them.
    pub folders: BTreeMap<String, Known<String>>,
}

impl NameMap {
    /// These names; of the kinds of things that `own` says something of, its names alone.
    #[must_use]
    pub fn with(&self, own: &Self) -> Self {
        let either = |own: &BTreeMap<_, _>, all: &BTreeMap<_, _>| {
            if own.is_empty() { all.clone() } else { own.clone() }
        };
        Self {
            networks: either(&own.networks, &self.networks),
            pools: either(&own.pools, &self.pools),
            folders: either(&own.folders, &self.folders),
        }
    }

    /// What the path is called: that of its folder which is listed furthest down, with the rest behind it.
    pub fn path(&self, path: &str) -> Option<String> {
        let below = |(old, new): (&String, &Known<String>)| {
            let rest = path.strip_prefix(old.trim_end_matches('/'))?;
            let inside = rest.is_empty() || rest.starts_with('/');
            inside.then(|| (old.len(), format!("{}{rest}", new.value.trim_end_matches('/'))))
        };
        self.folders.iter().filter_map(below).max().map(|(_, path)| path)
    }
}

/// A time in which moves may be made that have to do with certain hosts or guests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The hosts that guests may leave and come to within it.
    pub hosts: Vec<String>,
    /// The guests that may move within it; where it names neither, it is about all moves.
    pub guests: Vec<String>,
    /// When it begins, in milliseconds since the plan began.
    pub from_ms: u64,
    /// When it ends; never where that is not said.
    pub until_ms: Option<u64>,
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
    /// Only so many in one place.
    Apart(Apart),
    /// All on one host.
    Together,
}

impl GroupPolicy {
    /// No two on one host.
    pub const APART: Self = Self::Apart(Apart { per: Area::Host, at_most: 1 });
}

/// How far guests of a group are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apart {
    /// What counts as one place.
    pub per: Area,
    /// How many of them may be in one.
    pub at_most: usize,
}

/// A place, as groups see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// A host.
    Host,
    /// All hosts of a rack.
    Rack,
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
