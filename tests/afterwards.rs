//! `portolan review --after PLAN`: what the cluster can take once a plan is carried out.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common;
use crate::samples::{copied, portolan, printed};

fn json(inventory: &str, more: &[&str]) -> Value {
    let all = [&["review", inventory, "--format", "json"], more].concat();
    serde_json::from_str(&printed(&all, &[0, 1])).expect("JSON")
}

/// An inventory as it would be collected once the plan in a folder of reports was carried out: documents of guests lie with their
/// new hosts, those of rebuilt guests are the ones that were written for it. Made up is what runs of those that were stopped:
/// their definition stands for it.
fn collected_after(inventory: &Path, reports: &Path, into: &Path) {
    copied(inventory, into);
    let plan: Value =
        serde_json::from_slice(&fs::read(reports.join("plan.json")).expect("a plan")).expect("JSON");
    let guests = |host: Option<&str>| match host {
        Some(host) => into.join("hosts").join(host).join("guests"),
        None => into.join("guests"),
    };
    for one in
        plan["waves"].as_array().expect("waves").iter().flat_map(|wave| wave.as_array().expect("a wave"))
    {
        let name = one["guest"].as_str().expect("a guest");
        let (from, to) = (guests(one["from"].as_str()), guests(one["to"].as_str()));
        fs::create_dir_all(&to).expect("a folder");
        let [stored, live] = [format!("{name}.xml"), format!("{name}.live.xml")];
        let moved = |file: &str| {
            if from.join(file).exists() {
                fs::rename(from.join(file), to.join(file)).expect("moved");
            }
        };
        moved(&stored);
        moved(&live);
        if one["mode"] == "rebuild" {
            fs::copy(reports.join("guests").join(&stored), to.join(&stored)).expect("rewritten");
        }
        if name == "hpc-01" && one["mode"] == "rebuild" {
            let host = |key: &str| into.join("hosts").join(one[key].as_str().expect("a host"));
            set_aside(&host("to").join("capabilities.xml"));
            // Its 80 pages of 1 GiB in each cell, which are all that there are.
            change(&host("from").join("freepages.txt"), "1048576KiB: 0", "1048576KiB: 80");
        }
        if one["stops"] == true {
            fs::copy(to.join(&stored), to.join(&live)).expect("it runs");
        }
    }
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a document");
    assert!(text.contains(from), "{}: {from}", path.display());
    fs::write(path, text.replace(from, to)).expect("written");
}

/// What a person does for hpc-01: its 160 GiB are huge pages of the default size, 512 MiB, as far as each cell has memory.
fn set_aside(capabilities: &Path) {
    let text = fs::read_to_string(capabilities).expect("capabilities");
    let mut missing = 160 * 2;
    let (mut small, mut lines) = (0, Vec::new());
    let count = |line: &str| line.split(['>', '<']).nth(2).and_then(|count| count.parse::<u64>().ok());
    for line in text.lines() {
        match count(line) {
            Some(pages) if line.contains("size='64'") => {
                small = (pages / 8192).min(missing);
                lines.push(line.replace(&format!(">{pages}<"), &format!(">{}<", pages - small * 8192)));
            }
            Some(0) if line.contains("size='524288'") => {
                lines.push(line.replace(">0<", &format!(">{small}<")));
                missing -= small;
            }
            _ => lines.push(line.to_owned()),
        }
    }
    assert_eq!(missing, 0, "the host has the memory");
    fs::write(capabilities, lines.join("\n")).expect("written");
}

/// What is said of rooms and losses, without what stands in which document.
fn told(review: &Value) -> (Vec<[Value; 7]>, Vec<[Value; 4]>) {
    let keys = ["host", "usable_mib", "used_mib", "free_mib", "used_vcpus", "free_vcpus", "huge_pages"];
    let room = |host: &Value| keys.map(|key| host[key].clone());
    let loss = |loss: &Value| ["hosts", "outcome", "restarts", "left"].map(|key| loss[key].clone());
    let all = |key: &str| review[key].as_array().expect("a list").clone();
    (all("hosts").iter().map(room).collect(), all("losses").iter().map(loss).collect())
}

#[test]
fn what_follows_from_a_plan_is_what_an_inventory_collected_then_says() {
    for sample in ["kunpeng-rollout", "two-generations", "captured"] {
        let folder = tempfile::tempdir().expect("a folder");
        let [inventory, reports] =
            ["inventories", "reports"].map(|of| common::repository().join(of).join(sample));
        collected_after(&inventory, &reports, folder.path());
        let (before, after) = foreseen(&inventory, &reports);
        assert_eq!(told(&after), told(&json(&folder.path().display().to_string(), &[])), "{sample}");
        assert_ne!(told(&after).0, told(&before).0, "{sample}: nothing has moved");
    }
}

/// What is said of an inventory, and once the plan in a folder of reports is carried out.
fn foreseen(inventory: &Path, reports: &Path) -> (Value, Value) {
    let (inventory, plan) =
        (inventory.display().to_string(), reports.join("plan.json").display().to_string());
    (json(&inventory, &[]), json(&inventory, &["--after", &plan]))
}

/// Why a guest starts nowhere once its host is lost.
fn why(review: &Value, guest: &str) -> Option<String> {
    let mut all = review["losses"].as_array()?.iter().filter_map(|loss| loss["left"].as_array()).flatten();
    Some(all.find(|one| one["guest"] == guest)?["why"].as_str()?.to_owned())
}

