//! Where output goes: the terminal, or files that are whole or not there.

use std::fs;
use std::io::{self, ErrorKind, IsTerminal as _, Stdout, Write};
use std::path::Path;
use std::time::Instant;

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use super::error::CliError;
use super::manner::Manner;
use super::progress::Progress;
use crate::report::{Detail, coloured, folded};

/// The terminal, or whatever stands in for it.
pub(super) struct Terminal {
    out: Box<dyn Write>,
    /// The same without anything between.
    bare: Stdout,
    complaints: Box<dyn Write>,
    /// Whether standard output takes colours.
    coloured: bool,
    /// Whether lines for people are broken to the width; what another program reads is not.
    folds: bool,
    /// How much is said.
    pub(super) detail: Detail,
    /// Columns to fill.
    pub(super) width: u16,
}

/// Columns where there is no terminal, and none are asked for.
const PLAIN_WIDTH: u16 = 80;
/// The fewest that anything reads well in.
const LEAST_WIDTH: u16 = 40;

impl Terminal {
    /// Standard output and standard error; colour where they are terminals, or as is asked for.
    pub(super) fn of_process(manner: Manner) -> Self {
        let choice = AutoStream::choice(&std::io::stdout());
        Self {
            out: Box::new(AutoStream::new(std::io::stdout(), choice)),
            bare: std::io::stdout(),
            complaints: Box::new(AutoStream::new(std::io::stderr(), ColorChoice::Auto)),
            coloured: choice != ColorChoice::Never,
            folds: std::io::stdout().is_terminal(),
            detail: manner.detail(),
            width: width(),
        }
    }

    /// Does `work`, and says that it is done where somebody waits.
    pub(super) fn during<T>(&mut self, what: &str, work: impl FnOnce() -> T) -> T {
        match self.detail {
            Detail::All => self.timed(what, work),
            Detail::Usual if std::io::stderr().is_terminal() => {
                let _shown = Progress::of(what);
                work()
            }
            _ => work(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the time is told and decides nothing")]
    fn timed<T>(&mut self, what: &str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.note(&format!("{what}: {:.1} s\n", start.elapsed().as_secs_f64()));
        done
    }

    /// Prints a text for people. A reader that has gone away is no error.
    pub(super) fn print(&mut self, text: &str) -> Result<(), CliError> {
        if self.folds { write(&mut self.out, &folded(text, self.width)) } else { write(&mut self.out, text) }
    }

    /// Prints a document to the byte. What takes colours out of a text takes some characters with them.
    pub(super) fn print_as_it_is(&mut self, text: &str) -> Result<(), CliError> {
        write(&mut self.bare, text)
    }

    /// Prints a unified diff, to the byte where there are no colours.
    pub(super) fn print_diff(&mut self, diff: &str) -> Result<(), CliError> {
        if self.coloured { self.print(&coloured(diff)) } else { self.print_as_it_is(diff) }
    }

    /// Prints a document as JSON.
    pub(super) fn print_json(&mut self, document: &impl Serialize) -> Result<(), CliError> {
        self.print_as_it_is(&json(document)?)
    }

    /// Says something beside the output, unless only the answer is wanted.
    pub(super) fn note(&mut self, text: &str) {
        if self.detail != Detail::Answer {
            self.say(text);
        }
    }

    /// Says something that is part of the answer, beside the output.
    pub(super) fn say(&mut self, text: &str) {
        // Nobody is left to tell where even standard error is closed.
        let _ = self.complaints.write_all(text.as_bytes());
    }

    /// Says why a command failed.
    pub(super) fn complain(&mut self, error: &CliError) {
        self.say(&error.told());
    }
}

/// `COLUMNS`, else those of the terminal.
#[expect(clippy::disallowed_methods, reason = "the width is the terminal's or the caller's")]
fn width() -> u16 {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let found = asked.or_else(|| terminal_size::terminal_size().map(|(width, _)| width.0));
    found.unwrap_or(PLAIN_WIDTH).max(LEAST_WIDTH)
}

fn write(out: &mut dyn Write, text: &str) -> Result<(), CliError> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// A document as JSON, with a line end.
pub(super) fn json(document: &impl Serialize) -> Result<String, CliError> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// A guest's name as a file's: a guest may be called anything but a path.
pub(super) fn file_name(guest: &str) -> String {
    guest.replace(['/', '\\'], "_").trim_start_matches('.').to_owned()
}

/// Writes a file whole or not at all: beside its place first, then renamed into it.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    write_file_by(path, |file| file.write_all(text.as_bytes()))
}

/// As [`write_file`], with what `write` puts into it.
pub(super) fn write_file_by(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<(), CliError> {
    let fail = |source| CliError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".partial");
    let written = fs::File::create(&beside).and_then(|mut file| write(&mut file));
    written.and_then(|()| fs::rename(&beside, path)).map_err(|error| {
        // What is half-written is of no use; that it cannot be removed either is not worth a second complaint.
        let _ = fs::remove_file(&beside);
        fail(error)
    })
}
