//! The reasons of `check`, a line and a place each.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::detail::Detail;
use super::places::{Located, Places};
use super::quote::{Complaint, complaint};
use crate::compat::{Finding, Modes, Severity, Verdict};
use crate::model::Problem;

/// A document that could not be read, with the line that is wrong where it is at hand.
pub(super) fn problem_lines(problem: &Problem, places: &Places<'_>) -> String {
    let title = format!("{}: {}", problem.path, problem.message);
    let source = places.sources().iter().find(|(_, source)| source.path == problem.path);
    let place = problem.position.zip(source).map(|(at, (_, source))| {
        let before = source.text.split_inclusive('\n').take(at.line.saturating_sub(1) as usize).map(str::len);
        let start: usize = before.sum();
        let line = source.text.get(start..).unwrap_or_default();
        let column =
            line.char_indices().nth(at.column.saturating_sub(1) as usize).map_or(line.len(), |(at, _)| at);
        (source.path.as_str(), &*source.text, start + column)
    });
    let at = match (place, problem.position) {
        (None, Some(at)) => format!(":{}:{}", at.line, at.column),
        _ => String::new(),
    };
    let title =
        if place.is_some() { problem.message.clone() } else { title.replacen(": ", &format!("{at}: "), 1) };
    complaint(&Complaint { name: "problem", title: &title, place, help: Some(&problem.remedy) })
}

/// A reason about the inventory as a whole.
pub(super) fn inventory_lines(finding: &Finding, places: &Places<'_>) -> String {
    let at = finding.evidence.first().map(|evidence| places.locate(evidence.place));
    let at = at.map_or_else(String::new, |at| format!("{}:{}:{}: ", at.file, at.line, at.column));
    let style = style_of_severity(finding.severity);
    format!(
        "{style}{}{style:#}: {at}{} ({})\n    {}\n",
        finding.severity, finding.message, finding.rule, finding.remedy
    )
}

/// Findings that say the same of several places, together.
pub(super) fn alike(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let same = |one: &Finding, other: &Finding| {
        (&one.message, &one.rule, one.severity, one.modes)
            == (&other.message, &other.rule, other.severity, other.modes)
    };
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| same(first, finding))) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

pub(super) fn finding_lines(
    alike: &[&Finding],
    verdict: Verdict,
    (places, detail): (&Places<'_>, Detail),
) -> String {
    let Some(first) = alike.first() else { return String::new() };
    let (style, dim) = (style_of_severity(first.severity), Style::new().dimmed());
    // Why it is a blocker, and the guest can move all the same; or which of two ways it bars.
    let bars_both = first.modes.and(Modes::AS_IT_IS) == Modes::AS_IT_IS;
    let modes = match first.severity {
        Severity::Blocker if verdict != Verdict::Impossible || !bars_both => format!(": {}", first.modes),
        _ => String::new(),
    };
    let mut out =
        format!("    {style}{:<8}{style:#} {} ({}{modes})\n", first.severity, first.message, first.rule);
    let shown = if detail == Detail::All { usize::MAX } else { 1 };
    let evidence = || alike.iter().flat_map(|finding| finding.evidence.iter().take(shown));
    if detail == Detail::All {
        for one in evidence() {
            let _ = writeln!(out, "             {dim}{}{dim:#}  {}", places.locate(one.place), one.label);
        }
    } else {
        let all = in_files(evidence().map(|one| places.locate(one.place)));
        out.extend(all.iter().map(|one| format!("             {dim}{one}{dim:#}\n")));
    }
    if first.severity == Severity::Unknown || detail == Detail::All {
        let _ = writeln!(out, "             {}", first.remedy);
    }
    out
}

/// `file:line:column, line:column`, a line for each file.
fn in_files(places: impl Iterator<Item = Located>) -> Vec<String> {
    let mut files: Vec<(String, String)> = Vec::new();
    for at in places {
        match files.last_mut() {
            Some((file, said)) if *file == at.file => {
                let _ = write!(said, ", {}:{}", at.line, at.column);
            }
            _ => files.push((at.file.clone(), at.to_string())),
        }
    }
    files.into_iter().map(|(_, said)| said).collect()
}

pub(super) fn style_of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Blocker => AnsiColor::Red.on_default(),
        Severity::Unknown | Severity::Warning => AnsiColor::Yellow.on_default(),
        Severity::Note => AnsiColor::Cyan.on_default(),
    }
}

pub(super) fn style_of(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Live => AnsiColor::Green,
        Verdict::Cold => AnsiColor::Cyan,
        Verdict::Rebuild => AnsiColor::Blue,
        Verdict::Unknown => AnsiColor::Yellow,
        Verdict::Impossible => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}
