//! Findings with the lines that caused them, in the style of rustc.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::places::Places;
use crate::compat::{Evidence, Finding, Severity};

/// Shows one finding: title, the lines it points at, what would change it.
pub(super) fn quote(finding: &Finding, places: &Places<'_>) -> String {
    let title = format!("{} [{}]", finding.message, finding.modes);
    let mut group =
        Group::with_title(level(finding.severity).primary_title(&title).id(finding.rule.as_ref()));
    for (at, evidence) in finding.evidence.iter().enumerate() {
        let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        group = group.element(snippet(evidence, kind, places));
    }
    let group = group.element(Level::HELP.message(&*finding.remedy));
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group])
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Blocker => Level::ERROR.with_name("blocker"),
        Severity::Unknown => Level::WARNING.with_name("unknown"),
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// The line that `evidence` begins on; what it spans beyond that line is not shown.
fn snippet<'p>(
    evidence: &'p Evidence,
    kind: AnnotationKind,
    places: &'p Places<'_>,
) -> Snippet<'p, annotate_snippets::Annotation<'p>> {
    let source = places.sources().get(evidence.place.source);
    let (start, line) = line_at(&source.text, evidence.place.span.start as usize);
    let from = (evidence.place.span.start as usize).saturating_sub(start).min(line.len());
    let to = (evidence.place.span.end as usize).saturating_sub(start).clamp(from, line.len());
    let number = places.locate(evidence.place).line;
    Snippet::source(line)
        .line_start(number as usize)
        .path(source.path.as_str())
        .annotation(kind.span(from..to).label(evidence.label.as_str()))
}

/// The line around a byte, and where it begins.
pub(super) fn line_at(text: &str, at: usize) -> (usize, &str) {
    let at = at.min(text.len());
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default();
    (start, line.split('\n').next().unwrap_or_default().trim_end_matches('\r'))
}

/// What is wrong with what a person gave.
pub struct Complaint<'c> {
    /// What it is called: `error`, or `problem`.
    pub name: &'c str,
    /// What is wrong.
    pub title: &'c str,
    /// The path and text of the document that shows it, and the byte.
    pub place: Option<(&'c str, &'c str, usize)>,
    /// What to do.
    pub help: Option<&'c str>,
}

/// Shows a complaint as an error: title, the line it points at, what to do. ANSI colours are in it.
pub fn complaint(complaint: &Complaint<'_>) -> String {
    let mut group = Group::with_title(Level::ERROR.with_name(complaint.name).primary_title(complaint.title));
    if let Some((path, text, at)) = complaint.place {
        let (start, line) = line_at(text, at);
        let from = at.saturating_sub(start).min(line.len());
        let from = (0..=from).rev().find(|&at| line.is_char_boundary(at)).unwrap_or_default();
        let to = line.get(from..).and_then(|rest| rest.chars().next()).map_or(from, |c| from + c.len_utf8());
        let number = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        let snippet = Snippet::source(line).line_start(number).path(path);
        group = group.element(snippet.annotation(AnnotationKind::Primary.span(from..to)));
    }
    if let Some(help) = complaint.help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group]) + "\n"
}
