//! How fast guests are rewritten, beside quick-xml's bare event loop over the same texts in the same run.
//!
//! `cargo bench --bench rewrite` takes every domain XML of the sample inventories and of the tests, and those of the
//! corpora (`PORTOLAN_CORPUS`, or ../shared/corpus) where they are.

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

use portolan::model::VirtType;
use portolan::rewrite::{Profile, rewrite};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Passes over all texts, of which the best counts, text by text.
const PASSES: usize = 25;
const PROFILES: [&str; 2] = ["aarch64-virt", "x86_64-q35"];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("best of {PASSES} passes for each file, one thread");
    measure("the repository's guests", &[root.join("inventories"), root.join("tests")]);
    let corpus =
        std::env::var_os("PORTOLAN_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    if corpus.is_dir() {
        measure("guests of the corpora", &[corpus]);
    }
}

fn measure(what: &str, folders: &[PathBuf]) {
    let known = profile(PROFILES[0]);
    let mut texts = Vec::new();
    for folder in folders {
        collect(folder, &mut texts);
    }
    texts.retain(|text| rewrite(text, &known).is_ok());
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{what}: {} files, {:.1} kB each", texts.len(), number(bytes) / number(texts.len()) / 1e3);
    let events = best(&texts, bare_events);
    tell("quick-xml events", texts.len(), events, events);
    for name in PROFILES {
        let profile = profile(name);
        tell(name, texts.len(), best(&texts, |text| drop(black_box(rewrite(text, &profile)))), events);
    }
}

fn profile(name: &str) -> Profile {
    Profile::named(name, VirtType::Kvm).expect("a built-in profile")
}

fn tell(what: &str, files: usize, took: Duration, events: Duration) {
    let speed = number(files) / took.as_secs_f64();
    println!(
        "  {what:<18}{speed:9.0} files/s {:7.2} times the events",
        took.as_secs_f64() / events.as_secs_f64()
    );
}

fn bare_events(text: &str) {
    let mut reader = Reader::from_str(text);
    while !matches!(black_box(reader.read_event()), Ok(Event::Eof) | Err(_)) {}
}

/// The sum of the shortest times: other work on the machine interrupts a pass over all, and seldom one text each time.
fn best(texts: &[String], each: impl Fn(&str)) -> Duration {
    let mut shortest = vec![Duration::MAX; texts.len()];
    for _ in 0..PASSES {
        for (text, shortest) in texts.iter().zip(&mut shortest) {
            let start = Instant::now();
            each(text);
            *shortest = start.elapsed().min(*shortest);
        }
    }
    shortest.into_iter().sum()
}

#[expect(clippy::cast_precision_loss, reason = "sizes of test data are far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
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
