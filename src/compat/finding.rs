//! One rule's answer, with its evidence.

use std::borrow::Cow;

use super::mode::Modes;
use super::severity::Severity;
use crate::model::DocumentKind;
use crate::text::Place;

/// A place in a document, and what it says to the matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The place.
    pub place: Place,
    /// What it says, in a few words.
    pub label: String,
}

/// The id of a rule: of the table's, or of a user's own.
pub type RuleId = Cow<'static, str>;

/// One reason about a guest, a host, or a guest on a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id; `missing-fact` where a rule lacks a fact.
    pub rule: RuleId,
    /// The id of the rule that looked.
    pub asked: RuleId,
    /// How bad it is.
    pub severity: Severity,
    /// The modes it bears on.
    pub modes: Modes,
    /// What is the matter, as a sentence without a full stop.
    pub message: String,
    /// Where it is written: the cause first.
    pub evidence: Vec<Evidence>,
    /// What would change it.
    pub remedy: Cow<'static, str>,
    /// Whether rewriting the guest for the host remedies it.
    pub rewritten: bool,
    /// The document that would tell, where a fact is missing.
    pub missing: Option<DocumentKind>,
}

impl Finding {
    /// Whether it is the same but for the modes it bears on.
    fn says_the_same(&self, other: &Self) -> bool {
        let about = |one: &Self| (one.severity, one.rewritten, one.missing);
        about(self) == about(other)
            && (&self.rule, &self.asked, &self.message, &self.remedy)
                == (&other.rule, &other.asked, &other.message, &other.remedy)
            && self.evidence == other.evidence
    }
}

/// The id under which any rule says that it lacks a fact.
pub(super) const MISSING_FACT: &str = "missing-fact";
/// The id under which the policy says that one of its waivers has expired.
pub(super) const WAIVER_EXPIRED: &str = "waiver-expired";
/// The id under which the policy says that one of its waivers matches nothing.
pub(super) const WAIVER_UNUSED: &str = "waiver-unused";

/// What a rule has to say.
pub struct Findings {
    prototype: Finding,
    found: Vec<Finding>,
}

impl Findings {
    /// Findings that have in common what `prototype` says.
    pub(super) fn like(prototype: Finding) -> Self {
        Self { prototype, found: Vec::new() }
    }

    /// What it says. Where one document tells of the guest as it runs and as it is stored, the same is found of both: it is said once, of the
    /// modes of both.
    pub(super) fn take(self) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::with_capacity(self.found.len());
        for one in self.found {
            match found.iter_mut().find(|other| other.says_the_same(&one)) {
                Some(other) => other.modes = other.modes.or(one.modes),
                None => found.push(one),
            }
        }
        found
    }

    /// The rule objects: `message`, caused by what stands at `place`.
    pub(super) fn fire(
        &mut self,
        message: impl Into<String>,
        place: Option<Place>,
        label: impl Into<String>,
    ) -> Firing<'_> {
        let prototype = self.prototype.clone();
        self.found.push(Finding { message: message.into(), ..prototype });
        Firing(&mut self.found).and(place, label)
    }

    /// The rule cannot tell, because `document` is missing or silent about `what`. `place` is what
    /// it would have been compared with.
    pub(super) fn missing(&mut self, document: DocumentKind, what: &str, place: Option<Place>) -> Firing<'_> {
        let message = format!("{what} is not known, so `{}` cannot be ruled out", self.prototype.rule);
        self.fire(message, place, "would be compared with it").change(|finding| {
            finding.rule = MISSING_FACT.into();
            finding.severity = Severity::Unknown;
            finding.missing = Some(document);
            finding.remedy = format!("collect {}: `{}`", document.path(), document.command()).into();
        })
    }
}

/// The finding just made, to say more of it.
pub(super) struct Firing<'f>(&'f mut Vec<Finding>);

impl Firing<'_> {
    fn change(self, change: impl FnOnce(&mut Finding)) -> Self {
        if let Some(finding) = self.0.last_mut() {
            change(finding);
        }
        self
    }

    /// Another place that bears on it.
    pub(super) fn and(self, place: Option<Place>, label: impl Into<String>) -> Self {
        let label = label.into();
        self.change(|finding| finding.evidence.extend(place.map(|place| Evidence { place, label })))
    }

    /// It bears on no more than these modes.
    pub(super) fn only(self, modes: Modes) -> Self {
        self.change(|finding| finding.modes = finding.modes.and(modes))
    }

    /// Rewriting the guest does not remedy it, though it does what else the rule finds.
    pub(super) fn stays(self) -> Self {
        self.change(|finding| finding.rewritten = false)
    }

    /// What would change it, where that is more than the rule says.
    pub(super) fn remedy(self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.change(|finding| finding.remedy = remedy.into())
    }
}
