//! From the files of an inventory to the texts of its documents.

use std::sync::Arc;

use rayon::prelude::*;

use crate::model::{DocumentKind as D, Problem};
use crate::text::LineIndex;

use super::archive::{self, Unpacked};
use super::folder::File;
use super::layout::{self, Item};
use super::problem::Complaint;

/// A document: its path, what the path says of it, and its text.
pub(super) type Text = (String, Item, Arc<String>);

/// The documents of interest, archives' included, as texts, by path.
pub(super) fn documents(files: Vec<File>, problems: &mut Vec<Problem>) -> Vec<Text> {
    let (archives, mut plain): (Vec<File>, Vec<File>) =
        files.into_iter().partition(|(path, _)| layout::is_archive(path));
    let unpacked: Vec<Unpacked> =
        archives.par_iter().map(|(path, bytes)| archive::unpack(path, bytes)).collect();
    for mut one in unpacked {
        plain.append(&mut one.files);
        problems.append(&mut one.problems);
    }
    plain.sort();
    plain.dedup_by(|later, earlier| later.0 == earlier.0);
    let read = |(path, bytes): File| {
        let item = layout::item(&path)?;
        Some(text(&path, item.kind, bytes).map(|text| (path, item, text)))
    };
    let texts: Vec<Result<_, Problem>> = plain.into_par_iter().filter_map(read).collect();
    texts.into_iter().filter_map(|text| text.map_err(|problem| problems.push(problem)).ok()).collect()
}

/// The document's text. What the kernel and the firmware print may hold any byte.
fn text(path: &str, kind: D, bytes: Vec<u8>) -> Result<Arc<String>, Problem> {
    String::from_utf8(bytes).map(kept).or_else(|error| {
        let valid = error.utf8_error().valid_up_to();
        let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
        if matches!(kind, D::Dmesg | D::Dmidecode) {
            return Ok(kept(lossy));
        }
        let position = LineIndex::new(&lossy).position(&lossy, valid);
        let byte = error.as_bytes().get(valid).copied().unwrap_or_default();
        let message = format!("the byte {byte:#04x} is not UTF-8");
        let complaint =
            Complaint::new(None, message, "convert the document to UTF-8, with iconv for instance");
        Err(Problem { position: Some(position), ..complaint.problem(path, "") })
    })
}

/// The text in no more memory than it takes: it stays.
fn kept(mut text: String) -> Arc<String> {
    text.shrink_to_fit();
    Arc::new(text)
}
