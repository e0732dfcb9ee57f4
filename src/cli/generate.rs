//! `portolan generate`

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::output::Terminal;
use crate::generate::{Document, Refusal, Share, Wish, generate};

/// Write the inventory of a made-up cluster, to measure and to try things with
#[derive(Args)]
pub(super) struct Generate {
    /// How many hosts, from 10 to 100000
    #[arg(long, value_name = "N")]
    hosts: u32,
    /// The folder it is written to, which must be empty or not there
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Another seed gives another cluster
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many guests on each host
    #[arg(long, value_name = "N", default_value_t = 10)]
    guests_per_host: u32,
    /// The share of the hosts' memory that guests have
    #[arg(long, value_name = "SHARE", default_value = "0.7")]
    fill: Share,
    /// The share of hosts with ARM processors
    #[arg(long, value_name = "SHARE", default_value = "0.1")]
    arm_share: Share,
    /// The share of guests that are in groups, apart or together
    #[arg(long, value_name = "SHARE", default_value = "0.06")]
    groups: Share,
    /// Of the guests that run, the share that have their stored definition beside the live one
    #[arg(long, value_name = "SHARE", default_value = "0.25")]
    both: Share,
}

impl Generate {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let wish = self.wish().map_err(|refusal| CliError::Wrong(refusal.to_string()))?;
        refuse_what_is_there(&self.output)?;
        let beside = beside(&self.output);
        refuse_what_is_there(&beside)?;
        let written = generate(&wish, |documents| write(&beside, &documents));
        let made = written.and_then(|made| match fs::rename(&beside, &self.output) {
            Ok(()) => Ok(made),
            Err(error) => Err(failed(&self.output, error)),
        });
        if made.is_err() {
            // Whatever hinders this is what hindered the writing, which is told.
            let _ = fs::remove_dir_all(&beside);
        }
        let made = made?;
        terminal.print(&format!(
            "{}: {} hosts, {} guests, {} documents, {} bytes\n",
            self.output.display(),
            wish.hosts(),
            wish.hosts() * wish.guests_per_host(),
            made.documents,
            made.bytes
        ))?;
        Ok(Outcome::Clear)
    }

    fn wish(&self) -> Result<Wish, Refusal> {
        let wish = Wish::new(self.hosts, self.guests_per_host)?.filled(self.fill)?;
        Ok(wish.with_arm(self.arm_share).grouped(self.groups).with_both(self.both).seeded(self.seed))
    }
}

/// Nothing that is there is written over, and no document of another cluster mixed in.
fn refuse_what_is_there(folder: &Path) -> Result<(), CliError> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed(folder, error)),
    };
    let refusal =
        || CliError::Wrong(format!("{}: the folder is not empty; name a new one", folder.display()));
    is_empty.then_some(()).ok_or_else(refusal)
}

/// Where the documents are written until all are there.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    folder.with_file_name(name)
}

#[expect(clippy::disallowed_methods, reason = "the whole folder is written beside, then renamed")]
fn write(folder: &Path, documents: &[Document]) -> Result<(), CliError> {
    for document in documents {
        let path = folder.join(&document.path);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, &document.text)).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> CliError {
    CliError::File { path: path.to_owned(), source }
}
