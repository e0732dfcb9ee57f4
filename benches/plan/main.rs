//! How fast a large cluster is planned for, and in how much memory, from raw documents on disk to the plan on disk: a tenth of
//! its hosts is drained. What each room takes of it is told by itself.
//!
//! `cargo bench --bench plan`. The cluster is made up (`portolan::generate`), and the same on every run;
//! `PORTOLAN_PLAN="HOSTS GUESTS"` makes another, and `PORTOLAN_PLAN_FOLDER` keeps its documents in that folder and takes those
//! that are there from an earlier run.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark asks the clock and prints figures far below 2^52"
)]

#[path = "../shared/made.rs"]
mod made;
mod rooms;
#[path = "../shared/work.rs"]
mod work;

use std::collections::BTreeMap;
use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use portolan::compat::Chart;
use portolan::generate::{Made, generate};
use portolan::ingest;
use portolan::model::{Cluster, Intent};
use portolan::plan::{Figures, Plan, plan, to_document, verify, write_json};

use made::{wish, write};
use rooms::Rooms;

/// The cores that are used.
const CORES: usize = 2;
/// One of so many hosts is drained.
const DRAINED: usize = 10;

/// Where the cluster is, and what removes it in the end where nobody asked to keep it.
fn folder(rooms: &mut Rooms) -> (PathBuf, Option<tempfile::TempDir>) {
    if let Some(folder) = std::env::var_os("PORTOLAN_PLAN_FOLDER").map(PathBuf::from) {
        if !folder.exists() {
            // Half a cluster is none: the folder has its name once all is in it.
            let beside = folder.with_extension("partial");
            make(rooms, &beside);
            fs::rename(&beside, &folder).expect("renamed");
        }
        return (folder, None);
    }
    let folder = tempfile::tempdir().expect("a folder");
    make(rooms, folder.path());
    (folder.path().to_owned(), Some(folder))
}

fn make(rooms: &mut Rooms, folder: &Path) {
    let put = |documents| write(folder, documents);
    let Made { documents, bytes } = rooms.told("generated", || generate(&wish(), put)).expect("written");
    println!("{documents} documents, {:.0} MB; {CORES} cores", bytes as f64 / 1e6);
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(CORES).build_global().expect("threads");
    let mut rooms = Rooms::default();
    let (folder, _kept) = folder(&mut rooms);
    rooms.begin();
    let cluster = rooms.told("read", || ingest::read(&folder).expect("an inventory"));
    assert_eq!(cluster.problems, []);
    println!("{} hosts, {} guests", cluster.hosts.len(), cluster.guests.len());
    let chart = rooms.told("judged", || Chart::new(&cluster));
    println!("{} x {} classes", chart.host_classes.len(), chart.guest_classes.len());
    if std::env::var_os("PORTOLAN_PLAN_JUDGED").is_none() {
        planned(&mut rooms, &cluster, &chart);
    }
    rooms.shares();
}

fn planned(rooms: &mut Rooms, cluster: &Cluster, chart: &Chart<'_>) {
    let drained = cluster.hosts.iter().step_by(DRAINED).map(|host| host.name.clone()).collect();
    let intents = [Intent::Drain(drained)];
    let found = rooms.told("planned", || plan(chart, &intents, &|_, _, _| Vec::new()).expect("a plan"));
    figures(&found);
    // What is written is the document alone.
    let document = rooms.told("recorded", || {
        let found = found;
        to_document(&found, cluster)
    });
    let wrong = rooms.told("verified", || verify(chart, &document));
    assert_eq!(wrong, []);
    let written = tempfile::NamedTempFile::new().expect("a file");
    rooms.told("written", || write_json(&document, BufWriter::new(written.as_file())).expect("written"));
    let bytes = written.as_file().metadata().expect("a file").len();
    println!("plan.json: {:.1} MB", bytes as f64 / 1e6);
}

fn figures(found: &Plan) {
    let Figures { moves, moves_at_least, left_out, left_out_at_least, end_ms, end_at_least_ms, .. } =
        found.figures;
    println!("{moves} moves (at least {moves_at_least}), {left_out} left out (at least {left_out_at_least})");
    println!("ends after {} s (at least {} s)", end_ms / 1_000, end_at_least_ms / 1_000);
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in found.left_out.iter().flat_map(|left| &left.reasons) {
        *rules.entry(&reason.rule).or_default() += 1;
    }
    for (rule, count) in rules {
        println!("  left out for {rule}: {count}");
    }
}
