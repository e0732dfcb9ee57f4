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

#[path = "../shared/made.rs"]
mod made;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use made::{wish, write};
use portolan::compat::{Chart, Reach};
use portolan::cpu::x86::{ClusterInput, cluster_baselines, drags, ladders};
use portolan::generate::generate;
use portolan::ingest;
use portolan::knowledge::x86::map_of;
use portolan::model::{Arch, Cluster, Intent};
use portolan::plan::review::{ARM_CORE_PER_THREAD, Asked, Losses, review};
use portolan::plan::{PlanDocument, afterwards, plan, to_document};
use portolan::report::{
    Pictured, Places, ReviewDocument, Wanted, baseline_document, drag_records, ladder_records, pages,
    review_document,
};

/// One of so many hosts is drained.
const DRAINED: usize = 10;
/// CPU groups in the ladder, at most.
const GROUPS: usize = 8;

/// What `work` gives; prints how long it took.
fn told<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what:<11} {:>8.2} s", start.elapsed().as_secs_f64());
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

fn reviewed(cluster: &Cluster, asked: Asked) -> ReviewDocument {
    let found = review(&Chart::new(cluster), asked).expect("single losses");
    review_document(cluster, &found, &Places::new(&cluster.sources))
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
    let after = told("carried out", || afterwards(&chart, &document));
    let then = told("reviewed", || reviewed(&after, asked));
    let hosts = x86(&cluster);
    let baselines = told("baselines", || cluster_baselines(&hosts));
    let ladders = told("ladders", || ladders(&hosts, &[], GROUPS));
    let shown = Pictured {
        chart: &chart,
        reach: &Reach::new(&chart),
        wanted: Wanted::Plan(&document),
        baseline: &baseline_document(&cluster.name, &baselines, None),
        drags: &drag_records(&drags(&hosts)),
        ladders: &ladder_records(&ladders),
        review: &review_document(&cluster, &review, &places),
        then: Some(&then),
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
