//! What of a policy is about rules that there are.

use std::collections::{BTreeMap, BTreeSet};

use super::Policy;
use crate::compat::finding::MISSING_FACT;
use crate::compat::rule::Family;
use crate::compat::rules::{rule, rules};
use crate::model::{Cluster, Known, Problem, RulePolicy, UserRule, Waiver};
use crate::text::{Place, nearest};

/// The entries of the cluster's policy that can be used; the others become problems.
pub(super) fn checked(cluster: &Cluster) -> Policy<'_> {
    let mut reading = Reading { cluster, problems: Vec::new() };
    let rules = reading.rules(&cluster.policy.rules);
    let own: BTreeSet<&str> = rules.iter().map(|rule| rule.id.value.as_str()).collect();
    let mut levels = BTreeMap::new();
    for (id, level) in &cluster.policy.levels {
        if reading.is_rule(id, &own) {
            levels.insert(id.value.as_str(), *level);
        }
    }
    let waivers = cluster.policy.waivers.iter().filter(|waiver| reading.is_rule(&waiver.rule, &own));
    let (waivers, expired) = waivers.partition(|waiver| holds(waiver, &cluster.policy));
    Policy { levels, waivers, expired, rules, problems: reading.problems }
}

/// Whether the waiver has not expired. Where the day is not known, nobody can say so.
fn holds(waiver: &Waiver, policy: &RulePolicy) -> bool {
    waiver.until.is_none_or(|until| policy.today.is_some_and(|today| today <= until.value))
}

struct Reading<'c> {
    cluster: &'c Cluster,
    problems: Vec<Problem>,
}

impl<'c> Reading<'c> {
    /// The user's rules that have an id of their own.
    fn rules(&mut self, all: &'c [UserRule]) -> Vec<&'c UserRule> {
        let mut taken = BTreeSet::new();
        let mut own = Vec::new();
        for one in all {
            let id = one.id.value.as_str();
            if rule(id).is_some() {
                self.complain(one.place(), format!("'{id}' is a rule of Portolan's; the rule is not asked"));
            } else if taken.insert(id) {
                own.push(one);
            } else {
                self.complain(one.place(), format!("'{id}' stands here twice; the second rule is not asked"));
            }
        }
        own
    }

    /// Whether the policy can say something about the rule with this id.
    fn is_rule(&mut self, id: &Known<String>, own: &BTreeSet<&str>) -> bool {
        let name = id.value.as_str();
        if name == MISSING_FACT {
            let message =
                format!("'{MISSING_FACT}' has no severity of its own: waive the rule that lacks the fact");
            self.complain(id.place, message);
            return false;
        }
        if rule(name).is_some_and(|rule| rule.family == Family::Rewrite) {
            self.complain(id.place, format!("'{name}' is about rewriting, which the policy does not judge"));
            return false;
        }
        let known = rule(name).is_some() || own.contains(name);
        if !known {
            let all = rules().map(|rule| rule.id).chain(own.iter().copied());
            let hint = nearest(name, all).map(|hint| format!("; did you mean '{hint}'?"));
            self.complain(id.place, format!("there is no rule '{name}'{}", hint.unwrap_or_default()));
        }
        known
    }

    fn complain(&mut self, place: Place, message: String) {
        self.problems.push(Problem {
            path: self.cluster.sources.get(place.source).path.clone(),
            position: Some(self.cluster.sources.position(place)),
            message,
            remedy: "`portolan explain` lists all rules".to_owned(),
        });
    }
}
