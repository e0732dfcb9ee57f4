//! What the operator wants.

use std::fmt;
use std::str::FromStr;

/// One wish of the operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intent {
    /// Move all guests away from these hosts.
    Drain(Vec<String>),
    /// Move onto these hosts the guests that may run there.
    Adopt(Vec<String>),
    /// Take these hosts down in groups, for an upgrade, with their guests moved away before.
    Upgrade(Vec<String>),
    /// Move guests among these hosts, as few as it takes, until none holds more than it can and all are about as full.
    Balance(Vec<String>),
    /// Move guests away from those of these hosts that hold more than they can, to others of them, as few as it takes.
    Relieve(Vec<String>),
    /// Move no guest onto these hosts; those that are there may stay.
    Ban(Vec<String>),
    /// Leave these guests where they are, whatever else is wanted.
    Pin(Vec<String>),
}

/// Makes an intent of the names that it is about.
type Make = fn(Vec<String>) -> Intent;

/// Every intent by its word.
const WORDS: [(&str, Make); 7] = [
    ("drain", Intent::Drain),
    ("adopt", Intent::Adopt),
    ("upgrade", Intent::Upgrade),
    ("balance", Intent::Balance),
    ("relieve", Intent::Relieve),
    ("ban", Intent::Ban),
    ("pin", Intent::Pin),
];

impl Intent {
    /// The hosts it names.
    pub fn hosts(&self) -> &[String] {
        match self {
            Self::Drain(hosts)
            | Self::Adopt(hosts)
            | Self::Upgrade(hosts)
            | Self::Balance(hosts)
            | Self::Relieve(hosts)
            | Self::Ban(hosts) => hosts,
            Self::Pin(_) => &[],
        }
    }

    /// The guests it names.
    pub fn guests(&self) -> &[String] {
        match self {
            Self::Pin(guests) => guests,
            _ => &[],
        }
    }

    /// Whether it asks for moves, and not only keeps others from being made.
    pub fn asks_for_moves(&self) -> bool {
        !matches!(self, Self::Ban(_) | Self::Pin(_)) && !self.hosts().is_empty()
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Drain(_) => "drain",
            Self::Adopt(_) => "adopt",
            Self::Upgrade(_) => "upgrade",
            Self::Balance(_) => "balance",
            Self::Relieve(_) => "relieve",
            Self::Ban(_) => "ban",
            Self::Pin(_) => "pin",
        }
    }

    /// The intent of this `word` about hosts, or guests, of these `names`.
    ///
    /// # Errors
    /// [`IntentError`] where the word is not known or nothing is named.
    pub fn new(word: &str, names: Vec<String>) -> Result<Self, IntentError> {
        let known = WORDS.iter().find(|(known, _)| *known == word);
        let (_, make) = known.ok_or_else(|| IntentError::Word(word.to_owned()))?;
        let intent = make(names);
        match (intent.hosts(), intent.guests()) {
            ([], []) if matches!(intent, Self::Pin(_)) => Err(IntentError::NoGuest),
            ([], []) => Err(IntentError::NoHost),
            _ => Ok(intent),
        }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.word(), [self.hosts(), self.guests()].concat().join(" "))
    }
}

/// Why a text is not an intent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntentError {
    /// No such word.
    #[error(
        "'{0}' is not an intent; there are 'drain HOST…', 'adopt HOST…', 'upgrade HOST…', 'balance HOST…', 'relieve HOST…', \
         'ban HOST…' and 'pin GUEST…'"
    )]
    Word(String),
    /// No host is named.
    #[error(
        "an intent names the hosts it is about: 'drain HOST…', 'adopt HOST…', 'upgrade HOST…', 'balance HOST…', \
         'relieve HOST…' or 'ban HOST…'"
    )]
    NoHost,
    /// No guest is named.
    #[error("an intent names the guests it is about: 'pin GUEST…'")]
    NoGuest,
}

impl FromStr for Intent {
    type Err = IntentError;

    fn from_str(text: &str) -> Result<Self, IntentError> {
        let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let word = words.next().unwrap_or_default();
        Self::new(word, words.map(str::to_owned).collect())
    }
}
