//! The ways a guest can move.

use schemars::JsonSchema;

use std::fmt;

/// One way a guest can move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Mode {
    /// While it runs.
    Live,
    /// Shut down here, started there, from the same definition.
    Cold,
    /// Defined anew for another architecture, with a disk image built for it.
    Rebuild,
}

impl Mode {
    /// All of them, the gentlest first.
    pub const ALL: [Self; 3] = [Self::Live, Self::Cold, Self::Rebuild];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Cold => "cold",
            Self::Rebuild => "rebuild",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A set of modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Modes(u8);

impl Modes {
    /// Live only.
    pub const LIVE: Self = Self(1);
    /// Cold only.
    pub const COLD: Self = Self(2);
    /// Rebuild only.
    pub const REBUILD: Self = Self(4);
    /// Live and cold: the definition moves as it is.
    pub const AS_IT_IS: Self = Self(3);
    /// Cold and rebuild: the guest is shut down for it.
    pub const SHUT_DOWN: Self = Self(6);
    /// All modes.
    pub const ALL: Self = Self(7);

    /// This one only.
    pub fn only(mode: Mode) -> Self {
        match mode {
            Mode::Live => Self::LIVE,
            Mode::Cold => Self::COLD,
            Mode::Rebuild => Self::REBUILD,
        }
    }

    /// Whether `mode` is one of them.
    pub fn has(self, mode: Mode) -> bool {
        self.0 & Self::only(mode).0 != 0
    }

    /// The modes in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The modes in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The modes, the gentlest first.
    pub fn iter(self) -> impl Iterator<Item = Mode> {
        Mode::ALL.into_iter().filter(move |&mode| self.has(mode))
    }
}

impl fmt::Display for Modes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Mode::as_str).collect();
        f.pad(&words.join(", "))
    }
}
