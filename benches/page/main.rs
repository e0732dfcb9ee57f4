//! How long `report.html` of a large cluster takes and how large it is, once the chart and the plan are there: a tenth of its hosts
//! is drained.
//!
//! `cargo bench --bench page`. The cluster is made up (`portolan::generate`), and the same on every run; `PORTOLAN_PLAN="HOSTS GUESTS"`
//! makes another, and `PORTOLAN_PAGE_FOLDER` is a folder for the page and its pictures.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark asks the clock and the environment and prints figures"
)]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use portolan::compat::{Chart, Reach};
use portolan::cpu::x86::{ClusterInput, cluster_baselines, ladders};
use portolan::generate::{Document, Wish, generate};
use portolan::ingest;
use portolan::knowledge::x86::map_of;
use portolan::model::{Arch, Cluster, Intent};
use portolan::plan::review::{ARM_CORE_PER_THREAD, Asked, Losses, review};
use portolan::plan::{PlanDocument, plan, to_document};
use portolan::report::{Pictured, Places, Wanted, baseline_document, ladder_records, pages, review_document};

/// How many hosts and guests.
const SIZE: (u32, u32) = (5_000, 50_000);
/// One of so many hosts is drained.
const DRAINED: usize = 10;
/// CPU groups in the ladder, at most.
const GROUPS: usize = 8;

fn wish() -> Wish {
    let given = std::env::var("PORTOLAN_PLAN").unwrap_or_default();
    let numbers: Vec<u32> = given.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let (hosts, guests) = if let [hosts, guests] = numbers[..] { (hosts, guests) } else { SIZE };
    Wish::new(hosts, guests / hosts.max(1)).expect("a number of hosts and guests that is made")
}

fn write(folder: &Path, documents: Vec<Document>) -> io::Result<()> {
    for Document { path, text } in documents {
        let path = folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// What `work` gives; prints how long it took.
fn told<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what:<10} {:>8.2} s", start.elapsed().as_secs_f64());
    done
}

fn planned(chart: &Chart<'_>) -> PlanDocument {
    let hosts = &chart.cluster.hosts;
    let drained = hosts.iter().step_by(DRAINED).map(|host| host.name.clone()).collect();
    let found = plan(chart, &[Intent::Drain(drained)], &|_, _, _| Vec::new()).expect("a plan");
    to_document(&found, chart.cluster)
}

fn x86(cluster: &Cluster) -> Vec<ClusterInput<'_>> {
    let hosts = cluster.hosts.iter().filter(|host| host.platform.arch.value().is_none_or(Arch::is_x86));
    hosts.map(|host| ClusterInput { name: &host.name, platform: &host.platform, map: map_of(host) }).collect()
}

fn main() {
    let made = tempfile::tempdir().expect("a folder");
    told("generated", || generate(&wish(), |documents| write(made.path(), documents)).expect("written"));
    let cluster = told("read", || ingest::read(made.path()).expect("an inventory"));
    let chart = told("judged", || Chart::new(&cluster));
    let document = told("planned", || planned(&chart));
    let places = Places::new(&cluster.sources);
    let asked = Asked { losses: Losses::Single, arm_core_per_thread: ARM_CORE_PER_THREAD };
    let review = told("reviewed", || review(&chart, asked).expect("single losses"));
    let hosts = x86(&cluster);
    let baselines = told("baselines", || cluster_baselines(&hosts));
    let ladders = told("ladders", || ladders(&hosts, &[], GROUPS));
    let shown = Pictured {
        chart: &chart,
        reach: &Reach::new(&chart),
        wanted: Wanted::Plan(&document),
        baseline: &baseline_document(&cluster.name, &baselines, None),
        ladders: &ladder_records(&ladders),
        review: &review_document(&cluster, &review, &places),
        rewritten: &[],
        places: &places,
    };
    let pages = told("drawn", || pages(&shown).expect("pages"));
    let folder = std::env::var_os("PORTOLAN_PAGE_FOLDER").map(PathBuf::from);
    for (name, text) in pages {
        println!("{name}: {} bytes", text.len());
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(name), text)).expect("written");
        }
    }
}
