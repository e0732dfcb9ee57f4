//! How many more of a group each host can take.

use super::crowds::Crowds;

/// Not a column.
pub(super) const NONE: usize = usize::MAX;

/// How many numbers a table may have, in all and for each unit: where groups and hosts are more, nearly all are as at first.
const TABLE: usize = 1 << 24;
const TABLE_EACH: usize = 256;

/// By group and host of a block: how many more of the group the host can take.
pub(super) enum Spare {
    /// All, group after group.
    Table {
        /// How many hosts there are.
        hosts: usize,
        /// The numbers.
        all: Vec<i32>,
    },
    /// Those that are not as they are on an empty host.
    Few {
        /// By group: how many an empty host can take.
        empty: Vec<i32>,
        /// By host: the others, by group.
        others: Vec<Vec<(usize, i32)>>,
    },
}

impl Spare {
    /// That of empty hosts; `column` is the place of each in the block.
    pub(super) fn new(crowds: &Crowds, hosts: &[usize], column: &[usize]) -> Self {
        let most = &crowds.most;
        let mut spare = if Self::is_dense(crowds, column.len()) {
            let all = most.iter().flat_map(|&most| std::iter::repeat_n(most, hosts.len()));
            Self::Table { hosts: hosts.len(), all: all.collect() }
        } else {
            Self::Few { empty: most.clone(), others: vec![Vec::new(); hosts.len()] }
        };
        for (&(group, host), &more) in &crowds.more {
            if column[host] != NONE {
                spare.take(group, column[host], spare.at(group, column[host]) - more);
            }
        }
        spare
    }

    /// Whether a table of all hosts is worth its making, which comes anew with every block.
    fn is_dense(crowds: &Crowds, hosts: usize) -> bool {
        let all = crowds.most.len().saturating_mul(hosts);
        all <= TABLE.min(crowds.near.len().saturating_mul(TABLE_EACH))
    }

    /// That of a group in a column.
    pub(super) fn at(&self, group: usize, column: usize) -> i32 {
        match self {
            Self::Table { hosts, all } => all[group * hosts + column],
            Self::Few { empty, others } => {
                let known = others[column].iter().find(|(one, _)| *one == group);
                known.map_or(empty[group], |(_, number)| *number)
            }
        }
    }

    /// So many of a group come to a column, or leave it.
    pub(super) fn take(&mut self, group: usize, column: usize, number: i32) {
        match self {
            Self::Table { hosts, all } => all[group * *hosts + column] -= number,
            Self::Few { empty, others } => {
                let (others, first) = (&mut others[column], empty[group]);
                let Some(at) = others.iter().position(|(one, _)| *one == group) else {
                    return others.push((group, first - number));
                };
                others[at].1 -= number;
                // Hosts on their way would remember all groups that ever were there.
                if others[at].1 == first {
                    others.swap_remove(at);
                }
            }
        }
    }
}
