//! The clusters that are made up for benchmarks.

use std::fs;
use std::io;
use std::path::Path;

use portolan::generate::{Document, Wish};

/// How many hosts and guests where `PORTOLAN_PLAN` names no others.
const SIZE: (u32, u32) = (5_000, 50_000);

/// What is asked: as many hosts and guests as `PORTOLAN_PLAN` says.
pub(crate) fn wish() -> Wish {
    let given = std::env::var("PORTOLAN_PLAN").unwrap_or_default();
    let numbers: Vec<u32> = given.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let (hosts, guests) = if let [hosts, guests] = numbers[..] { (hosts, guests) } else { SIZE };
    Wish::new(hosts, guests / hosts.max(1)).expect("a number of hosts and guests that is made")
}

/// Writes documents where they belong in a folder.
pub(crate) fn write(folder: &Path, documents: Vec<Document>) -> io::Result<()> {
    for Document { path, text } in documents {
        let path = folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    Ok(())
}
