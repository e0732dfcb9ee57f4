//! `portolan plan` with an upgrade, and `portolan verify` of what it wrote.

use std::fs;

use portolan::ingest;
use portolan::plan::read_rollout;

use crate::common::repository;
use crate::samples::{portolan, printed};

#[test]
fn every_sample_is_upgraded_as_a_whole_and_the_rollouts_hold() {
    for sample in ["kunpeng-rollout", "two-generations", "captured"] {
        let inventory = format!("inventories/{sample}");
        let cluster = ingest::read(&repository().join(&inventory)).expect("a sample");
        let names: Vec<&str> = cluster.hosts.iter().map(|host| host.name.as_str()).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().to_str().expect("UTF-8");
        let intent = format!("upgrade {}", names.join(" "));
        let text = printed(&["plan", &inventory, "--intent", &intent, "--output", output], &[0, 1]);
        let plan = folder.path().join("plan.json");
        let document =
            read_rollout(&fs::read_to_string(&plan).expect("written")).expect("JSON").expect("a rollout");
        let down: usize = document.stages.iter().map(|stage| stage.hosts.len()).sum();
        assert_eq!(down + document.left.len(), names.len());
        let plan = plan.to_str().expect("UTF-8");
        let held = printed(&["verify", plan, "--inventory", &inventory], &[0]);
        assert!(held.starts_with("The rollout holds: "), "{held}");
        insta::assert_snapshot!(sample, text.replace(output, "OUTPUT"));
    }
}

#[test]
fn a_rollout_that_was_changed_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let inventory = "inventories/two-generations";
    printed(&["plan", inventory, "--intent", "upgrade hsw-01 hsw-02", "--output", output], &[0]);
    let plan = folder.path().join("plan.json");
    let text = fs::read_to_string(&plan).expect("written");
    let mut document = read_rollout(&text).expect("JSON").expect("a rollout");
    document.stages.swap(0, 1);
    fs::write(&plan, serde_json::to_string(&document).expect("JSON")).expect("written");
    let told = printed(&["verify", plan.to_str().expect("UTF-8"), "--inventory", inventory], &[1]);
    assert!(told.contains("is still on a host that is drained"), "{told}");
}

#[test]
fn what_cannot_be_upgraded_so_is_told() {
    let told = |arguments: &[&str]| {
        let output = portolan(&[&["plan", "inventories/two-generations"], arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    assert!(told(&["--intent", "upgrade hsw-1"]).contains("did you mean 'hsw-01'?"));
    let both = told(&["--intent", "upgrade hsw-01", "--intent", "adopt hsw-01"]);
    assert!(both.contains("it can do only one of them"), "{both}");
    let since = told(&["--intent", "upgrade hsw-01", "--since", "reports/two-generations/plan.json"]);
    assert!(since.contains("leave --since out"), "{since}");
}

#[test]
fn files_of_an_older_plan_are_told_of_and_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().display().to_string();
    let plan = |intent: &str| {
        let all = ["plan", "inventories/two-generations", "--intent", intent, "--output", &output];
        String::from_utf8(portolan(&all).stderr).expect("UTF-8")
    };
    assert_eq!(plan("drain hsw-02"), "", "nothing was there");
    assert_eq!(plan("drain hsw-02"), "", "all was written anew");
    let said = plan("upgrade hsw-01 hsw-02");
    assert!(said.starts_with("note: ") && said.contains(" of an older plan"), "{said}");
    assert!(folder.path().join("verdicts.csv").exists(), "nothing is lost");
}

#[test]
fn guests_of_an_evacuated_host_come_back_live_with_the_cpu_that_they_were_started_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let inventory = "inventories/two-generations";
    let text =
        printed(&["plan", inventory, "--intent", "evacuate hsw-01 bdw-01", "--output", output], &[0, 1]);
    let plan = folder.path().join("plan.json");
    let held = printed(&["verify", plan.to_str().expect("UTF-8"), "--inventory", inventory], &[0]);
    assert!(held.starts_with("The rollout holds: "), "{held}");
    insta::assert_snapshot!(text.replace(output, "OUTPUT"));
}
