//! The baselines of hosts with other versions, between what they give at least and at most.

use std::collections::BTreeMap;

use super::change::{Change, changed};
use super::class::{ClusterInput, by_vendor};
use super::witness::class_of_one;
use super::{Forecast, Members};

/// What is known of the baseline of one vendor's hosts.
#[derive(Clone, Debug)]
pub struct Prospect {
    /// libvirt's name of the vendor.
    pub vendor: String,
    /// What changes if the hosts have what they have at least; `None` where that is not known.
    pub least: Option<Change>,
    /// What changes if they have all that they may have; `None` where that is not known.
    pub most: Option<Change>,
}

impl Forecast<'_> {
    /// The host with what it has at least, or at most.
    fn input(&self, bound: Bound) -> Option<ClusterInput<'_>> {
        let platform = match bound {
            Bound::Least => self.least.as_ref(),
            Bound::Most => self.most.as_ref(),
        };
        Some(ClusterInput { name: self.name, platform: platform?, map: self.map })
    }

    /// The model of its host-model, if it gives what it gives at least and no more.
    pub fn model(&self) -> Option<String> {
        class_of_one(&self.input(Bound::Least)?)?.given.model
    }
}

#[derive(Clone, Copy)]
enum Bound {
    Least,
    Most,
}

/// What is known of the baselines with these forecasts, for each vendor that has such a host.
pub fn prospects(now: &Members<'_>, forecasts: &[Forecast<'_>]) -> Vec<Prospect> {
    let by_name: BTreeMap<&str, &Forecast<'_>> = forecasts.iter().map(|one| (one.name, one)).collect();
    let mut found = Vec::new();
    for (vendor, classes) in by_vendor(&now.hosts).0 {
        let is_own = |host: &&ClusterInput<'_>| classes.iter().any(|class| class.names.contains(&host.name));
        let hosts: Vec<ClusterInput<'_>> = now.hosts.iter().filter(is_own).copied().collect();
        if hosts.iter().any(|host| by_name.contains_key(host.name)) {
            let then = |bound| {
                let each = hosts.iter().map(|host| match by_name.get(host.name) {
                    Some(forecast) => forecast.input(bound),
                    None => Some(*host),
                });
                let after = Members { hosts: each.collect::<Option<_>>()?, guests: now.guests.clone() };
                changed(&vendor, &Members { hosts: hosts.clone(), guests: now.guests.clone() }, &after)
            };
            let (least, most) = (then(Bound::Least), then(Bound::Most));
            found.push(Prospect { vendor, least, most });
        }
    }
    found
}
