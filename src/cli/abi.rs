//! `portolan abi`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::format::Format;
use super::output::Terminal;
use crate::compat::abi_differences;
use crate::report::{self, Places};
use crate::text::Sources;
use crate::text::xml::Document;

/// Say whether a new domain XML may take the old one's place under a running guest
///
/// As libvirt decides for `virsh migrate --xml` and `virsh save-image-define`, but with every difference. What libvirt would
/// fill in, such as an address that the new XML leaves out, is not known and counts as a difference.
#[derive(Args)]
pub(super) struct Abi {
    /// The guest as it runs: `virsh dumpxml --migratable GUEST`, or `virsh save-image-dumpxml FILE`
    old: PathBuf,
    /// The XML that it is to go on with
    new: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Abi {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let (old, new) = (text(&self.old)?, text(&self.new)?);
        let differences = abi_differences(&domain(&self.old, &old)?, &domain(&self.new, &new)?);
        let mut sources = Sources::default();
        let ids = (
            sources.add(self.old.display().to_string(), old.as_str()),
            sources.add(self.new.display().to_string(), new.as_str()),
        );
        let places = Places::new(&sources);
        match self.format {
            Format::Text => terminal.print(&report::abi_text(&differences, ids, &places))?,
            Format::Json => terminal.print_json(&report::abi_document(&differences, ids, &places))?,
        }
        Ok(if differences.is_empty() { Outcome::Clear } else { Outcome::Blocked })
    }
}

#[expect(clippy::disallowed_methods, reason = "the files are named on the command line")]
fn text(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|source| CliError::File { path: path.to_owned(), source })
}

fn domain<'t>(path: &Path, text: &'t str) -> Result<Document<'t>, CliError> {
    let wrong = |at, message, help: &str| CliError::Document {
        path: path.display().to_string(),
        text: text.to_owned(),
        at,
        message,
        help: help.to_owned(),
    };
    let document = Document::parse(text)
        .map_err(|error| wrong(error.offset, error.to_string(), "print it again with virsh dumpxml"))?;
    match document.root().name() {
        "domain" => Ok(document),
        other => Err(wrong(
            document.root().span().start as usize,
            format!("the root element is <{other}>, not <domain>"),
            "virsh dumpxml GUEST prints such a one",
        )),
    }
}
