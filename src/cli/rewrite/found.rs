//! What was rewritten, and what could not be.

use super::rewritten::Rewritten;
use crate::cli::error::CliError;

/// Guests in the order in which they were asked for.
#[derive(Default)]
pub(super) struct Found {
    /// Those that were rewritten, and why others cannot be read.
    pub(super) guests: Vec<Result<Rewritten, CliError>>,
    /// Why others were left out.
    pub(super) refused: Vec<String>,
}

impl Found {
    /// Those that could be read.
    pub(super) fn read(&self) -> impl Iterator<Item = &Rewritten> {
        self.guests.iter().flatten()
    }

    /// The guest, where there is one alone.
    pub(super) fn only(&self) -> Option<&Rewritten> {
        match &self.guests[..] {
            [Ok(one)] => Some(one),
            _ => None,
        }
    }
}

impl From<Vec<Rewritten>> for Found {
    fn from(guests: Vec<Rewritten>) -> Self {
        Self { guests: guests.into_iter().map(Ok).collect(), refused: Vec::new() }
    }
}

impl From<Vec<Result<Rewritten, CliError>>> for Found {
    fn from(guests: Vec<Result<Rewritten, CliError>>) -> Self {
        Self { guests, refused: Vec::new() }
    }
}
