//! One way in which a plan does not hold.

use std::fmt;

/// What a violation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// The plan names a guest, host or intent that the cluster does not have.
    Name,
    /// A guest is not where its move starts.
    Start,
    /// A guest moves more than once, or is left out and moves, or is left out twice.
    Twice,
    /// The verdict does not allow the mode, or it does not fit the guest's state.
    Mode,
    /// A host holds more than it can, or it is not known how much that is.
    Room,
    /// A host or a rack has more moves at once than the settings allow.
    Moves,
    /// The network carries less than the moves that run at one instant reserve.
    Network,
    /// A move starts before one has ended that it comes after, or its number is not its own.
    Order,
    /// A move is outside of its windows, or does not wait for those that are to go before it.
    Window,
    /// Too little stays free for the guests of hosts that fail.
    Headroom,
    /// Of guests that are to be apart more are on one host, or in one rack, than may be.
    Apart,
    /// Guests that were together are not.
    Together,
    /// A move that no intent asks for, or that goes against one.
    Unwanted,
    /// An intent that is not fulfilled, for a guest that is not left out.
    Unfulfilled,
    /// A command is not of the guest and the hosts of its move, or does not do what its mode asks for.
    Command,
    /// What a person has to do is not told, or told of a guest that does not need it.
    Step,
    /// A figure or an amount is wrong.
    Figure,
}

/// One way in which a plan does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The wave, counted from 1; `None` where it is about the whole plan.
    pub wave: Option<usize>,
    /// What it is about.
    pub kind: ViolationKind,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.wave {
            Some(wave) => write!(f, "wave {wave}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
