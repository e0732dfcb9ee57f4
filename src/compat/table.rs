//! Answers that many guests and hosts share.

use std::hash::Hash;

use rayon::prelude::*;

use super::aspect::Aspect;
use super::class::{GuestIndex, HostIndex};
use super::groups::numbered;
use super::verdict::{Assessment, Packed};

/// How many answers a table may have that is made of others: as many bytes as a processor keeps near.
const ANSWERS: usize = 1 << 20;

/// The answers in some aspects: for each row of guests and each column of hosts.
#[derive(Default)]
pub(super) struct Table {
    /// The aspects.
    pub(super) aspects: Vec<Aspect>,
    /// Where the row of each guest begins.
    row: Vec<usize>,
    column: Vec<usize>,
    answers: Vec<Packed>,
}

impl Table {
    /// Guests of equal keys share a row and hosts a column; the first guest and host of each are asked about.
    pub(super) fn new<G: Hash + Eq + Sync, H: Hash + Eq + Sync>(
        aspect: Aspect,
        guests: &[G],
        hosts: &[H],
        answer: impl Fn(GuestIndex, HostIndex) -> Assessment + Sync,
    ) -> Self {
        let (rows, mut row) = numbered(guests);
        let (columns, column) = numbered(hosts);
        let of_row = |&guest: &GuestIndex| {
            let answer = &answer;
            columns.iter().map(move |&host| answer(guest, host).packed())
        };
        let answers = rows.par_iter().flat_map_iter(of_row).collect();
        for row in &mut row {
            *row *= columns.len();
        }
        Self { aspects: vec![aspect], row, column, answers }.narrowed(columns.len())
    }

    /// The same answers, in rows that differ and columns that differ; it has so many columns.
    fn narrowed(self, columns: usize) -> Self {
        let lines: Vec<&[Packed]> = self.answers.chunks(columns.max(1)).collect();
        let (first, row) = numbered(&lines);
        let lines: Vec<&[Packed]> = first.into_iter().map(|row| lines[row]).collect();
        let columns_of = |column: usize| lines.iter().map(|line| line[column]).collect::<Vec<_>>();
        let (first, column) = numbered(&(0..columns).map(columns_of).collect::<Vec<_>>());
        let kept = |line: &&[Packed]| first.iter().map(|&column| line[column]).collect::<Vec<_>>();
        let answers = lines.iter().flat_map(kept).collect();
        Self {
            aspects: self.aspects.clone(),
            row: self.row.iter().map(|&old| row[old / columns.max(1)] * first.len()).collect(),
            column: self.column.iter().map(|&old| column[old]).collect(),
            answers,
        }
    }

    /// A number that guests of equal answers have in common.
    pub(super) fn row(&self, guest: GuestIndex) -> usize {
        self.row[guest]
    }

    /// A number that hosts of equal answers have in common.
    pub(super) fn column(&self, host: HostIndex) -> usize {
        self.column[host]
    }

    /// As few tables as hold the same answers: what two leave possible is one answer, as long as their rows and columns
    /// together are not too many.
    pub(super) fn merged(tables: Vec<Self>) -> Vec<Self> {
        let mut merged: Vec<Self> = Vec::new();
        for table in tables {
            match merged.iter().position(|other| other.fits(&table)) {
                Some(at) => merged[at] = merged[at].with(&table),
                None => merged.push(table),
            }
        }
        merged
    }

    /// Room stays alone: it is what stands in the way most often, and is then to be told from all else.
    fn fits(&self, other: &Self) -> bool {
        if [self, other].iter().any(|table| table.aspects.contains(&Aspect::Room)) {
            return false;
        }
        let (rows, columns) = (self.pairs_of_rows(other).0.len(), self.pairs_of_columns(other).0.len());
        rows.saturating_mul(columns) <= ANSWERS
    }

    fn with(&self, other: &Self) -> Self {
        let (rows, mut row) = self.pairs_of_rows(other);
        let (columns, column) = self.pairs_of_columns(other);
        let both = |guest, host| self.at(guest, host).and(other.at(guest, host));
        let answers = rows.iter().flat_map(|&guest| columns.iter().map(move |&host| both(guest, host)));
        let answers = answers.collect();
        for row in &mut row {
            *row *= columns.len();
        }
        Self { aspects: [&self.aspects[..], &other.aspects].concat(), row, column, answers }
    }

    fn pairs_of_rows(&self, other: &Self) -> (Vec<usize>, Vec<usize>) {
        numbered(&self.row.iter().zip(&other.row).collect::<Vec<_>>())
    }

    fn pairs_of_columns(&self, other: &Self) -> (Vec<usize>, Vec<usize>) {
        numbered(&self.column.iter().zip(&other.column).collect::<Vec<_>>())
    }

    /// What the rules of the aspect leave possible.
    pub(super) fn at(&self, guest: GuestIndex, host: HostIndex) -> Packed {
        self.answers[self.row[guest] + self.column[host]]
    }
}