/// Captured, with two hosts only, and with a guest more that is on none. Made up is that guest: a copy of db that was given another name, and
/// no UUID of its own.
fn with_a_twin_of_db(into: &Path) {
    copied(&common::repository().join("inventories/captured"), into);
    fs::remove_dir_all(into.join("hosts/lab3")).expect("a host");
    let db = fs::read_to_string(into.join("hosts/lab1/guests/db.xml")).expect("a guest");
    fs::create_dir_all(into.join("guests")).expect("a folder");
    fs::write(into.join("guests/twin.xml"), db.replace("<name>db<", "<name>twin<")).expect("written");
}

#[test]
fn a_guest_that_was_on_no_host_is_met_where_it_is_placed() {
    let folder = tempfile::tempdir().expect("a folder");
    let [inventory, reports, collected] =
        ["inventory", "reports", "collected"].map(|one| folder.path().join(one));
    with_a_twin_of_db(&inventory);
    let [from, to] = [&inventory, &reports].map(|path| path.display().to_string());
    printed(&["plan", &from, "--intent", "move twin to lab2", "--output", &to], &[0]);
    collected_after(&inventory, &reports, &collected);
    let (before, after) = foreseen(&inventory, &reports);
    assert_eq!(told(&after), told(&json(&collected.display().to_string(), &[])));
    assert_eq!(why(&before, "db"), None, "it starts on lab2");
    assert_eq!(why(&after, "db").as_deref(), Some("no-host"), "its UUID is taken there");
}

/// Huge pages of a host that are in use and free, in MiB.
fn pages(review: &Value, host: &str) -> Vec<[Option<u64>; 2]> {
    let hosts = review["hosts"].as_array().expect("hosts");
    let host = hosts.iter().find(|one| one["host"] == host).expect("a host");
    let of = |pages: &Value| ["used_mib", "free_mib"].map(|key| pages[key].as_u64());
    host["huge_pages"].as_array().expect("a list").iter().map(of).collect()
}

#[test]
fn huge_pages_of_a_guest_that_has_left_are_free_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let [inventory, reports, collected] =
        ["inventory", "reports", "collected"].map(|one| folder.path().join(one));
    copied(&common::repository().join("inventories/two-generations"), &inventory);
    // Made up: clx-02 has as many pages of 2 MiB as clx-01, and none of them is taken.
    let of = |folder: &Path, host: &str, file: &str| folder.join("hosts").join(host).join(file);
    let counted = ("<pages unit='KiB' size='2048'>0<", "<pages unit='KiB' size='2048'>16896<");
    change(&of(&inventory, "clx-02", "capabilities.xml"), counted.0, counted.1);
    change(&of(&inventory, "clx-02", "freepages.txt"), "2048KiB: 0", "2048KiB: 16896");
    let [from, to] = [&inventory, &reports].map(|path| path.display().to_string());
    printed(&["plan", &from, "--intent", "move hpc-01 to clx-02", "--output", &to], &[0]);
    collected_after(&inventory, &reports, &collected);
    // Half of its 64 GiB are on either cell.
    change(&of(&collected, "clx-01", "freepages.txt"), "2048KiB: 512", "2048KiB: 16896");
    change(&of(&collected, "clx-02", "freepages.txt"), "2048KiB: 16896", "2048KiB: 512");
    let (before, after) = foreseen(&inventory, &reports);
    assert_eq!(told(&after), told(&json(&collected.display().to_string(), &[])));
    assert_eq!(pages(&before, "clx-01"), [[Some(65536), Some(2048)]]);
    assert_eq!(pages(&after, "clx-01"), [[Some(0), Some(67584)]]);
    assert_eq!(pages(&after, "clx-02"), [[Some(65536), Some(2048)]]);
}

#[test]
fn a_guest_rebuilt_for_arm_starts_again_on_other_arm_hosts() {
    let text = printed(
        &["review", "inventories/kunpeng-rollout", "--after", "reports/kunpeng-rollout/plan.json"],
        &[1],
    );
    let losses = text.split_once("The loss of a host").expect("losses").1;
    insta::assert_snapshot!(losses.split_once("PCI Express").expect("ports").0);
}

#[test]
fn after_a_rollout_hosts_offer_what_their_upgrade_brings() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, inventory) = (folder.path().display().to_string(), "inventories/two-generations");
    printed(&["plan", inventory, "--intent", "upgrade hsw-01 hsw-02", "--output", &output], &[0]);
    let plan = folder.path().join("plan.json").display().to_string();
    let after = json(inventory, &["--after", &plan]);
    let rows = after["hosts"].as_array().expect("hosts");
    let used =
        |name: &str| rows.iter().find(|host| host["host"] == name).expect("a host")["used_mib"].clone();
    let stages: Value = serde_json::from_slice(&fs::read(&plan).expect("a plan")).expect("JSON");
    let last = stages["stages"].as_array().expect("stages").last().expect("a stage").clone();
    for host in last["hosts"].as_array().expect("hosts") {
        assert_eq!(used(host.as_str().expect("a name")), 0, "the last host was emptied");
    }
}

#[test]
fn a_plan_for_another_inventory_is_refused() {
    let out = portolan(&["review", "inventories/captured", "--after", "reports/two-generations/plan.json"]);
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("the plan does not hold for this inventory"), "{said}");
    let missing = PathBuf::from("reports/captured/hosts.json");
    let out = portolan(&["review", "inventories/captured", "--after", &missing.display().to_string()]);
    assert_eq!(out.status.code(), Some(2), "no plan");
}
