//! What a guest was doing when its documents were collected: what passes by itself, or by a command.

use super::{Activity, DocumentKind, Fact, Known};

/// The state of a guest, with the reason that libvirt gives for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestState {
    /// The state.
    pub word: StateWord,
    /// The reason, in virsh's words, where it was asked for: `I/O error`, `migrating`, `saved`.
    pub reason: Option<String>,
}

/// The states of libvirt (virDomainState, libvirt 11.3), as virsh names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateWord {
    /// `no state`
    None,
    /// `running`
    Running,
    /// `idle`
    Idle,
    /// `paused`
    Paused,
    /// `in shutdown`
    InShutdown,
    /// `shut off`
    ShutOff,
    /// `crashed`
    Crashed,
    /// `pmsuspended`
    Suspended,
    /// `saved`: shut off with a saved state, as `virsh list --managed-save` has it.
    Saved,
}

const WORDS: [(&str, StateWord); 9] = [
    ("no state", StateWord::None),
    ("running", StateWord::Running),
    ("idle", StateWord::Idle),
    ("paused", StateWord::Paused),
    ("in shutdown", StateWord::InShutdown),
    ("shut off", StateWord::ShutOff),
    ("crashed", StateWord::Crashed),
    ("pmsuspended", StateWord::Suspended),
    ("saved", StateWord::Saved),
];

impl StateWord {
    /// The state that virsh calls so.
    pub fn named(name: &str) -> Option<Self> {
        WORDS.iter().find(|(word, _)| *word == name).map(|(_, state)| *state)
    }

    /// Whether a QEMU runs for the guest; `None` where the state does not say.
    pub fn is_active(self) -> Option<bool> {
        match self {
            // A crashed guest may be kept (on_crash) or be gone.
            Self::None | Self::Crashed => None,
            Self::ShutOff | Self::Saved => Some(false),
            _ => Some(true),
        }
    }
}

impl GuestState {
    /// What `virsh domstate --reason` or `virsh list` prints of one guest: `paused (I/O error)`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (word, reason) = match text.split_once(" (") {
            Some((word, reason)) => (word, Some(reason.strip_suffix(')')?.to_owned())),
            None => (text, None),
        };
        Some(Self { word: StateWord::named(word)?, reason })
    }
}

/// A guest as a list of its host's has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedGuest {
    /// Its name.
    pub name: String,
    /// Its state, without a reason.
    pub state: GuestState,
}

/// What was collected of one guest beside its definitions.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Its state (`virsh domstate --reason`).
    pub state: Option<Known<GuestState>>,
    /// What the job does that libvirt runs for it, if one ran (`virsh domjobinfo`): `Outgoing migration`.
    pub job: Fact<Option<String>>,
    /// The jobs that ran on its disks, by their kind (`virsh blockjob --raw`): `Block Pull`.
    pub block_jobs: Fact<Vec<Known<String>>>,
    /// The files below its disks, as `qemu-img info --backing-chain` names them.
    pub backing: Vec<Known<String>>,
    /// How busy it was, where that was measured.
    pub activity: Option<Box<Activity>>,
}

impl Default for Moment {
    fn default() -> Self {
        Self {
            state: None,
            job: Fact::Unknown(DocumentKind::Job),
            block_jobs: Fact::Unknown(DocumentKind::BlockJobs),
            backing: Vec::new(),
            activity: None,
        }
    }
}
