//! Plans for the sample inventories.

use portolan::compat::Chart;
use portolan::ingest::read;
use portolan::model::Intent;
use portolan::plan::{MoveMode, Preparation, plan, read_document, to_document, to_json, verify};

use crate::common::repository;

/// The plan of an inventory for `intents`, verified and read back, as JSON.
fn planned(chart: &Chart<'_>, intents: &[Intent]) -> String {
    let prepare = |_, _, mode| {
        if mode == MoveMode::Rebuild {
            vec![Preparation::new("image", "build the image")]
        } else {
            Vec::new()
        }
    };
    let plan = plan(chart, intents, &prepare).expect("hosts that are there");
    let document = to_document(&plan, chart.cluster);
    assert_eq!(verify(chart, &document), [], "{}: {intents:?}", chart.cluster.name);
    let text = to_json(&document).expect("a document");
    assert_eq!(read_document(&text).expect("a plan"), document);
    println!("{} {intents:?}: {:?}", chart.cluster.name, plan.figures);
    for left in &document.left_out {
        assert!(!left.reasons.is_empty(), "{left:?}");
    }
    text
}

#[test]
fn every_sample_is_planned_for_and_each_of_its_hosts_drained() {
    for name in ["kunpeng-rollout", "two-generations", "captured"] {
        let cluster = read(&repository().join("inventories").join(name)).expect("a sample");
        let chart = Chart::new(&cluster);
        let first = planned(&chart, &cluster.settings.intents);
        assert_eq!(first, planned(&Chart::new(&cluster), &cluster.settings.intents));
        for host in &cluster.hosts {
            planned(&chart, &[Intent::Drain(vec![host.name.clone()])]);
            planned(&chart, &[Intent::Adopt(vec![host.name.clone()])]);
        }
    }
}
