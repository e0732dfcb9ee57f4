//! What becomes of an answer once the guest's domain XML is rewritten for the host.

use serde::Serialize;

use crate::compat::{Answer, Assessment, Finding, Mode, Severity};

/// What is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::report) enum After {
    /// Nothing: no blocker would go away, or none stands in the way.
    Nothing,
    /// The guest could be started there: every blocker goes away, and nothing is unknown.
    Starts,
    /// It cannot be rewritten for this host.
    Refused,
    /// These reasons still stand in the way of a cold start, by number.
    Cold(Vec<usize>),
    /// These still stand in the way of rebuilding it, by number.
    Rebuild(Vec<usize>),
}

/// A guest that would be rewritten for a host.
pub(super) struct Rewriting<'r> {
    /// Whether that makes another architecture of it; `None` where that is not known.
    pub(super) rebuilds: Option<bool>,
    /// Whether it cannot be done: asked only where all else is well.
    pub(super) refused: &'r dyn Fn() -> bool,
}

impl Rewriting<'_> {
    /// What becomes of an answer; `said` has the numbers of the findings' reasons.
    pub(super) fn after(&self, assessment: Assessment, said: &[(&Finding, usize)]) -> After {
        if !said.iter().any(|(finding, _)| goes_away(finding)) {
            return After::Nothing;
        }
        match self.rebuilds {
            Some(false) if assessment.cold == Answer::No => {
                let held = held(said, |finding| finding.modes.has(Mode::Cold) && !goes_away(finding));
                match held[..] {
                    [] if (self.refused)() => After::Refused,
                    [] => After::Starts,
                    [..] => After::Cold(held),
                }
            }
            // What stands in the way of rebuilding is what rewriting does not mend.
            Some(true) if assessment.rebuild != Answer::Yes => {
                After::Rebuild(held(said, |finding| finding.modes.has(Mode::Rebuild)))
            }
            _ => After::Nothing,
        }
    }
}

/// A blocker that rewriting remedies.
fn goes_away(finding: &Finding) -> bool {
    finding.rewritten && finding.severity == Severity::Blocker
}

fn held(said: &[(&Finding, usize)], stays: impl Fn(&Finding) -> bool) -> Vec<usize> {
    let objects = |finding: &Finding| matches!(finding.severity, Severity::Blocker | Severity::Unknown);
    let held = said.iter().filter(|(finding, _)| objects(finding) && stays(finding));
    let mut held: Vec<usize> = held.map(|(_, reason)| *reason).collect();
    held.sort_unstable();
    held.dedup();
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::Modes;

    /// Made up: of a rule that rewriting mends or not.
    fn finding(severity: Severity, modes: Modes, rewritten: bool) -> Finding {
        Finding {
            rule: "made-up".into(),
            asked: "made-up".into(),
            severity,
            modes,
            message: String::new(),
            evidence: Vec::new(),
            remedy: "".into(),
            rewritten,
            missing: None,
        }
    }

    fn after(rebuilds: Option<bool>, findings: &[Finding], refused: bool) -> After {
        let answer =
            |mode| match findings.iter().filter(|one| one.modes.has(mode)).map(|one| one.severity).min() {
                Some(Severity::Blocker) => Answer::No,
                Some(Severity::Unknown) => Answer::Unknown,
                _ => Answer::Yes,
            };
        let assessment = Assessment {
            live: answer(Mode::Live),
            cold: answer(Mode::Cold),
            rebuild: if rebuilds == Some(false) { Answer::No } else { answer(Mode::Rebuild) },
        };
        let said: Vec<_> = findings.iter().zip(0..).collect();
        Rewriting { rebuilds, refused: &|| refused }.after(assessment, &said)
    }

    #[test]
    fn yes_is_said_only_where_it_is_known() {
        let (blocker, unknown) = (Severity::Blocker, Severity::Unknown);
        let mended = finding(blocker, Modes::AS_IT_IS, true);
        let all = |others: &[Finding]| [std::slice::from_ref(&mended), others].concat();
        assert_eq!(after(Some(false), &all(&[]), false), After::Starts);
        assert_eq!(after(Some(false), &all(&[]), true), After::Refused);
        // Which host that is is not known, or it is of another architecture.
        assert_eq!(after(None, &all(&[]), false), After::Nothing);
        assert_eq!(after(Some(true), &all(&[]), false), After::Nothing);
        // What rewriting does not mend, and what is not known: not even where rewriting would mend it, were it so.
        for held in [finding(blocker, Modes::AS_IT_IS, false), finding(unknown, Modes::AS_IT_IS, true)] {
            assert_eq!(after(Some(false), &all(&[held]), false), After::Cold(vec![1]));
        }
        // A warning, and what bars no cold start.
        let others = [finding(Severity::Warning, Modes::ALL, false), finding(blocker, Modes::LIVE, false)];
        assert_eq!(after(Some(false), &all(&others), false), After::Starts);
        // Nothing goes away.
        assert_eq!(after(Some(false), &others, false), After::Nothing);
        let foreign = [finding(unknown, Modes::ALL, true), finding(blocker, Modes::AS_IT_IS, false)];
        assert_eq!(after(Some(true), &all(&foreign), false), After::Rebuild(vec![1]));
    }
}
