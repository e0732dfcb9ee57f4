//! Made-up inventories of any size, to measure and to try things with: raw documents in the layout of an inventory, of
//! hosts of several generations and their guests.
//!
//! Everything about a host or guest is drawn from the seed and its own number, so the same arguments give the same bytes in
//! any order and on any number of threads. The documents are in the tools' own form, written by hand in `documents/`;
//! their lists of machine types, CPU models and devices are trimmed to what is used. What there is to be had (processors,
//! versions, kinds of guests) stands in the tables of `hardware`, `software` and `kinds`. Nothing is written here.

mod draw;
mod groups;
mod guest;
mod hardware;
mod host;
mod kinds;
mod share;
mod sizes;
mod software;
mod template;
mod whole;
mod wish;

use rayon::prelude::*;

pub use share::Share;
pub use wish::{Refusal, Wish};

/// A document: its path inside the inventory, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its path, with `/` between folders.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// How much was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// How many documents.
    pub documents: u64,
    /// Of how many bytes.
    pub bytes: u64,
}

impl Made {
    fn and(self, other: Self) -> Self {
        Self { documents: self.documents + other.documents, bytes: self.bytes + other.bytes }
    }
}

/// Makes all documents, in parallel, and hands them to `put`: those of each host and of its guests together, those of the
/// cluster last.
///
/// # Errors
/// The first error of `put` that is met.
pub fn generate<E: Send>(
    wish: &Wish,
    put: impl Fn(Vec<Document>) -> Result<(), E> + Sync,
) -> Result<Made, E> {
    let put = |documents: Vec<Document>| {
        let bytes = documents.iter().map(|document| document.text.len() as u64).sum();
        let made = Made { documents: documents.len() as u64, bytes };
        put(documents).map(|()| made)
    };
    let of_host = |at: u32| put(host_documents(wish, at));
    let hosts = (0..wish.hosts()).into_par_iter().map(of_host);
    let hosts = hosts.try_reduce(Made::default, |one, other| Ok(one.and(other)))?;
    Ok(hosts.and(put(whole::documents(wish))?))
}

/// The documents of one host and of its guests.
fn host_documents(wish: &Wish, at: u32) -> Vec<Document> {
    let host = host::Host::drawn(wish, at);
    let mut all = host.documents();
    all.extend(guest::documents(wish, &host));
    all
}

#[cfg(test)]
mod tests;
