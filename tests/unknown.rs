//! Absent is not no, and unknown is not yes: no verdict gets better by leaving out a document.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use portolan::compat::{Answer, Assessment, Chart, Mode};
use portolan::ingest;
use rayon::prelude::*;

use crate::common;

/// Guest, the host it is on, and the host it would go to.
type Move = (String, Option<String>, String);

fn verdicts(files: Vec<(String, Vec<u8>)>) -> BTreeMap<Move, Assessment> {
    let cluster = ingest::read_files("sample", files);
    let chart = Chart::new(&cluster);
    let mut all = BTreeMap::new();
    for (at, guest) in cluster.guests.iter().enumerate() {
        for (host, name) in cluster.hosts.iter().map(|host| host.name.clone()).enumerate() {
            if Some(host) != chart.home(at) {
                all.insert((guest.name.clone(), guest.host.clone(), name), chart.assess(at, host));
            }
        }
    }
    all
}

/// The modes that were not certain with all documents and are without one.
fn better(with: Assessment, without: Assessment) -> Vec<&'static str> {
    let gained = |mode: &Mode| with.answer(*mode) != Answer::Yes && without.answer(*mode) == Answer::Yes;
    Mode::ALL.into_iter().filter(gained).map(Mode::as_str).collect()
}

/// The documents, of those that say the same of several hosts only the first.
fn distinct(files: &[(String, Vec<u8>)]) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let of_host = |path: &str| path.splitn(3, '/').nth(2).unwrap_or(path).to_owned();
    let new = |at: &usize| seen.insert((of_host(&files[*at].0), &files[*at].1));
    (0..files.len()).filter(new).collect()
}

/// The inventories of the repository.
const SAMPLES: [&str; 3] = ["captured", "kunpeng-rollout", "two-generations"];

/// Every verdict of an inventory that gets better by leaving out one of its documents, and how many were left out.
fn gained(sample: &str, files: &[(String, Vec<u8>)]) -> (usize, Vec<String>) {
    let whole = verdicts(files.to_vec());
    // A made-up guest is what its definitions are: without one it is another guest.
    let made_up = !SAMPLES.contains(&sample);
    let is_xml = |path: &str| Path::new(path).extension().is_some_and(|extension| extension == "xml");
    let is_definition = |path: &str| path.contains("/guests/") && is_xml(path);
    let mut left_out = distinct(files);
    left_out.retain(|&at| !(made_up && is_definition(&files[at].0)));
    let without = |&left_out: &usize| {
        let mut rest = files.to_vec();
        let (path, _) = rest.remove(left_out);
        let gained = verdicts(rest).into_iter().flat_map(|(one, without)| {
            let modes = whole.get(&one).map(|with| better(*with, without)).unwrap_or_default();
            modes.into_iter().map(move |mode| (one.clone(), mode))
        });
        let told = gained.map(|((guest, _, host), mode)| {
            format!("{sample}: without {path}, {guest} may go to {host} {mode}")
        });
        told.collect::<Vec<_>>()
    };
    (left_out.len(), left_out.par_iter().flat_map_iter(without).collect())
}

fn inventory(sample: &str) -> Vec<(String, Vec<u8>)> {
    let folder = common::repository().join("inventories").join(sample);
    let inside =
        |path: &Path| path.strip_prefix(&folder).expect("inside").to_string_lossy().replace('\\', "/");
    let paths = common::files(&folder, &|_| true);
    paths.iter().map(|path| (inside(path), fs::read(path).expect("readable"))).collect()
}

/// The documents of samples: `captured` is what real hosts printed, all others are made up. What the samples do not hold, of
/// running guests and of mounts, the small inventories of `running` do, each for one rule.
#[test]
fn no_verdict_gets_better_without_a_document() {
    let samples = SAMPLES.into_iter().map(|name| (name.to_owned(), inventory(name)));
    let (mut count, mut wrong) = (0, Vec::new());
    for (sample, files) in samples.chain(crate::running::inventories()) {
        let (left_out, better) = gained(&sample, &files);
        count += left_out;
        wrong.extend(better);
    }
    println!("{count} documents left out one by one, {} verdicts better", wrong.len());
    for line in wrong.iter().take(60) {
        println!("{line}");
    }
    assert_eq!(wrong.len(), 0);
}
