//! `portolan schema`

use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::output::{Terminal, write_file};
use crate::report::{PUBLISHED, Published};

/// Print the JSON schema of a document that Portolan writes
#[derive(Args)]
pub(super) struct Schema {
    /// The document; without it all are listed
    name: Option<String>,
    /// Write every schema into this folder, as NAME-vVERSION.json
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    output: Option<PathBuf>,
}

impl Schema {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        match (&self.name, &self.output) {
            (Some(name), _) => terminal.print_as_it_is(&found(name)?.schema()?)?,
            (None, Some(folder)) => {
                for one in &PUBLISHED {
                    write_file(&folder.join(format!("{}-v{}.json", one.name, one.version)), &one.schema()?)?;
                }
            }
            (None, None) => {
                for one in &PUBLISHED {
                    terminal.print(&format!("{:<15} version {}, {}\n", one.name, one.version, one.about))?;
                }
            }
        }
        Ok(Outcome::Clear)
    }
}

fn found(name: &str) -> Result<&'static Published, CliError> {
    let unknown = || CliError::unknown("document", name, PUBLISHED.iter().map(|one| one.name));
    PUBLISHED.iter().find(|one| one.name == name).ok_or_else(unknown)
}
