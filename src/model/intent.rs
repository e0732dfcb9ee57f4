//! What the operator wants.

use std::fmt;
use std::str::FromStr;

use crate::text::nearest;

/// One wish of the operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intent {
    /// Move all guests away from these hosts.
    Drain(Vec<String>),
    /// Move onto these hosts the guests that may run there.
    Adopt(Vec<String>),
    /// Take these hosts down in groups, for an upgrade, with their guests moved away before.
    Upgrade(Vec<String>),
    /// Take these hosts down in groups for a while, with their guests moved away before and brought back afterwards.
    Evacuate(Vec<String>),
    /// Move guests among these hosts, as few as it takes, until none holds more than it can and all are about as full.
    Balance(Vec<String>),
    /// Move guests away from those of these hosts that hold more than they can, to others of them, as few as it takes.
    Relieve(Vec<String>),
    /// Move no guest onto these hosts; those that are there may stay.
    Ban(Vec<String>),
    /// Leave these guests where they are, whatever else is wanted.
    Pin(Vec<String>),
    /// Move these guests to this host.
    Move {
        /// The guests.
        guests: Vec<String>,
        /// The host.
        to: String,
    },
}

/// What an intent is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Hosts.
    Hosts,
    /// Guests.
    Guests,
    /// Guests and one host.
    Both,
}

/// Makes an intent of the hosts and guests that it is about.
type Make = fn(Vec<String>, Vec<String>) -> Intent;

/// Every intent: its word, what it is about, and how that is written.
const WORDS: [(&str, Names, Make); 9] = [
    ("drain", Names::Hosts, |hosts, _| Intent::Drain(hosts)),
    ("adopt", Names::Hosts, |hosts, _| Intent::Adopt(hosts)),
    ("upgrade", Names::Hosts, |hosts, _| Intent::Upgrade(hosts)),
    ("evacuate", Names::Hosts, |hosts, _| Intent::Evacuate(hosts)),
    ("balance", Names::Hosts, |hosts, _| Intent::Balance(hosts)),
    ("relieve", Names::Hosts, |hosts, _| Intent::Relieve(hosts)),
    ("ban", Names::Hosts, |hosts, _| Intent::Ban(hosts)),
    ("pin", Names::Guests, |_, guests| Intent::Pin(guests)),
    ("move", Names::Both, |hosts, guests| Intent::Move {
        guests,
        to: hosts.into_iter().next().unwrap_or_default(),
    }),
];

impl Names {
    /// What an intent of this word is about, if there is such a word.
    pub fn of(word: &str) -> Option<Self> {
        WORDS.iter().find(|(known, ..)| *known == word).map(|one| one.1)
    }

    /// How they stand behind the word.
    fn form(self) -> &'static str {
        match self {
            Self::Hosts => "HOST…",
            Self::Guests => "GUEST…",
            Self::Both => "GUEST… to HOST",
        }
    }
}

/// `'drain HOST…', … and 'pin GUEST…'`
fn forms(wanted: impl Fn(Names) -> bool) -> String {
    let all: Vec<String> = WORDS
        .iter()
        .filter(|(_, names, _)| wanted(*names))
        .map(|(word, names, _)| format!("'{word} {}'", names.form()))
        .collect();
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

impl Intent {
    /// The hosts it names.
    pub fn hosts(&self) -> &[String] {
        match self {
            Self::Drain(hosts)
            | Self::Adopt(hosts)
            | Self::Upgrade(hosts)
            | Self::Evacuate(hosts)
            | Self::Balance(hosts)
            | Self::Relieve(hosts)
            | Self::Ban(hosts) => hosts,
            Self::Pin(_) => &[],
            Self::Move { to, .. } => std::slice::from_ref(to),
        }
    }

    /// The guests it names.
    pub fn guests(&self) -> &[String] {
        match self {
            Self::Pin(guests) | Self::Move { guests, .. } => guests,
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
            Self::Evacuate(_) => "evacuate",
            Self::Balance(_) => "balance",
            Self::Relieve(_) => "relieve",
            Self::Ban(_) => "ban",
            Self::Pin(_) => "pin",
            Self::Move { .. } => "move",
        }
    }

    /// Whether its hosts are taken down, and not only left by guests.
    pub fn takes_down(&self) -> bool {
        matches!(self, Self::Upgrade(_) | Self::Evacuate(_))
    }

    /// The intent of this `word` about these hosts and guests.
    ///
    /// # Errors
    /// [`IntentError`] where the word is not known, or what it is about is not named.
    pub fn new(word: &str, hosts: Vec<String>, guests: Vec<String>) -> Result<Self, IntentError> {
        let known = WORDS.iter().find(|(known, ..)| *known == word);
        let &(_, names, make) = known.ok_or_else(|| IntentError::Word(word.to_owned()))?;
        match names {
            Names::Hosts if hosts.is_empty() => Err(IntentError::NoHost),
            Names::Guests if guests.is_empty() => Err(IntentError::NoGuest),
            Names::Both if guests.is_empty() || hosts.len() != 1 => Err(IntentError::NotBoth),
            _ => Ok(make(hosts, guests)),
        }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Move { guests, to } => write!(f, "move {} to {to}", guests.join(" ")),
            _ => write!(f, "{} {}", self.word(), [self.hosts(), self.guests()].concat().join(" ")),
        }
    }
}

/// Why a text is not an intent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntentError {
    /// No such word.
    #[error("'{0}' is not an intent; {instead}", instead = instead(.0))]
    Word(String),
    /// No host is named.
    #[error("an intent names the hosts it is about: {all}", all = forms(|names| names == Names::Hosts))]
    NoHost,
    /// No guest is named.
    #[error("an intent names the guests it is about: {all}", all = forms(|names| names == Names::Guests))]
    NoGuest,
    /// Guests and one host should be named.
    #[error("an intent names the guests it is about and one host: {all}", all = forms(|names| names == Names::Both))]
    NotBoth,
}

/// The word that was probably meant, else all there are.
fn instead(word: &str) -> String {
    let near = nearest(word, WORDS.iter().map(|one| one.0));
    near.map_or_else(|| format!("there are {}", forms(|_| true)), |near| format!("did you mean '{near}'?"))
}

impl FromStr for Intent {
    type Err = IntentError;

    fn from_str(text: &str) -> Result<Self, IntentError> {
        let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let word = words.next().unwrap_or_default();
        let names: Vec<String> = words.map(str::to_owned).collect();
        match Names::of(word) {
            Some(Names::Guests) => Self::new(word, Vec::new(), names),
            Some(Names::Both) => {
                let (guests, hosts) =
                    names.split_at(names.iter().rposition(|name| name == "to").unwrap_or(0));
                Self::new(word, hosts.iter().skip(1).cloned().collect(), guests.to_vec())
            }
            _ => Self::new(word, names, Vec::new()),
        }
    }
}
