//! What ends a command with exit code 2.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::near_file::near_file;
use crate::ingest::IngestError;
use crate::model::Cluster;
use crate::plan::PlanError;
use crate::report::{Complaint, complaint};
use crate::text::nearest;

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The inventory cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A name that nothing has.
    #[error("there is no {what} '{name}'")]
    Unknown {
        /// What was looked for: a guest, a host, a rule.
        what: &'static str,
        /// The name that was given.
        name: String,
        /// What to give instead.
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
    /// A document that is not what it should be, with the place that shows it.
    #[error("{message}")]
    Document {
        /// Its path.
        path: String,
        /// Its text.
        text: String,
        /// The byte that is wrong.
        at: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
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

/// How many names are listed where none is near.
const LISTED: usize = 8;

impl CliError {
    /// Nothing is called `name`; names the nearest of `names`, else all if they are few.
    pub(super) fn unknown<'n>(what: &'static str, name: &str, names: impl Iterator<Item = &'n str>) -> Self {
        let names: Vec<&str> = names.collect();
        let few = (1..=LISTED).contains(&names.len());
        let hint = match nearest(name, names.iter().copied()) {
            Some(near) => Some(format!("did you mean '{near}'?")),
            None => few.then(|| format!("there are {}", names.join(", "))),
        };
        Self::Unknown { what, name: name.to_owned(), hint }
    }

    /// Why there is no plan for this cluster.
    pub(super) fn of_plan(error: &PlanError, cluster: &Cluster) -> Self {
        let hosts = cluster.hosts.iter().map(|host| host.name.as_str());
        let guests = cluster.guests.iter().map(|guest| guest.name.as_str());
        match error {
            PlanError::UnknownHost { host, .. } => Self::unknown("host", host, hosts),
            PlanError::UnknownGuest { guest, .. } => Self::unknown("guest", guest, guests),
            other => Self::Wrong(other.to_string()),
        }
    }

    /// What serde says against the JSON in `text`, at its place.
    pub(super) fn of_json(path: &Path, text: &str, error: &serde_json::Error, help: &str) -> Self {
        let before = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
        let said = error.to_string();
        let message =
            format!("the JSON cannot be read: {}", said.split(" at line ").next().unwrap_or_default());
        Self::Document {
            path: path.display().to_string(),
            text: text.to_owned(),
            at: before.sum::<usize>() + error.column().saturating_sub(1),
            message,
            help: help.to_owned(),
        }
    }

    /// The whole of it for a person: what is wrong, the line that shows it, what to do. There are ANSI colours in it.
    pub(super) fn told(&self) -> String {
        let title = self.to_string();
        let mut told = Complaint { name: "error", title: &title, place: None, help: None };
        let help = self.help();
        told.help = help.as_deref();
        if let Self::Document { path, text, at, .. } = self {
            told.place = Some((path, text, *at));
        }
        complaint(&told)
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Unknown { hint, .. } => hint.clone(),
            Self::Document { help, .. } => Some(help.clone()),
            Self::Ingest(IngestError::Unreadable { folder: path, error: source })
            | Self::File { path, source }
                if source.kind() == ErrorKind::NotFound =>
            {
                near_file(path).map(|near| format!("did you mean '{}'?", near.display()))
            }
            _ => None,
        }
    }
}
