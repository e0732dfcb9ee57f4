//! How fast documents are parsed, beside quick-xml's bare event loop in the same run.
//!
//! `cargo bench --bench parse` reads the corpora (`PORTOLAN_CORPUS`, or ../shared/corpus), else the sample inventories.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark reads files, asks the clock and prints"
)]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use portolan::text::xml::Document;
use quick_xml::Reader;
use quick_xml::events::Event;

const PASSES: usize = 25;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus =
        std::env::var_os("PORTOLAN_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let folder = if corpus.is_dir() { corpus } else { root.join("inventories") };
    let mut texts = Vec::new();
    collect(&folder, &mut texts);
    texts.retain(|text| Document::parse(text).is_ok());
    let bytes: usize = texts.iter().map(String::len).sum();
    let events = best(&texts, bare_events);
    let tree = best(&texts, |text| drop(black_box(Document::parse(text))));
    println!("{} documents, {:.1} MB, best of {PASSES} passes, one thread", texts.len(), megabytes(bytes));
    println!("quick-xml events   {:7.1} MB/s", megabytes(bytes) / events.as_secs_f64());
    println!("span tree          {:7.1} MB/s", megabytes(bytes) / tree.as_secs_f64());
    println!("ratio              {:7.2}", tree.as_secs_f64() / events.as_secs_f64());
}

fn bare_events(text: &str) {
    let mut reader = Reader::from_str(text);
    while !matches!(black_box(reader.read_event()), Ok(Event::Eof) | Err(_)) {}
}

fn best(texts: &[String], each: impl Fn(&str)) -> Duration {
    let pass = || {
        let start = Instant::now();
        for text in texts {
            each(text);
        }
        start.elapsed()
    };
    (0..PASSES).map(|_| pass()).min().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "sizes of test data are far below 2^52")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn collect(folder: &Path, texts: &mut Vec<String>) {
    let mut entries: Vec<_> = fs::read_dir(folder).expect("a readable folder").flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            collect(&path, texts);
        } else if path.extension().is_some_and(|e| e == "xml") {
            texts.extend(fs::read_to_string(&path));
        }
    }
}
