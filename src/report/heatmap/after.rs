//! What becomes of an answer once the guest's domain XML is rewritten for the host.

use serde::Serialize;

use crate::compat::{Answer, Assessment, Chart, Finding, GuestIndex, HostIndex, Mode, Severity};
use crate::rewrite::foreseen;

/// What is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::report) enum After {
    /// Nothing: no blocker would go away, or none stands in the way.
    Nothing,
    /// It cannot be rewritten for this host.
    Refused,
    /// The guest could be started there.
    Starts,
    /// This still stands in the way of a cold start.
    Cold(Still),
    /// This still stands in the way of rebuilding it.
    Rebuild(Still),
}

/// What still stands in the way, by the ids of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(in crate::report) struct Still {
    /// These object.
    pub(in crate::report) objects: Vec<String>,
    /// Of these it is not known.
    pub(in crate::report) unknown: Vec<String>,
}

/// A guest rewritten for a host and judged anew.
pub(super) enum Judged {
    /// It cannot be rewritten for it.
    Refused,
    /// Whether it starts there, and what is said of it.
    Said(Answer, Vec<Finding>),
}

/// Rewrites a guest for a host, and judges it anew.
pub(super) fn judged(chart: &Chart<'_>, guest: GuestIndex, host: HostIndex) -> Judged {
    let cluster = chart.cluster;
    let Some(rewritten) = foreseen(cluster, &cluster.guests[guest], &cluster.hosts[host]) else {
        return Judged::Refused;
    };
    let (chart, there) = (Chart::new(&rewritten), rewritten.hosts.len() - 1);
    Judged::Said(chart.assess(0, there).cold, chart.findings(0, there))
}

/// A guest that would be rewritten for a host.
pub(super) struct Rewriting<'r> {
    /// Whether that makes another architecture of it; `None` where that is not known.
    pub(super) rebuilds: Option<bool>,
    /// Does it, and judges it anew.
    pub(super) judge: &'r dyn Fn() -> Judged,
}

impl Rewriting<'_> {
    /// What becomes of an answer with these findings.
    pub(super) fn after(&self, assessment: Assessment, findings: &[Finding]) -> After {
        if !findings.iter().any(goes_away) {
            return After::Nothing;
        }
        match self.rebuilds {
            Some(false) if assessment.cold == Answer::No => match (self.judge)() {
                Judged::Refused => After::Refused,
                Judged::Said(Answer::Yes, _) => After::Starts,
                Judged::Said(_, left) => After::Cold(still(&left, Mode::Cold)),
            },
            Some(true) if assessment.rebuild != Answer::Yes => match (self.judge)() {
                Judged::Refused => After::Refused,
                // What is said of rebuilding is said of the guest as it is rewritten.
                Judged::Said(..) => After::Rebuild(still(findings, Mode::Rebuild)),
            },
            _ => After::Nothing,
        }
    }
}

impl After {
    /// Whether rewriting takes a finding away.
    pub(super) fn takes(&self, finding: &Finding) -> bool {
        let stays = match self {
            Self::Cold(still) => still.objects.iter().any(|rule| *rule == finding.rule),
            Self::Refused => true,
            _ => false,
        };
        // Of what is not known nobody can say that it goes away.
        finding.rewritten && finding.severity != Severity::Unknown && !stays
    }
}

/// A blocker of which it is said that rewriting mends it.
fn goes_away(finding: &Finding) -> bool {
    finding.rewritten && finding.severity == Severity::Blocker
}

fn still(findings: &[Finding], mode: Mode) -> Still {
    let mut still = Still::default();
    for finding in findings.iter().filter(|finding| finding.modes.has(mode)) {
        match finding.severity {
            Severity::Blocker => still.objects.push(finding.rule.to_string()),
            Severity::Unknown => still.unknown.push(finding.asked.to_string()),
            Severity::Warning | Severity::Note => {}
        }
    }
    for rules in [&mut still.objects, &mut still.unknown] {
        rules.sort_unstable();
        rules.dedup();
    }
    still
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::Modes;

    /// Made up: of a rule that rewriting mends or not.
    fn finding(severity: Severity, modes: Modes, rewritten: bool) -> Finding {
        Finding {
            rule: "made-up".into(),
            asked: "asked".into(),
            severity,
            modes,
            message: String::new(),
            evidence: Vec::new(),
            remedy: "".into(),
            rewritten,
            missing: None,
        }
    }

    /// Of a guest that is started cold nowhere as it is.
    fn after(rebuilds: Option<bool>, rebuild: Answer, findings: &[Finding], judged: fn() -> Judged) -> After {
        let assessment = Assessment { live: Answer::No, cold: Answer::No, rebuild };
        Rewriting { rebuilds, judge: &judged }.after(assessment, findings)
    }

    #[test]
    fn yes_is_said_only_where_it_was_found() {
        let mended = [finding(Severity::Blocker, Modes::AS_IT_IS, true)];
        let same = |judged| after(Some(false), Answer::No, &mended, judged);
        assert_eq!(same(|| Judged::Said(Answer::Yes, Vec::new())), After::Starts);
        assert_eq!(same(|| Judged::Refused), After::Refused);
        let lacks = || Judged::Said(Answer::Unknown, vec![finding(Severity::Unknown, Modes::COLD, true)]);
        let unknown = Still { objects: Vec::new(), unknown: vec!["asked".to_owned()] };
        assert_eq!(same(lacks), After::Cold(unknown.clone()));
        // What is not known of the hosts, of another architecture, and of what no rewriting mends.
        let yes = || Judged::Said(Answer::Yes, Vec::new());
        assert_eq!(after(None, Answer::Unknown, &mended, yes), After::Nothing);
        assert_eq!(after(Some(true), Answer::Yes, &mended, yes), After::Nothing);
        let other = [finding(Severity::Unknown, Modes::ALL, true), mended[0].clone()];
        assert_eq!(after(Some(true), Answer::Unknown, &other, yes), After::Rebuild(unknown));
        assert_eq!(after(Some(true), Answer::No, &mended, || Judged::Refused), After::Refused);
        assert_eq!(after(Some(false), Answer::No, &other[..1], yes), After::Nothing);
    }

    #[test]
    fn what_is_there_still_is_not_said_to_go_away() {
        let mended = finding(Severity::Blocker, Modes::AS_IT_IS, true);
        let still = || Judged::Said(Answer::No, vec![finding(Severity::Blocker, Modes::AS_IT_IS, true)]);
        let cold = after(Some(false), Answer::No, std::slice::from_ref(&mended), still);
        assert!(!cold.takes(&mended) && After::Starts.takes(&mended));
        assert!(!After::Starts.takes(&finding(Severity::Unknown, Modes::COLD, true)));
    }
}
