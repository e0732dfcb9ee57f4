//! From the files of an inventory to the texts of its documents.

use rayon::prelude::*;

use crate::model::{DocumentKind as D, Problem};
use crate::text::{LineIndex, Shelf, Text};

use super::archive::{self, Unpacked};
use super::folder::File;
use super::layout::{self, Item};
use super::problem::Complaint;

/// A document: its path, what the path says of it, and its text.
pub(super) type Found = (String, Item, Text);

/// What is kept of a file.
pub(super) enum Raw {
    /// An archive, which is unpacked later.
    Archive(File),
    Document(Found),
    Wrong(Problem),
    /// Nothing of interest.
    Other,
}

/// Keeps what is of interest of a file, its text on the shelf.
pub(super) fn raw(shelf: &Shelf, (path, bytes): File) -> Raw {
    if layout::is_archive(&path) {
        return Raw::Archive((path, bytes));
    }
    let Some(item) = layout::item(&path) else { return Raw::Other };
    text(&path, item.kind, bytes)
        .map_or_else(Raw::Wrong, |text| Raw::Document((path, item, shelf.put(&text))))
}

/// The documents, archives' included, by path.
pub(super) fn documents(shelf: &Shelf, files: Vec<Raw>, problems: &mut Vec<Problem>) -> Vec<Found> {
    let (archives, mut plain): (Vec<Raw>, Vec<Raw>) =
        files.into_iter().partition(|one| matches!(one, Raw::Archive(_)));
    let unpacked: Vec<(Vec<Raw>, Vec<Problem>)> =
        archives.into_par_iter().map(|archive| unpacked(shelf, archive)).collect();
    for (mut files, mut wrong) in unpacked {
        plain.append(&mut files);
        problems.append(&mut wrong);
    }
    let document = |one| match one {
        Raw::Document(found) => Some(found),
        Raw::Wrong(problem) => {
            problems.push(problem);
            None
        }
        Raw::Archive(_) | Raw::Other => None,
    };
    let mut found: Vec<Found> = plain.into_iter().filter_map(document).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.2.read().cmp(&other.2.read())));
    found.dedup_by(|later, earlier| later.0 == earlier.0);
    found
}

fn unpacked(shelf: &Shelf, archive: Raw) -> (Vec<Raw>, Vec<Problem>) {
    let Raw::Archive((path, bytes)) = archive else { return (vec![archive], Vec::new()) };
    let Unpacked { files, problems } = archive::unpack(&path, &bytes);
    (files.into_iter().map(|file| raw(shelf, file)).collect(), problems)
}

/// The document's text. What the kernel and the firmware print may hold any byte.
fn text(path: &str, kind: D, bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).or_else(|error| {
        let valid = error.utf8_error().valid_up_to();
        let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
        if matches!(kind, D::Dmesg | D::Dmidecode) {
            return Ok(lossy);
        }
        let position = LineIndex::new(&lossy).position(&lossy, valid);
        let byte = error.as_bytes().get(valid).copied().unwrap_or_default();
        let message = format!("the byte {byte:#04x} is not UTF-8");
        let complaint =
            Complaint::new(None, message, "convert the document to UTF-8, with iconv for instance");
        Err(Problem { position: Some(position), ..complaint.problem(path, "") })
    })
}
