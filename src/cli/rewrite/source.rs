//! Domain XML from a file or from standard input, and what is told where it is none.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::rewrite::RewriteError;
use crate::text::xml::{Document, XmlErrorKind};

/// What stands for standard input on the command line.
const STDIN: &str = "-";

/// What the input is called when it is spoken of.
pub(super) fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// What the guest is called: as its file, or, from standard input, as its definition says.
pub(super) fn guest_name(path: &Path, text: &str) -> String {
    if !is_stdin(path) {
        return path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    }
    let document = Document::parse(text).ok();
    let name = document.as_ref().and_then(|document| document.root().child("name"));
    name.map(|name| name.text().trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or("guest".into())
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new(STDIN)
}

/// Refuses a file that is given twice, however it is spelled.
pub(super) fn each_once(paths: &[PathBuf]) -> Result<(), CliError> {
    let mut seen = std::collections::BTreeSet::new();
    for path in paths {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        if !seen.insert(real) {
            return Err(CliError::Wrong(format!("{} is given twice; name each guest once", shown(path))));
        }
    }
    Ok(())
}

/// The text of a file, or of standard input.
pub(super) fn read(path: &Path) -> Result<String, CliError> {
    let text = String::from_utf8(bytes(path)?).map_err(|error| {
        let upto = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..upto).unwrap_or_default()).into_owned();
        let what = "the next byte is not UTF-8, which libvirt prints";
        let help = "convert it, as with iconv -t UTF-8, or print it again with virsh dumpxml --inactive";
        shown_in(path, &before, upto, (what, help))
    })?;
    if text.trim().is_empty() {
        let shown = shown(path);
        return Err(CliError::Wrong(format!(
            "{shown}:1:1: it is empty; fill it with virsh dumpxml --inactive GUEST"
        )));
    }
    Ok(text)
}

#[expect(clippy::disallowed_methods, reason = "the file is named on the command line")]
fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let done = if is_stdin(path) {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    done.map_err(|error| match error.kind() {
        ErrorKind::IsADirectory => CliError::Wrong(format!(
            "{} is a folder; name the domain XML files in it, or rewrite the guests of an inventory with --to HOST",
            path.display()
        )),
        _ => CliError::File { path: PathBuf::from(shown(path)), source: error },
    })
}

/// What is told of a text that cannot be rewritten: where, what and what to do.
pub(super) fn refused(path: &Path, text: &str, error: &RewriteError) -> CliError {
    let (at, remedy) = match error {
        RewriteError::Xml(error) => (
            Some(error.offset),
            match error.kind {
                XmlErrorKind::NoRoot | XmlErrorKind::Unclosed(_) => {
                    "print it again, whole, with virsh dumpxml --inactive GUEST"
                }
                _ => "print it again with virsh dumpxml --inactive GUEST, and keep it as it is printed",
            },
        ),
        RewriteError::NotADomain(_) => (root(text), "virsh dumpxml --inactive GUEST prints such a one"),
        RewriteError::NoType => (
            root(text),
            "add <os><type arch='ARCH' machine='MACHINE'>hvm</type></os>, without which libvirt defines no guest",
        ),
        RewriteError::Splice(_) => (None, "this is a defect of portolan; please report it with the file"),
    };
    match at {
        Some(at) => shown_in(path, text, at, (&error.to_string(), remedy)),
        None => CliError::Wrong(format!("{}: {error}; {remedy}", shown(path))),
    }
}

/// Where the root element begins.
fn root(text: &str) -> Option<usize> {
    Document::parse(text).ok().map(|document| document.root().span().start as usize)
}

fn shown_in(path: &Path, text: &str, at: usize, (message, help): (&str, &str)) -> CliError {
    let (message, help) = (message.to_owned(), help.to_owned());
    CliError::Document { path: shown(path), text: text.to_owned(), at, message, help }
}
