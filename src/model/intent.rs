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
}

impl Intent {
    /// The hosts it names.
    pub fn hosts(&self) -> &[String] {
        match self {
            Self::Drain(hosts) | Self::Adopt(hosts) => hosts,
        }
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Drain(_) => "drain",
            Self::Adopt(_) => "adopt",
        }
    }

    /// The intent of this `word` about `hosts`.
    ///
    /// # Errors
    /// [`IntentError`] where the word is not known or no host is named.
    pub fn new(word: &str, hosts: Vec<String>) -> Result<Self, IntentError> {
        if hosts.is_empty() {
            return Err(IntentError::NoHost);
        }
        match word {
            "drain" => Ok(Self::Drain(hosts)),
            "adopt" => Ok(Self::Adopt(hosts)),
            other => Err(IntentError::Word(other.to_owned())),
        }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.word(), self.hosts().join(" "))
    }
}

/// Why a text is not an intent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntentError {
    /// No such word.
    #[error("'{0}' is not an intent; there are 'drain HOST…' and 'adopt HOST…'")]
    Word(String),
    /// No host is named.
    #[error("an intent names the hosts it is about: 'drain HOST…' or 'adopt HOST…'")]
    NoHost,
}

impl FromStr for Intent {
    type Err = IntentError;

    fn from_str(text: &str) -> Result<Self, IntentError> {
        let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let word = words.next().unwrap_or_default();
        Self::new(word, words.map(str::to_owned).collect())
    }
}
