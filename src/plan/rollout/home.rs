//! Guests of hosts that were evacuated come back.

use std::collections::{BTreeMap, BTreeSet};

use super::kept::Kept;
use super::{Rollout, Stage, Stages, progress};
use crate::compat::HostIndex;
use crate::model::Intent;
use crate::plan::error::PlanError;
use crate::plan::planner::{Asked, planned};
use crate::plan::write::to_document;

impl Rollout<'_> {
    /// Brings back what the stage before has moved away from hosts that are evacuated. A guest that finds no way back stays where
    /// it is, with all reasons.
    pub(super) fn bring_home(&mut self, stages: &dyn Stages) -> Result<(), PlanError> {
        let away = std::mem::take(&mut self.away);
        if away.is_empty() {
            return Ok(());
        }
        let mut guests: BTreeMap<HostIndex, Vec<String>> = BTreeMap::new();
        for (guest, home) in away {
            guests.entry(home).or_default().push(self.now.guests[guest].name.clone());
        }
        let back_to: BTreeSet<HostIndex> = guests.keys().copied().collect();
        let to = |(home, guests): (HostIndex, Vec<String>)| Intent::Move {
            guests,
            to: self.now.hosts[home].name.clone(),
        };
        let intents: Vec<Intent> = guests.into_iter().map(to).chain(self.lasting()).collect();
        let asked = Asked::new(&intents, self.upgrade.effort);
        let mut result = None;
        let now = &self.now;
        stages.at(now, &mut |verdicts, prepare| {
            let plan = planned(now, &Kept(verdicts), &asked, prepare);
            result = Some(plan.map(|plan| (progress::arrived(verdicts, &plan), plan)));
        });
        let Some((arrived, plan)) = result.transpose()? else { return Ok(()) };
        let document = to_document(&plan, &self.now);
        progress::carry_out(&mut self.now, &plan, arrived);
        self.done.push(Stage { hosts: BTreeSet::new(), back_to, plan: document, one_way: Vec::new() });
        Ok(())
    }

    /// What is asked beside, as far as it keeps guests from hosts.
    fn lasting(&self) -> impl Iterator<Item = Intent> {
        self.others.iter().filter(|intent| matches!(intent, Intent::Ban(_) | Intent::Pin(_))).cloned()
    }
}
