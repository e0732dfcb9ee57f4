//! A plan in figures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Memory;

/// The plan in figures, with what no plan can do better.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many moves it has.
    pub moves: usize,
    /// As few moves as any plan has that brings the same guests where they are wanted.
    pub moves_at_least: usize,
    /// How many moves bring a guest to a host from which it goes on, to make room.
    pub bounces: usize,
    /// As few as any plan has that moves the same guests: so many sets of hosts have nothing that could move first.
    pub bounces_at_least: usize,
    /// How many waves it has.
    pub waves: usize,
    /// As few waves as any plan has that brings the same guests where they are wanted: no host has
    /// more moves in one wave than the settings allow.
    pub waves_at_least: usize,
    /// Moves of guests that run on.
    pub live: usize,
    /// Moves of guests that were on no host.
    pub placed: usize,
    /// Moves of guests that are shut down, or were.
    pub cold: usize,
    /// Moves of guests that are rebuilt.
    pub rebuild: usize,
    /// How many guests that run are stopped on their way.
    pub stopped: usize,
    /// How many guests are left out.
    pub left_out: usize,
    /// As few guests as any plan leaves out: those that no allowed host can take even when empty.
    pub left_out_at_least: usize,
    /// When the last move ends if all take what is expected, in milliseconds.
    pub end_ms: u64,
    /// As early as any plan ends that moves the same guests in the same modes, whatever their hosts, in milliseconds.
    pub end_at_least_ms: u64,
    /// What the live moves are expected to send over the network.
    pub sent: Memory,
    /// Memory of the live moves: at least so much goes over the network.
    pub live_memory: Memory,
}

/// What a plan has in common with the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SinceRecord {
    /// Guests that the older plan has moved already.
    pub finished: usize,
    /// Guests that go where the older plan had them go.
    pub kept: usize,
    /// Guests that go elsewhere than the older plan had them go.
    pub changed: usize,
    /// Guests that the older plan had move, and that stay.
    pub dropped: usize,
    /// Guests that the older plan did not move.
    pub added: usize,
    /// Guests of the older plan that are neither where they were nor where they were to go, or gone.
    pub astray: usize,
}
