//! `explain RULE`: the page of one rule, and the list of all.

use std::fmt::Write as _;

use serde::Serialize;

use crate::compat::{Rule, rules};
use crate::rewrite;

/// One rule for programs.
#[derive(Debug, Serialize)]
pub struct RuleDocument {
    /// The rule's id.
    pub rule: &'static str,
    /// What it is about.
    pub family: &'static str,
    /// `blocker`, `unknown`, `warning` or `note`.
    pub severity: &'static str,
    /// The modes it bears on at most.
    pub modes: Vec<&'static str>,
    /// What it says, in one line.
    pub summary: &'static str,
    /// Why that matters.
    pub explanation: &'static str,
    /// What would change it.
    pub remedy: &'static str,
    /// Whether rewriting the guest remedies it.
    pub rewritten: bool,
}

/// One rule for programs.
pub fn rule_document(rule: &Rule) -> RuleDocument {
    RuleDocument {
        rule: rule.id,
        family: rule.family.as_str(),
        severity: rule.severity.as_str(),
        modes: rule.modes.iter().map(crate::compat::Mode::as_str).collect(),
        summary: rule.summary,
        explanation: rule.explanation,
        remedy: rule.remedy,
        rewritten: rule.mend.is_some(),
    }
}

/// The page of one rule, for people.
pub fn rule_page(rule: &Rule) -> String {
    let rewritten =
        if rule.mend.is_some() { "\nRewriting the guest for the host remedies it.\n" } else { "" };
    format!(
        "{}\n{}\n\n{}.\n\n{}\n\nWhat would change it: {}.\n{rewritten}",
        rule.id,
        format_args!("{} · {} · bears on {}", rule.family.as_str(), rule.severity, rule.modes),
        rule.summary,
        rule.explanation,
        rule.remedy,
    )
}

/// One rule of rewriting for programs.
pub fn rewrite_rule_document(rule: &rewrite::Rule) -> RuleDocument {
    RuleDocument {
        rule: rule.id,
        family: "rewrite",
        severity: "note",
        modes: vec![crate::compat::Mode::Rebuild.as_str()],
        summary: rule.summary,
        explanation: rule.visible.unwrap_or_default(),
        remedy: "",
        rewritten: true,
    }
}

/// The page of one rule of rewriting, for people.
pub fn rewrite_rule_page(rule: &rewrite::Rule) -> String {
    let safe = if rule.safe {
        "safe: the guest has what it had"
    } else {
        "look at it: the guest may not have what it had"
    };
    let seen = rule.visible.map_or_else(String::new, |seen| format!("What the guest will notice: {seen}.\n"));
    format!("{}\nrewrite · {safe}\n\n{}.\n{seen}", rule.id, rule.summary)
}

/// All rules, a line each: those of verdicts, then those of rewriting.
pub fn rule_list() -> String {
    let mut out = String::new();
    for rule in rules() {
        let _ = writeln!(out, "{:<30} {:<8} {}", rule.id, rule.severity, rule.summary);
    }
    for rule in rewrite::RULES.iter().filter(|rule| crate::compat::rule(rule.id).is_none()) {
        let _ = writeln!(out, "{:<30} {:<8} {}", rule.id, "rewrite", rule.summary);
    }
    out
}
