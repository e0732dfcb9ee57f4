//! The page of one rule, the same in `portolan explain RULE` and in `docs/rules/`, and the list of all.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::tags::tags_as_code;
use crate::compat::{Excerpt, Family, Mend, Mode, Rule, Side, rules};
use crate::knowledge::{Noticed, noticed};
use crate::model::{DocumentKind, Severity, UserRule};

/// The version of the form that is written.
pub(super) const VERSION: u32 = 1;

/// One rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleDocument<'r> {
    /// What the document is: `portolan-rule`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The id of the rule.
    pub rule: &'r str,
    /// What it is about, for people.
    pub family: &'static str,
    /// How bad a finding of it is.
    #[schemars(with = "Severity")]
    pub severity: &'static str,
    /// The modes it bears on at most.
    #[schemars(with = "Vec<Mode>")]
    pub modes: Vec<&'static str>,
    /// What it says, in one line.
    pub summary: &'r str,
    /// Why that matters.
    pub explanation: &'r str,
    /// Lines of a document for which it fires; empty of a rule of one's own, and where none can show it.
    pub example: &'static str,
    /// Nearly the same lines as `example`, for which it does not fire; empty where there are none.
    pub near_miss: &'static str,
    /// The document that `example` and `near_miss` are lines of, and whose it is; empty of a rule of one's own.
    pub shown_in: String,
    /// Lines of documents that stand beside the example where it fires.
    pub beside: Vec<ExcerptRecord>,
    /// What would change it.
    pub remedy: &'r str,
    /// The versions for which it holds; any where there are none.
    pub holds: Vec<String>,
    /// The paths of the documents that it asks, in the folder of a host or guest.
    pub needs: Vec<&'static str>,
    /// What rewriting the guest does about it; `null` where that does not remedy it.
    pub rewrite: Option<MendRecord>,
    /// Where what it says can be read, or was seen.
    pub references: &'static [&'static str],
}

/// Lines of a document beside the example.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExcerptRecord {
    /// The document, and whose it is.
    pub document: String,
    /// Lines of it.
    pub text: &'static str,
}

/// What rewriting a guest does about a defect.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MendRecord {
    /// Whether the guest has what it had afterwards, and nobody must look.
    pub safe: bool,
    /// What the guest will notice of it.
    pub visible: Vec<VisibleRecord>,
}

/// Something that the guest will notice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VisibleRecord {
    /// Its id, by which edits of a rewrite name it.
    pub id: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What follows from it with Linux.
    pub linux: &'static str,
    /// What follows from it with Windows.
    pub windows: &'static str,
    /// Who says so: a document, or what was seen.
    pub source: &'static str,
}

fn mend_record(mend: Mend) -> MendRecord {
    let record = |one: &Noticed| {
        let Noticed { id, what, linux, windows, source } = *one;
        VisibleRecord { id, what, linux, windows, source }
    };
    MendRecord { safe: mend.safe, visible: noticed(mend.visible).map(record).collect() }
}

/// One rule for programs.
pub fn rule_document(rule: &Rule) -> RuleDocument<'static> {
    RuleDocument {
        format: "portolan-rule",
        version: VERSION,
        rule: rule.id,
        family: rule.family.as_str(),
        severity: rule.severity.as_str(),
        modes: rule.modes.iter().map(Mode::as_str).collect(),
        summary: rule.summary,
        explanation: rule.explanation,
        example: rule.example,
        near_miss: rule.near_miss,
        shown_in: whose(rule.shown_in).replace('`', ""),
        beside: rule.beside.iter().map(excerpt_record).collect(),
        remedy: rule.remedy,
        holds: rule.holds.iter().map(ToString::to_string).collect(),
        needs: rule.needs.iter().map(|document| document.path()).collect(),
        rewrite: rule.mend.map(mend_record),
        references: rule.references,
    }
}

/// The page of one rule, in Markdown that reads well as it is. Parts of which there is nothing to
/// say are left out.
pub fn rule_page(rule: &Rule) -> String {
    let head = format!("{} · {} · bears on {}", rule.family.as_str(), rule.severity, rule.modes);
    let mut out = format!("# {}\n\n{head}\n\n**{}.**\n", rule.id, rule.summary);
    let mut part = |title: &str, text: &str| {
        if !text.is_empty() {
            let _ = write!(out, "\n## {title}\n\n{text}\n");
        }
    };
    part("Why it matters", rule.explanation);
    part("Fires for", &example(rule));
    part("Does not fire for", &near_miss(rule));
    part("What would change it", &sentence(rule.remedy));
    part("Rewriting the guest", &rule.mend.map_or_else(String::new, mended));
    let holds: Vec<String> = rule.holds.iter().map(ToString::to_string).collect();
    part("Holds for", &list(holds.iter().map(String::as_str)));
    let needs: Vec<String> = rule.needs.iter().map(|&document| needed(document)).collect();
    part("Asks", &list(needs.iter().map(String::as_str)));
    part("References", &list(rule.references.iter().copied()));
    tags_as_code(&out)
}

