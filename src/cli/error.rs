//! What ends a command with exit code 2.

use std::path::PathBuf;

use crate::ingest::IngestError;
use crate::text::nearest;

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The inventory cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A name that nothing has.
    #[error("there is no {what} '{name}'{}", .hint.as_ref().map_or_else(String::new, |hint| format!("; did you mean '{hint}'?")))]
    Unknown {
        /// What was looked for: a guest, a host, a rule.
        what: &'static str,
        /// The name that was given.
        name: String,
        /// The nearest name there is.
        hint: Option<String>,
    },
    /// A file or folder.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Standard output.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
    /// A document that could not be written as JSON.
    #[error("the JSON document cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// Arguments that do not go together, or a document that is not what it should be.
    #[error("{0}")]
    Wrong(String),
}

impl CliError {
    /// Nothing is called `name`; names the nearest of `names`.
    pub(super) fn unknown<'n>(what: &'static str, name: &str, names: impl Iterator<Item = &'n str>) -> Self {
        let hint = nearest(name, names).map(str::to_owned);
        Self::Unknown { what, name: name.to_owned(), hint }
    }
}
