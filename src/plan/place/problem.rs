//! What is asked: hosts, items, and what is wanted of where they are.

use fixedbitset::FixedBitSet;

/// Where each item is: a host, or nowhere.
pub type Positions = Vec<Option<usize>>;

/// What is asked. Everything is numbered from 0, in the order of its list.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// What hosts have and items use.
    pub resources: Vec<Resource>,
    /// The hosts.
    pub hosts: Vec<Host>,
    /// The items.
    pub items: Vec<Item>,
    /// Which classes of hosts an item may be on; items share a line.
    pub permits: Vec<FixedBitSet>,
    /// What it costs to have an item on a host of each class; items share a line.
    pub fares: Vec<Vec<u64>>,
    /// What items have to do with each other.
    pub groups: Vec<Group>,
    /// Loads that cost.
    pub limits: Vec<Limit>,
    /// Resources that are to be free together.
    pub balances: Vec<Balance>,
    /// Resources of which hosts are to be as full as others.
    pub evens: Vec<Even>,
    /// No more items than so many move that might stay.
    pub most_moves: Option<usize>,
}

/// Something that hosts have and items use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Whether an item that moves uses it on its old host as well: all moves may run at once.
    pub transient: bool,
}

/// A host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// Hosts of a class are permitted to the same items, at the same fares.
    pub class: usize,
    /// The rack, or whatever fails as one.
    pub location: usize,
    /// How much it has of each resource. What holds more at the start may stay as full, and gets
    /// no fuller.
    pub capacity: Vec<u64>,
}

/// An item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// How much it uses of each resource.
    pub uses: Vec<u64>,
    /// Where it is. On a host that is not permitted it is left out, and stays until it has another.
    pub home: Option<usize>,
    /// Its line of [`Problem::permits`].
    pub permit: usize,
    /// Hosts that are not permitted though their class is.
    pub bans: Vec<usize>,
    /// Its line of [`Problem::fares`].
    pub fare: usize,
    /// What it costs to have it elsewhere than at home.
    pub moving: u64,
    /// What leaving it out costs; weighed before all other costs.
    pub price: u64,
}

/// What items have to do with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The items.
    pub members: Vec<usize>,
    /// What holds for them.
    pub rule: Rule,
}

/// What holds for the items of a group. What is broken at the start may stay, and gets no worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// So many on one host at most.
    PerHost(u16),
    /// So many in one location at most.
    PerLocation(u16),
    /// In so many locations at least; in as many as there are items, where fewer are anywhere.
    Spread(u16),
    /// All on one host, or all left out.
    Together,
}

/// What is used above a limit costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Of which resource.
    pub resource: usize,
    /// What a unit costs.
    pub weight: u64,
    /// By host: where it begins.
    pub above: Vec<u64>,
}

/// Hosts are to be as full as others: each costs the square of how far it is from the mean, in ten-thousandths of what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Even {
    /// Of which resource.
    pub resource: usize,
    /// By host: what it has in all; nothing where the host does not count.
    pub all: Vec<u64>,
    /// By host: what is used of it by others than the items.
    pub used: Vec<u64>,
    /// How full hosts are on the average, in ten-thousandths.
    pub mean: u64,
    /// How many times it counts.
    pub weight: u64,
}

/// For each free unit of one resource there should be `ratio` free ones of another on the same
/// host; what lacks costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The one.
    pub of: usize,
    /// The other.
    pub needs: usize,
    /// How many.
    pub ratio: u64,
    /// What a unit that lacks costs.
    pub weight: u64,
}