/// The guest's own definition, with nothing beside it, goes without saying.
fn example(rule: &Rule) -> String {
    if rule.example.is_empty() || rule.shown_in == Rule::DEFINITION && rule.beside.is_empty() {
        return indented(rule.example);
    }
    let told = |(at, one): (usize, Excerpt)| {
        let place = (one.side, one.document);
        let lead = match at {
            0 => format!("In {}", whose(place)),
            _ if place == rule.shown_in => "Beside it, in the same document".to_owned(),
            _ => format!("Beside it, in {}", whose(place)),
        };
        format!("{lead}:\n\n{}", indented(one.text))
    };
    rule.shown(rule.example).enumerate().map(told).collect::<Vec<_>>().join("\n\n")
}

fn near_miss(rule: &Rule) -> String {
    let lines = indented(rule.near_miss);
    if rule.near_miss.is_empty() || rule.shown_in == Rule::DEFINITION {
        return lines;
    }
    format!("In {}:\n\n{lines}", whose(rule.shown_in))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A document and whose it is, where that does not go without saying.
fn whose((side, document): (Side, DocumentKind)) -> String {
    let of_guest = matches!(document, DocumentKind::Domain | DocumentKind::LiveDomain);
    let of_cluster = matches!(document, DocumentKind::Cluster | DocumentKind::Policy);
    let of = match side {
        Side::Source if of_guest || of_cluster => "",
        Side::Target if of_guest => " of another guest there",
        Side::Source => " of the guest's host",
        Side::Target => " of the host it would go to",
    };
    format!("`{}`{of}", document.path())
}

fn excerpt_record(one: &Excerpt) -> ExcerptRecord {
    ExcerptRecord { document: whose((one.side, one.document)).replace('`', ""), text: one.text }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.map_or_else(String::new, |first| format!("{first}{}.", letters.as_str()))
}

fn mended(mend: Mend) -> String {
    let safe = if mend.safe {
        "Remedies it; the guest has what it had."
    } else {
        "Remedies it, and a person must look: the guest may not have what it had."
    };
    let seen = |one: &Noticed| {
        let Noticed { what, linux, windows, source, .. } = one;
        format!(
            "\n\nThe guest will notice: {what}.\n\n- With Linux: {linux}.\n- With Windows: {windows}.\n- Sources: {source}."
        )
    };
    noticed(mend.visible).fold(safe.to_owned(), |page, one| page + &seen(one))
}

fn needed(document: DocumentKind) -> String {
    format!("`{}`: `{}`", document.path(), document.command())
}

fn list<'t>(items: impl Iterator<Item = &'t str>) -> String {
    items.map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
}

/// One rule of the user's own for programs.
pub fn user_rule_document(rule: &UserRule) -> RuleDocument<'_> {
    RuleDocument {
        format: "portolan-rule",
        version: VERSION,
        rule: &rule.id.value,
        family: Family::Policy.as_str(),
        severity: rule.severity.as_str(),
        modes: rule.modes.iter().map(Mode::as_str).collect(),
        summary: &rule.summary,
        explanation: &rule.message,
        example: "",
        near_miss: "",
        shown_in: String::new(),
        beside: Vec::new(),
        remedy: &rule.remedy,
        holds: Vec::new(),
        needs: Vec::new(),
        rewrite: None,
        references: &[],
    }
}

/// The page of one rule of the user's own, for people.
pub fn user_rule_page(rule: &UserRule) -> String {
    let UserRule { id, summary, message, remedy, severity, modes, .. } = rule;
    let message = if message == summary { String::new() } else { format!("\n{}\n", sentence(message)) };
    format!(
        "# {}\n\n{} · {severity} · bears on {modes}\n\n**{summary}.**\n{message}\n## What would change it\n\n{}\n",
        id.value,
        Family::Policy.as_str(),
        sentence(remedy),
    )
}

/// All rules, a line each, by family; then the user's `own`.
pub fn rule_list(own: &[UserRule]) -> String {
    let mut out = String::new();
    let mut family = None;
    for rule in rules() {
        if family != Some(rule.family) {
            family = Some(rule.family);
            let _ = writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, rule.family.as_str());
        }
        let _ = writeln!(out, "  {:<30} {:<8} {}", rule.id, rule.severity, rule.summary);
    }
    if !own.is_empty() {
        out.push_str("\nyour own\n");
    }
    for rule in own {
        let _ = writeln!(out, "  {:<30} {:<8} {}", rule.id.value, rule.severity, rule.summary);
    }
    out
}

/// The page that lists all rules, with links to their own.
pub fn rule_index() -> String {
    let mut out =
        format!("# Rules\n\nThere are {} rules. `portolan explain` prints them.\n", rules().count());
    let mut family = None;
    for rule in rules() {
        if family != Some(rule.family) {
            family = Some(rule.family);
            let title = sentence(rule.family.as_str());
            let _ = write!(
                out,
                "\n## {}\n\n| rule | severity | says |\n| --- | --- | --- |\n",
                title.trim_end_matches('.')
            );
        }
        let _ = writeln!(
            out,
            "| [{0}]({0}.md) | {1} | {2} |",
            rule.id,
            rule.severity,
            rule.summary.replace('|', "\\|")
        );
    }
    tags_as_code(&out)
}
