//! How what was rewritten is shown, and where it is written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::found::Found;
use super::rewritten::{Rewritten, Told};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, file_name, write_file};
use crate::report;

/// How it is shown, and where it is written.
#[derive(Args)]
pub(super) struct Shape {
    #[command(flatten)]
    writing: Writing,
    /// Write nothing, say which guests would change, and end with exit code 1 if any would
    #[arg(long, conflicts_with = "output")]
    check: bool,
    /// Print unified diffs instead of the new XML
    #[arg(long)]
    diff: bool,
    /// Say every reason on standard error, and what the guest will notice
    #[arg(long)]
    reasons: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Xml)]
    format: Format,
}

/// Where the new XML is written, and whether.
#[derive(Args)]
struct Writing {
    /// Write the new XML files into this folder
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write the new XML also where an edit is unsafe: the guest loses or changes something that a person should look at
    #[arg(long)]
    allow_unsafe: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// libvirt's XML
    Xml,
    /// What was changed and why, and what the guest will notice, for people
    Text,
    /// One JSON document for each guest
    Json,
}

impl Shape {
    /// Refuses options that say two things about standard output.
    pub(super) fn is_one(&self) -> Result<(), CliError> {
        if self.diff && self.format != Format::Xml {
            return Err(CliError::Wrong("--diff shows the XML: give it or --format, not both".to_owned()));
        }
        Ok(())
    }

    /// Several guests' XML is not one document.
    pub(super) fn has_room_for(&self, count: usize) -> Result<(), CliError> {
        if count > 1 && self.prints_xml() {
            return Err(CliError::Wrong(format!(
                "{count} guests: name a folder for them with --output, or see --diff, --check and --format"
            )));
        }
        Ok(())
    }

    /// No guest's file is written over another's.
    pub(super) fn has_a_file_for_each(&self, found: &Found) -> Result<(), CliError> {
        let mut taken = BTreeMap::new();
        for one in found.read().filter(|_| self.writing.output.is_some()) {
            if let Some(other) = taken.insert(file_of(one), &one.from) {
                return Err(CliError::Wrong(format!(
                    "{other} and {} would both be written to {}; rewrite them into two folders",
                    one.from,
                    file_of(one)
                )));
            }
        }
        Ok(())
    }

    /// Whether standard output is a guest's XML and nothing else.
    pub(super) fn prints_xml(&self) -> bool {
        self.format == Format::Xml && !self.diff && !self.check && self.writing.output.is_none()
    }

    /// Whether standard output tells which guests would change, and nothing else.
    fn lists_changes(&self) -> bool {
        self.check && self.format == Format::Xml && !self.diff
    }

    /// Shows and writes one guest.
    pub(super) fn show(&self, mut one: Rewritten, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let barred = one.is_unsafe() && !self.writing.allow_unsafe;
        let withheld = barred && (self.prints_xml() || self.writing.output.is_some());
        let changes = one.changes();
        if let (Some(folder), Some(new)) = (&self.writing.output, one.new_text().filter(|_| !withheld)) {
            write_file(&folder.join(file_of(&one)), new)?;
        }
        self.note(&one, terminal);
        if withheld {
            terminal.say(&report::withheld(&one.name, one.edits()));
        }
        if barred && (self.prints_xml() || self.format == Format::Json) {
            one.told.withhold();
        }
        self.print(&one, terminal)?;
        let stands = one.blocked || withheld || self.check && changes;
        Ok(if stands { Outcome::Blocked } else { Outcome::Clear })
    }

    /// What goes to standard output.
    fn print(&self, one: &Rewritten, terminal: &mut Terminal) -> Result<(), CliError> {
        match (self.format, one.new_text()) {
            (Format::Json, _) => match &one.told {
                Told::Rewrite(document, _) => terminal.print_json(document),
                Told::Pin(document) => terminal.print_json(document),
            },
            (Format::Text, _) => terminal.print(&one.reasons()),
            (Format::Xml, Some(new)) if self.diff => {
                terminal.print_diff(&report::diff(one.from.trim_start_matches('/'), &one.old, new))
            }
            (Format::Xml, Some(new)) if self.prints_xml() => terminal.print_as_it_is(new),
            (Format::Xml, _) if self.lists_changes() && one.changes() => {
                terminal.print(&report::would_change(&one.from, one.edits()))
            }
            (Format::Xml, _) => Ok(()),
        }
    }

    /// What is told on standard error of a guest whose standard output is XML, or nothing.
    fn note(&self, one: &Rewritten, terminal: &mut Terminal) {
        if self.check && !self.lists_changes() && one.changes() {
            terminal.note(&report::would_change(&one.from, one.edits()));
        }
        if self.format == Format::Xml {
            if self.reasons {
                terminal.note(&one.reasons());
            } else if !self.check || one.blocked {
                terminal.note(&one.summary());
            }
        }
    }
}

/// The name of the guest's file.
fn file_of(one: &Rewritten) -> String {
    format!("{}.xml", file_name(&one.name))
}
