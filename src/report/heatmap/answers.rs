//! What is said in the cells of the chart, each answer and each reason kept once.

use super::after::{After, Rewriting};
use super::grid::Row;
use super::quotes::Quotes;
use crate::compat::{Assessment, Finding, Severity, Verdict};
use crate::report::Places;
use crate::report::numbered::Numbered;

/// One reason, without its lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Reason {
    /// The rule's id.
    pub(in crate::report) rule: String,
    /// How bad it is.
    pub(in crate::report) severity: Severity,
    /// The modes it bears on.
    pub(in crate::report) modes: String,
    /// What is the matter.
    pub(in crate::report) message: String,
    /// What would change it.
    pub(in crate::report) remedy: String,
    /// Whether rewriting the guest remedies it.
    pub(in crate::report) rewritten: bool,
}

/// A reason with the lines that caused it, by number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Cited {
    /// Into [`Answers::reasons`].
    pub(in crate::report) reason: usize,
    /// Into the quoted lines.
    pub(in crate::report) quotes: Vec<usize>,
}

/// What is said of a guest on a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Answered {
    /// The verdict.
    pub(in crate::report) verdict: Verdict,
    /// Whether each mode is possible, in words.
    pub(in crate::report) modes: String,
    /// What becomes of it once the guest is rewritten.
    pub(in crate::report) after: After,
    /// Why.
    pub(in crate::report) because: Vec<Cited>,
}

/// All answers with their reasons and lines.
pub(in crate::report) struct Answers<'p> {
    reasons: Numbered<Reason>,
    given: Numbered<Answered>,
    /// By reason: the lines of the first guest and host of which it is said, where these stand for all.
    examples: Vec<Vec<usize>>,
    /// Whether every cell has the lines of its own guest and host; else those of the first of whom the reason is said.
    exact: bool,
    pub(in crate::report) quotes: Quotes<'p>,
}

impl<'p> Answers<'p> {
    pub(in crate::report) fn new(places: &'p Places<'p>) -> Self {
        Self {
            reasons: Numbered::default(),
            given: Numbered::default(),
            examples: Vec::new(),
            exact: true,
            quotes: Quotes::new(places),
        }
    }

    /// From now on a reason has the same lines wherever it is said.
    pub(super) fn by_example(&mut self) {
        self.exact = false;
    }

    /// The number of this answer.
    pub(super) fn of(
        &mut self,
        assessment: Assessment,
        findings: &[Finding],
        rewriting: &Rewriting<'_>,
    ) -> usize {
        let after = rewriting.after(assessment, findings);
        let because = findings.iter().map(|finding| self.cited(finding, &after)).collect();
        let (verdict, modes) = (assessment.verdict(), modes(assessment, rewriting.rebuilds));
        self.given.number(Answered { verdict, modes, after, because })
    }

    fn cited(&mut self, finding: &Finding, after: &After) -> Cited {
        let reason = self.reasons.number(Reason {
            rule: finding.rule.to_string(),
            severity: finding.severity,
            modes: finding.modes.to_string(),
            message: finding.message.clone(),
            remedy: finding.remedy.to_string(),
            rewritten: after.takes(finding),
        });
        let known = reason < self.examples.len();
        let asked = if known && !self.exact { &[][..] } else { &finding.evidence };
        let mut quotes: Vec<usize> = asked.iter().map(|one| self.quotes.of(one.place, &one.label)).collect();
        if !known {
            self.examples.push(if self.exact { Vec::new() } else { std::mem::take(&mut quotes) });
        }
        Cited { reason, quotes }
    }

    /// Whether the guest cannot go there as it is, and could be started there once it is rewritten; no where there is no answer.
    pub(in crate::report) fn mends(&self, answer: Option<usize>) -> bool {
        let one = answer.and_then(|answer| self.answers().get(answer));
        one.is_some_and(|one| one.verdict == Verdict::Impossible && one.after == After::Starts)
    }

    /// Whether that is so of a cell of these rows.
    pub(in crate::report) fn mends_any(&self, rows: &[Row]) -> bool {
        rows.iter().flat_map(|row| &row.cells).any(|cell| self.mends(cell.answer()))
    }

    /// The lines of a reason that stand for all of whom it is said.
    pub(in crate::report) fn example(&self, reason: usize) -> &[usize] {
        self.examples.get(reason).map_or(&[], Vec::as_slice)
    }

    pub(in crate::report) fn reasons(&self) -> &[Reason] {
        self.reasons.list()
    }

    pub(in crate::report) fn answers(&self) -> &[Answered] {
        self.given.list()
    }
}

/// Whether each mode is possible, and why a guest is not rebuilt that needs no rebuilding.
fn modes(Assessment { live, cold, rebuild }: Assessment, rebuilds: Option<bool>) -> String {
    let own = if rebuilds == Some(false) { " (the host runs its architecture)" } else { "" };
    format!("live {}, cold {}, rebuild {}{own}", live.as_str(), cold.as_str(), rebuild.as_str())
}
