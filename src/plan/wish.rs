//! What the intents ask of hosts and guests.

use std::collections::BTreeMap;

use super::error::{PlanError, nearest};
use crate::compat::HostIndex;
use crate::model::{Cluster, Intent};

/// What is wanted of a guest, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// It must leave its host.
    Leave,
    /// It should come to a host that adopts.
    Come,
}

/// What the intents ask of the hosts.
pub(super) struct Wish {
    /// By host: whether all guests must leave it.
    pub(super) drained: Vec<bool>,
    /// By host: whether guests should come to it.
    pub(super) adopting: Vec<bool>,
}

impl Wish {
    /// Reads the intents.
    ///
    /// # Errors
    /// [`PlanError`] where there is none, a host is not known, or two contradict each other.
    pub(super) fn read(cluster: &Cluster, intents: &[Intent]) -> Result<Self, PlanError> {
        let by_name: BTreeMap<&str, HostIndex> =
            cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at)).collect();
        let none = vec![false; cluster.hosts.len()];
        let mut wish = Self { drained: none.clone(), adopting: none };
        for intent in intents {
            wish.add(intent, &by_name)?;
        }
        wish.check(cluster, intents)
    }

    fn add(&mut self, intent: &Intent, by_name: &BTreeMap<&str, HostIndex>) -> Result<(), PlanError> {
        let marks = match intent {
            Intent::Drain(_) => &mut self.drained,
            Intent::Adopt(_) => &mut self.adopting,
        };
        for name in intent.hosts() {
            let unknown = || PlanError::UnknownHost {
                host: name.clone(),
                suggestion: nearest(name, by_name.keys().copied()).map(str::to_owned),
            };
            marks[*by_name.get(name.as_str()).ok_or_else(unknown)?] = true;
        }
        Ok(())
    }

    fn check(self, cluster: &Cluster, intents: &[Intent]) -> Result<Self, PlanError> {
        if intents.iter().all(|intent| intent.hosts().is_empty()) {
            return Err(PlanError::NoIntent);
        }
        let both = (0..cluster.hosts.len()).find(|&host| self.drained[host] && self.adopting[host]);
        match both {
            Some(host) => Err(PlanError::Contradiction(cluster.hosts[host].name.clone())),
            None => Ok(self),
        }
    }

    /// What is wanted of a guest on `home`.
    pub(super) fn of(&self, home: Option<HostIndex>) -> Option<Want> {
        match home {
            Some(host) if self.drained[host] => Some(Want::Leave),
            Some(host) if self.adopting[host] => None,
            _ => self.adopting.contains(&true).then_some(Want::Come),
        }
    }

    /// Whether a guest of which `want` is wanted may go to `host`.
    pub(super) fn allows(&self, want: Want, host: HostIndex) -> bool {
        match want {
            Want::Leave => !self.drained[host],
            Want::Come => self.adopting[host],
        }
    }
}
