//! `portolan.toml`: how findings are judged. Plain data; whether its rules exist is asked where they are known.

use super::host_fact::{HostFact, Quantity};
use super::{Date, Known, Memory, Modes, Pattern, Severity, Version};
use crate::text::Place;

/// What the policy says. Entries that are broken are not in it: they were told of when it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RulePolicy {
    /// `[rules]`: a rule's id and how bad its findings are, in the order of ids.
    pub levels: Vec<(Known<String>, Known<Level>)>,
    /// `[thresholds]`
    pub thresholds: Thresholds,
    /// `[[waiver]]`, in order.
    pub waivers: Vec<Waiver>,
    /// `[[rule]]`, in order.
    pub rules: Vec<UserRule>,
    /// The day for which waivers are judged. No document tells; where it is not known, no waiver with a date holds.
    pub today: Option<Date>,
}

impl RulePolicy {
    /// Whether the day matters.
    pub fn has_dates(&self) -> bool {
        self.waivers.iter().any(|waiver| waiver.until.is_some())
    }
}

/// How bad a rule's findings are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As bad as that.
    At(Severity),
    /// They do not matter.
    Off,
}

/// Numbers that rules use, where the policy has others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// How far a host's TSC may be from the guest's, in millionths.
    pub tsc_tolerance_ppm: Option<Known<u64>>,
    /// Memory that stays free on every host.
    pub memory_reserve: Option<Known<Memory>>,
    /// vCPUs for each processor, in hundredths.
    pub cpu_overcommit_percent: Option<Known<u64>>,
}

/// Findings that somebody takes responsibility for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The rule's id.
    pub rule: Known<String>,
    /// The guests, by name; all where `None`.
    pub guest: Option<Pattern>,
    /// The hosts they would go to, by name; all where `None`.
    pub host: Option<Pattern>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds; for ever where `None`.
    pub until: Option<Known<Date>>,
}

/// A rule of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRule {
    /// Its id.
    pub id: Known<String>,
    /// What it says, in one line.
    pub summary: String,
    /// What is the matter where it fires.
    pub message: String,
    /// What would change it.
    pub remedy: String,
    /// How bad it is where it fires.
    pub severity: Severity,
    /// The modes it bears on.
    pub modes: Modes,
    /// What it looks at.
    pub ask: Ask,
    /// Which values it objects to.
    pub relation: Relation,
}

/// What a user's rule looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// The stored definition of the guest.
    Guest(GuestPath),
    /// A fact of the host it would go to.
    Host(&'static HostFact),
}

/// A path in a domain XML, such as `devices/graphics@type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestPath {
    /// The path as it is written.
    pub text: String,
    /// The names of elements below `<domain>`.
    pub elements: Vec<String>,
    /// The attribute; the element's text where `None`.
    pub attribute: Option<String>,
    /// Whether guests of one class may say different things there.
    pub personal: bool,
}

/// Which values a rule objects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// This one.
    Is(String),
    /// Any other than this.
    IsNot(String),
    /// Any of these.
    In(Vec<String>),
    /// Any such text.
    Matches(Pattern),
    /// Any.
    Exists,
    /// None at all.
    Absent,
    /// Versions before this.
    OlderThan(Version),
    /// Versions after this.
    NewerThan(Version),
    /// Greater ones.
    MoreThan(Quantity),
    /// Smaller ones.
    LessThan(Quantity),
}

impl UserRule {
    /// Where the rule stands: its id.
    pub fn place(&self) -> Place {
        self.id.place
    }
}
