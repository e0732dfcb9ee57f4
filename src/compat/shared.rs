//! Answers of the rules about one guest and one host, each computed once for all that are equal in what they look at.

use std::hash::Hash;

use super::aspect::Aspect;
use super::chart::Chart;
use super::class::{GuestIndex, HostIndex};
use super::groups::numbered;
use super::identity::Meetings;
use super::keys::{self, Reached};
use super::said::Asked;
use super::table::Table;
use super::verdict::{Answer, Assessment};

impl Chart<'_> {
    /// The answers in each aspect in which guests and hosts share them.
    pub(super) fn tables(&self) -> Vec<Table> {
        Table::merged(Aspect::SHARED.into_iter().map(|aspect| self.table_of(aspect)).collect())
    }

    /// Where guests meet names, UUIDs and ports of their own.
    pub(super) fn meetings(&self) -> Meetings {
        let asked = self.rules_about(&[Aspect::Identity]);
        Meetings::new(self.cluster, |guest, host| self.answer(&asked, guest, host))
    }

    fn table_of(&self, aspect: Aspect) -> Table {
        let cluster = self.cluster;
        let guest = |at: GuestIndex| &cluster.guests[at];
        let host = |at: HostIndex| &cluster.hosts[at];
        match aspect {
            Aspect::Room => self.table(aspect, |at| keys::room(guest(at)), |at| at),
            Aspect::Machine => {
                let key = |at| (self.class_of_guest(at), &guest(at).vcpus);
                self.table(aspect, key, |at| self.class_of_host(at))
            }
            Aspect::Storage => {
                let reached = Reached::of(cluster);
                let all: Vec<_> = cluster.hosts.iter().map(|host| reached.storage(host)).collect();
                let (_, alike) = numbered(&all);
                let key = |at| (keys::storage(guest(at)), self.home(at).map(|home| alike[home]));
                self.table(aspect, key, |at| alike[at])
            }
            Aspect::Network => {
                self.table(aspect, |at| keys::network(guest(at)), |at| keys::network_of_host(host(at)))
            }
            Aspect::Secrets => self.table(aspect, |at| keys::secrets(guest(at)), |at| &host(at).secrets),
            Aspect::Displays => self.table(aspect, |at| keys::addresses(guest(at)), |at| at),
            Aspect::Host => self.table(aspect, |_| (), |at| at),
            Aspect::Twins => {
                let twins = keys::twins(cluster);
                self.table(aspect, |at| self.home(at).and_then(|home| twins[home]), |at| twins[at])
            }
            // Not shared: found by index.
            Aspect::Identity => Table::default(),
        }
    }

    /// Guests and hosts of equal keys share an answer. Rules may ask for versions besides, and waivers have guests and hosts
    /// of their own.
    fn table<G: Hash + Eq + Sync, H: Hash + Eq + Sync>(
        &self,
        aspect: Aspect,
        guest: impl Fn(GuestIndex) -> G,
        host: impl Fn(HostIndex) -> H,
    ) -> Table {
        let versions = |at: HostIndex| {
            let platform = &self.cluster.hosts[at].platform;
            (&platform.libvirt, &platform.qemu)
        };
        let guest = |at| (guest(at), self.home(at).map(versions), self.fitting_of_guest(at));
        let host = |at| (host(at), versions(at), self.fitting_of_host(at));
        let guests: Vec<_> = (0..self.cluster.guests.len()).map(guest).collect();
        let hosts: Vec<_> = (0..self.cluster.hosts.len()).map(host).collect();
        let asked = self.rules_about(&[aspect]);
        Table::new(aspect, &guests, &hosts, |guest, host| self.answer(&asked, guest, host))
    }

    /// What these rules leave possible for one guest on one host.
    fn answer(&self, asked: &Asked<'_>, guest: GuestIndex, host: HostIndex) -> Assessment {
        let found = self.asked_said(asked, guest, host);
        Assessment::of(&self.policy.judge(found, self.fittings_of(guest, host)), Answer::Yes)
    }
}
