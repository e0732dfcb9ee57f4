//! What becomes of a guest's move to a host.

use schemars::JsonSchema;

use std::fmt;

use super::finding::Finding;
use super::mode::Mode;
use super::severity::Severity;

/// Whether a mode is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Answer {
    /// No rule objects, and nothing needed is unknown.
    Yes,
    /// No rule objects, but something needed is unknown.
    Unknown,
    /// A rule objects.
    No,
}

impl Answer {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Unknown => "unknown",
            Self::No => "no",
        }
    }
}

/// The best that is certain for a guest on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Verdict {
    /// It can move while it runs.
    Live,
    /// It can move shut down.
    Cold,
    /// It can be rebuilt for the host's architecture.
    Rebuild,
    /// Nothing is certain, for want of facts.
    Unknown,
    /// It cannot get there.
    Impossible,
}

impl Verdict {
    /// All of them, the best first.
    pub const ALL: [Self; 5] = [Self::Live, Self::Cold, Self::Rebuild, Self::Unknown, Self::Impossible];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Cold => "cold",
            Self::Rebuild => "rebuild",
            Self::Unknown => "unknown",
            Self::Impossible => "impossible",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The answer for each mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assessment {
    /// Whether it can move while it runs.
    pub live: Answer,
    /// Whether it can move shut down.
    pub cold: Answer,
    /// Whether it can be rebuilt for the host's architecture; no where that is the guest's own.
    pub rebuild: Answer,
}

impl Assessment {
    /// Possible in every mode.
    pub(super) const POSSIBLE: Self = Self { live: Answer::Yes, cold: Answer::Yes, rebuild: Answer::Yes };

    /// What `findings` leave possible. `rebuild` says whether rebuilding is asked at all: it is
    /// between architectures.
    pub(super) fn of(findings: &[Finding], rebuild: Answer) -> Self {
        let answer =
            |mode| findings.iter().map(|finding| objection(finding, mode)).max().unwrap_or(Answer::Yes);
        Self {
            live: answer(Mode::Live),
            cold: answer(Mode::Cold),
            rebuild: answer(Mode::Rebuild).max(rebuild),
        }
    }

    /// What both leave possible.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            live: self.live.max(other.live),
            cold: self.cold.max(other.cold),
            rebuild: self.rebuild.max(other.rebuild),
        }
    }

    /// The same for these modes, and no for all others.
    #[must_use]
    pub fn only(self, modes: &[Mode]) -> Self {
        let answer = |mode| if modes.contains(&mode) { self.answer(mode) } else { Answer::No };
        Self { live: answer(Mode::Live), cold: answer(Mode::Cold), rebuild: answer(Mode::Rebuild) }
    }

    /// The answer for one mode.
    pub fn answer(self, mode: Mode) -> Answer {
        match mode {
            Mode::Live => self.live,
            Mode::Cold => self.cold,
            Mode::Rebuild => self.rebuild,
        }
    }

    /// The gentlest mode that is certainly possible.
    pub fn best(self) -> Option<Mode> {
        Mode::ALL.into_iter().find(|&mode| self.answer(mode) == Answer::Yes)
    }

    /// The verdict: the gentlest mode that is certain; unknown where none is but one may be.
    pub fn verdict(self) -> Verdict {
        match self.best() {
            Some(Mode::Live) => Verdict::Live,
            Some(Mode::Cold) => Verdict::Cold,
            Some(Mode::Rebuild) => Verdict::Rebuild,
            None if Mode::ALL.into_iter().any(|mode| self.answer(mode) == Answer::Unknown) => {
                Verdict::Unknown
            }
            None => Verdict::Impossible,
        }
    }
}

/// An assessment in one byte, two bits for each mode: many are combined for each guest and host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Packed(u8);

impl Packed {
    /// What both leave possible: of two answers the worse is the one with more bits.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Assessment {
    pub(super) fn packed(self) -> Packed {
        let bits = |answer| match answer {
            Answer::Yes => 0b00,
            Answer::Unknown => 0b01,
            Answer::No => 0b11,
        };
        Packed(bits(self.live) | bits(self.cold) << 2 | bits(self.rebuild) << 4)
    }
}

impl From<Packed> for Assessment {
    fn from(packed: Packed) -> Self {
        let answer = |at: u8| match packed.0 >> at & 0b11 {
            0b00 => Answer::Yes,
            0b01 => Answer::Unknown,
            _ => Answer::No,
        };
        Self { live: answer(0), cold: answer(2), rebuild: answer(4) }
    }
}

fn objection(finding: &Finding, mode: Mode) -> Answer {
    match finding.severity {
        _ if !finding.modes.has(mode) => Answer::Yes,
        Severity::Blocker => Answer::No,
        Severity::Unknown => Answer::Unknown,
        Severity::Warning | Severity::Note => Answer::Yes,
    }
}
