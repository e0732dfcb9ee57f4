//! Answers that many guests and hosts share.

use std::hash::Hash;

use rayon::prelude::*;

use super::aspect::Aspect;
use super::chart::{Chart, GuestIndex, HostIndex};
use super::class::{class_of, digest, divide};
use super::verdict::{Answer, Assessment};

/// The answers in one aspect: for each row of guests and each column of hosts.
#[derive(Default)]
pub(super) struct Table {
    row: Vec<usize>,
    column: Vec<usize>,
    columns: usize,
    answers: Vec<Assessment>,
}

impl Table {
    /// Guests of equal keys share a row and hosts a column; the first guest and host of each are asked about. Rules may ask
    /// for versions besides, and waivers have guests and hosts of their own.
    pub(super) fn new<G: Hash + Eq, H: Hash + Eq>(
        chart: &Chart<'_>,
        aspect: Aspect,
        guest: impl Fn(GuestIndex) -> G,
        host: impl Fn(HostIndex) -> H,
    ) -> Self {
        let cluster = chart.cluster;
        let versions = |at: HostIndex| {
            let platform = &cluster.hosts[at].platform;
            (&platform.libvirt, &platform.qemu)
        };
        let guest = |at| (guest(at), chart.home(at).map(versions), chart.fitting_of_guest(at));
        let host = |at| (host(at), versions(at), chart.fitting_of_host(at));
        let (rows, row) = groups(&(0..cluster.guests.len()).map(guest).collect::<Vec<_>>());
        let (columns, column) = groups(&(0..cluster.hosts.len()).map(host).collect::<Vec<_>>());
        let asked = chart.rules_about(aspect);
        let answer = |&guest: &GuestIndex, &host: &HostIndex| {
            let found = chart.asked_said(&asked, guest, host);
            Assessment::of(&chart.policy.judge(found, chart.fittings_of(guest, host)), Answer::Yes)
        };
        let of_row = |guest| columns.iter().map(move |host| answer(guest, host));
        let answers = rows.par_iter().flat_map_iter(of_row).collect();
        Self { row, column, columns: columns.len(), answers }
    }

    /// What the rules of the aspect leave possible.
    pub(super) fn at(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.answers[self.row[guest] * self.columns + self.column[host]]
    }
}

/// The first of each group of equal keys, and the group of each.
fn groups<K: Hash + Eq>(keys: &[K]) -> (Vec<usize>, Vec<usize>) {
    let groups = divide(keys, digest, |one, other| one == other);
    let group = class_of(keys.len(), groups.iter());
    (groups.into_iter().map(|members| members[0]).collect(), group)
}
