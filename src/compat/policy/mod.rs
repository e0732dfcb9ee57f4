//! The policy: what is made of findings as they come out of rules, and rules of the user's own.

mod entries;
mod inventory;
mod user_rule;

use std::borrow::Cow;
use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;

use super::finding::{Evidence, Finding};
use super::rule::{Check, Rule};
use super::rules::rule;
use super::severity::Severity;
use crate::model::{Cluster, Known, Level, Problem, UserRule, Waiver};

pub(super) use user_rule::{of_guest, of_guests, of_pair, of_placement};

/// Which waivers fit a guest's name, or a host's; one holds for the two where it fits both.
pub(super) type Fitting = FixedBitSet;

/// A cluster's policy, ready to judge.
pub(super) struct Policy<'c> {
    levels: BTreeMap<&'c str, Known<Level>>,
    /// Those that hold today.
    waivers: Vec<&'c Waiver>,
    expired: Vec<&'c Waiver>,
    rules: Vec<&'c UserRule>,
    /// What is wrong with the policy beyond its syntax.
    problems: Vec<Problem>,
}

impl<'c> Policy<'c> {
    /// The policy of the cluster. Entries about rules that do not exist become problems.
    pub(super) fn of(cluster: &'c Cluster) -> Self {
        entries::checked(cluster)
    }

    /// The user's own rules.
    pub(super) fn rules(&self) -> impl Iterator<Item = &'c UserRule> {
        self.rules.iter().copied()
    }

    /// Whether it has a rule as bad as it likes.
    pub(super) fn levels(&self, rule: &str) -> bool {
        self.levels.contains_key(rule)
    }

    /// What is wrong with it.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Which waivers fit a guest of this name.
    pub(super) fn fitting_guest(&self, name: &str) -> Fitting {
        self.fitting(|waiver| waiver.guest.as_ref().is_none_or(|pattern| pattern.fits(name)))
    }

    /// Which waivers fit a host of this name.
    pub(super) fn fitting_host(&self, name: &str) -> Fitting {
        self.fitting(|waiver| waiver.host.as_ref().is_none_or(|pattern| pattern.fits(name)))
    }

    fn fitting(&self, fits: impl Fn(&Waiver) -> bool) -> Fitting {
        let mut fitting = Fitting::with_capacity(self.waivers.len());
        fitting.extend(self.waivers.iter().enumerate().filter(|(_, waiver)| fits(waiver)).map(|(at, _)| at));
        fitting
    }

    /// What the policy makes of what rules found about a guest and a host, by the waivers that fit them.
    pub(super) fn judge(&self, found: Vec<Finding>, fitting: (&Fitting, &Fitting)) -> Vec<Finding> {
        if self.is_silent() {
            return found;
        }
        let levelled = found.into_iter().filter_map(|finding| self.level(finding));
        let judged = levelled.map(|finding| match self.waiver(&finding, fitting) {
            Some(waiver) => waived(finding, waiver),
            None => finding,
        });
        judged.collect()
    }

    /// The same of findings that are still needed as they are.
    pub(super) fn judged<'f>(
        &self,
        found: &'f [Finding],
        fitting: (&Fitting, &Fitting),
    ) -> Cow<'f, [Finding]> {
        if self.is_silent() { Cow::Borrowed(found) } else { self.judge(found.to_vec(), fitting).into() }
    }

    fn is_silent(&self) -> bool {
        self.levels.is_empty() && self.waivers.is_empty()
    }

    /// The finding as bad as the policy has it; `None` where it does not matter. What is not known stays unknown: only a
    /// waiver takes responsibility for that.
    pub(super) fn level(&self, mut finding: Finding) -> Option<Finding> {
        let Some(level) = self.levels.get(finding.rule.as_ref()) else { return Some(finding) };
        let Level::At(severity) = level.value else { return None };
        if finding.severity != severity {
            finding.severity = severity;
            let label = format!("a {severity} by the policy");
            finding.evidence.push(Evidence { place: level.place, label });
        }
        Some(finding)
    }

    /// The first waiver that holds for the finding.
    fn waiver(&self, finding: &Finding, (guest, host): (&Fitting, &Fitting)) -> Option<&'c Waiver> {
        let holds =
            |at: &usize| self.waivers.get(*at).is_some_and(|waiver| waiver.rule.value == finding.asked);
        guest.intersection(host).find(holds).and_then(|at| self.waivers.get(at).copied())
    }
}

/// Whether the rule with this id looks at what a class does not tell: at one guest, or at one guest and one host.
fn is_personal(id: &str, own: &[&UserRule]) -> bool {
    let personal = |rule: &Rule| matches!(rule.check, Check::Guest(_) | Check::Placement(..));
    rule(id).is_some_and(personal)
        || own.iter().any(|rule| rule.id.value == id && user_rule::is_personal(rule))
}

/// A finding that somebody takes responsibility for: it stays to be seen, and stands in no one's way.
fn waived(mut finding: Finding, waiver: &Waiver) -> Finding {
    let until = waiver.until.map_or_else(String::new, |until| format!(" until {}", until.value));
    finding.message = format!("waived{until} because {}: {}", waiver.reason, finding.message);
    finding.severity = Severity::Note;
    finding.evidence.push(Evidence { place: waiver.rule.place, label: "waived here".to_owned() });
    finding
}
