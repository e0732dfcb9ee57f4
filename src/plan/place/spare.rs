//! How many more of a group each host can take.

use std::collections::BTreeMap;

use super::crowds::Crowds;

/// Not a column.
pub(super) const NONE: usize = usize::MAX;

/// How many numbers a table may have: more groups and hosts have few that are not as at first.
const TABLE: usize = 1 << 24;

/// By group and host of a block, group after group: how many more of the group the host can take.
pub(super) enum Spare {
    /// All.
    Table(Vec<i32>),
    /// Those that are not as they are on an empty host.
    Few {
        /// By group: how many an empty host can take.
        empty: Vec<i32>,
        /// How many hosts there are.
        hosts: usize,
        /// The others.
        others: BTreeMap<usize, i32>,
    },
}

impl Spare {
    /// That of empty hosts; `column` is the place of each in the block.
    pub(super) fn new(crowds: &Crowds, hosts: &[usize], column: &[usize]) -> Self {
        let mut spare = if crowds.most.len().saturating_mul(hosts.len()) <= TABLE {
            let most = crowds.most.iter();
            Self::Table(most.flat_map(|&most| std::iter::repeat_n(most, hosts.len())).collect())
        } else {
            Self::Few { empty: crowds.most.clone(), hosts: hosts.len(), others: BTreeMap::new() }
        };
        for (&(group, host), &more) in &crowds.more {
            if column[host] != NONE {
                let cell = group * hosts.len() + column[host];
                spare.take(cell, spare.at(cell) - more);
            }
        }
        spare
    }

    /// That of a cell.
    pub(super) fn at(&self, cell: usize) -> i32 {
        match self {
            Self::Table(all) => all[cell],
            Self::Few { empty, hosts, others } => others.get(&cell).copied().unwrap_or(empty[cell / hosts]),
        }
    }

    /// So many come to a cell, or leave it.
    pub(super) fn take(&mut self, cell: usize, number: i32) {
        match self {
            Self::Table(all) => all[cell] -= number,
            Self::Few { empty, hosts, others } => {
                *others.entry(cell).or_insert(empty[cell / *hosts]) -= number;
            }
        }
    }
}
