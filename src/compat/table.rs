//! Answers that many guests and hosts share.

use std::hash::Hash;

use rayon::prelude::*;

use super::class::{GuestIndex, HostIndex};
use super::groups::numbered;
use super::verdict::Assessment;

/// The answers in one aspect: for each row of guests and each column of hosts.
#[derive(Default)]
pub(super) struct Table {
    row: Vec<usize>,
    column: Vec<usize>,
    columns: usize,
    answers: Vec<Assessment>,
}

impl Table {
    /// Guests of equal keys share a row and hosts a column; the first guest and host of each are asked about.
    pub(super) fn new<G: Hash + Eq, H: Hash + Eq>(
        guests: &[G],
        hosts: &[H],
        answer: impl Fn(GuestIndex, HostIndex) -> Assessment + Sync,
    ) -> Self {
        let (rows, row) = numbered(guests);
        let (columns, column) = numbered(hosts);
        let of_row = |&guest: &GuestIndex| {
            let answer = &answer;
            columns.iter().map(move |&host| answer(guest, host))
        };
        let answers = rows.par_iter().flat_map_iter(of_row).collect();
        Self { row, column, columns: columns.len(), answers }
    }

    /// What the rules of the aspect leave possible.
    pub(super) fn at(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.answers[self.row[guest] * self.columns + self.column[host]]
    }
}
