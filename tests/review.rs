//! `portolan review`: what a cluster can take.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use portolan::compat::Chart;
use portolan::ingest;
use portolan::plan::review::{ARM_CORE_PER_THREAD, Asked, Losses, review};
use portolan::report::{Places, ReviewDocument, review_document, review_text};
use serde_json::Value;

use crate::common;
use crate::samples::{copied, portolan, printed};

const SAMPLES: [&str; 3] = ["captured", "kunpeng-rollout", "two-generations"];

fn document(sample: &str, losses: Losses) -> ReviewDocument {
    let cluster = ingest::read(&common::repository().join("inventories").join(sample)).expect("an inventory");
    let chart = Chart::new(&cluster);
    let asked = Asked { losses, arm_core_per_thread: ARM_CORE_PER_THREAD };
    let found = review(&chart, asked).expect("few hosts");
    review_document(&cluster, &found, &Places::new(&cluster.sources))
}

fn json(arguments: &[&str]) -> Value {
    let all = [&["review"], arguments, &["--format", "json"]].concat();
    serde_json::from_str(&printed(&all, &[0, 1])).expect("JSON")
}

#[test]
fn reviews_read_well_at_any_width() {
    for sample in SAMPLES {
        let document = document(sample, Losses::Pairs);
        for width in [80, 120] {
            let text = review_text(&document, width);
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
            assert!(widest <= usize::from(width), "{sample} at {width}: {widest}");
            insta::assert_snapshot!(format!("{sample}-{width}"), text);
        }
    }
}

#[test]
fn the_document_says_what_other_commands_say() {
    for sample in SAMPLES {
        let inventory = format!("inventories/{sample}");
        let review = json(&[&inventory, "--losses", "2"]);
        assert_eq!((&review["format"], &review["version"]), (&"portolan-review".into(), &1.into()));
        let graph: Value =
            serde_json::from_str(&printed(&["graph", &inventory, "--format", "json"], &[0])).expect("JSON");
        let at = |class: &Value| usize::try_from(class.as_u64().expect("a class")).expect("an index");
        let hosts = |class: &Value| graph["host_classes"][at(class)].clone();
        let live = graph["live_groups"].as_array().expect("groups").iter();
        let live: BTreeSet<BTreeSet<String>> = live
            .map(|group| {
                group.as_array().expect("classes").iter().flat_map(|class| names(&hosts(class))).collect()
            })
            .collect();
        let groups = review["groups"].as_array().expect("groups").iter();
        assert_eq!(groups.map(|group| names(&group["hosts"])).collect::<BTreeSet<_>>(), live, "{sample}");
    }
}

fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().expect("a list").iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

#[test]
fn sums_are_those_of_the_hosts_and_every_fact_has_its_place() {
    for sample in SAMPLES {
        let review = json(&[&format!("inventories/{sample}")]);
        let hosts = review["hosts"].as_array().expect("hosts");
        let sum = |list: &[&Value], key: &str| {
            list.iter().map(|one| one[key].as_u64().expect("known")).sum::<u64>()
        };
        for key in ["usable_vcpus", "used_vcpus", "free_vcpus"] {
            let all: Vec<&Value> = hosts.iter().collect();
            assert_eq!(sum(&all, key), review["all"][key].as_u64().expect("a sum"), "{sample} {key}");
            for group in review["groups"].as_array().expect("groups") {
                let own: Vec<&Value> = hosts.iter().filter(|host| host["group"] == group["group"]).collect();
                assert_eq!(sum(&own, key), group["sum"][key].as_u64().expect("a sum"), "{sample} {key}");
            }
        }
        for host in hosts {
            for key in ["memory_at", "processors_at", "topology_at", "huge_pages_at"] {
                let file = host[key]["file"].as_str().expect("a document");
                assert!(file.starts_with("hosts/") && host[key]["line"].as_u64() > Some(0), "{host}");
            }
            let parts = |key: &str| host[key].as_u64().expect("known");
            assert_eq!(parts("cores") * parts("threads_per_core"), parts("processors"), "{sample}");
        }
        for size in review["sizes"].as_array().expect("sizes") {
            let hosts: Vec<&Value> = size["fit_by_host"].as_array().expect("hosts").iter().collect();
            assert_eq!(sum(&hosts, "fit"), size["fit"].as_u64().expect("a sum"), "{sample}");
        }
    }
}

#[test]
fn guests_of_a_lost_host_start_again_or_it_is_said_why_not() {
    for sample in SAMPLES {
        let review = json(&[&format!("inventories/{sample}"), "--losses", "2"]);
        let losses = review["losses"].as_array().expect("losses");
        assert_eq!(losses.len(), review["hosts"].as_array().expect("hosts").len());
        for loss in losses {
            let left = loss["left"].as_array().expect("a list");
            assert_eq!(loss["outcome"] == "absorbed", left.is_empty(), "{loss}");
            for one in left.iter().filter(|one| one["why"] == "no-host" || one["why"] == "unknown") {
                let told = review["barred"].as_array().expect("a list").iter();
                let rules: Vec<_> = told.filter(|barred| barred["guest"] == one["guest"]).collect();
                assert!(!rules.is_empty() || !one["unknown"].as_array().expect("a list").is_empty(), "{one}");
            }
        }
        let (pairs, hosts) = (&review["pairs"], losses.len() as u64);
        assert_eq!(pairs["tried"], hosts * (hosts - 1) / 2);
    }
    assert!(json(&["inventories/captured"])["pairs"].is_null());
}

#[test]
fn arm_cores_are_an_assumption_that_can_be_changed() {
    let with =
        |cores: &str| json(&["inventories/kunpeng-rollout", "--arm-core-per-thread", cores])["arm"].clone();
    let arm = with("0.65");
    assert!(arm["assumption"].as_str().expect("a text").starts_with("an assumption of this project"));
    let vcpus = arm["smt_vcpus"].as_u64().expect("a number");
    assert_eq!(arm["cores_milli"], vcpus * 650);
    assert_eq!(arm["cores_milli_between"], serde_json::json!([vcpus * 600, vcpus * 700]));
    assert_eq!(with("0.7")["cores_milli"], vcpus * 700);
    assert!(json(&["inventories/two-generations"])["arm"].is_null());
}

/// A made-up inventory of two hosts of 16 GiB; `a` has a guest of so much memory that runs.
fn made_up(folder: &Path, gib: u64) -> String {
    let host = |name: &str| {
        let host = folder.join("hosts").join(name);
        fs::create_dir_all(host.join("guests")).expect("a folder");
        for document in
            ["capabilities.xml", "version.txt", "net-list.txt", "networks", "domcapabilities", "firmware"]
        {
            let from = common::repository().join("inventories/two-generations/hosts/clx-02").join(document);
            copied(&from, &host.join(document));
        }
        let node = "CPU model:           x86_64\nCPU(s):              4\nCPU socket(s):       1\n\
                    Core(s) per socket:  2\nThread(s) per core:  2\nNUMA cell(s):        1\nMemory size:         16777216 KiB\n";
        fs::write(host.join("nodeinfo.txt"), node).expect("written");
        host
    };
    let guests = host("a").join("guests");
    host("b");
    let guest = |id: &str| {
        format!(
            "<domain type='kvm'{id}><name>g</name><memory unit='GiB'>{gib}</memory><vcpu>2</vcpu>\
             <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices/></domain>"
        )
    };
    fs::write(guests.join("g.xml"), guest("")).expect("written");
    fs::write(guests.join("g.live.xml"), guest(" id='1'")).expect("written");
    folder.to_string_lossy().into_owned()
}

#[test]
fn the_exit_code_tells_whether_every_loss_is_absorbed() {
    let folder = tempfile::tempdir().expect("a folder");
    for (gib, code) in [(12, 0), (15, 1)] {
        let inventory = made_up(folder.path(), gib);
        let text = printed(&["review", &inventory], &[code]);
        assert_eq!(text.contains("a is overfull"), code == 1, "{text}");
    }
    let inventory = made_up(folder.path(), 12);
    fs::remove_file(folder.path().join("hosts/b/nodeinfo.txt")).expect("removed");
    fs::remove_file(folder.path().join("hosts/b/capabilities.xml")).expect("removed");
    printed(&["review", &inventory], &[1]);
    for wrong in [
        &["review", "inventories"][..],
        &["review", "inventories/captured", "--losses", "3"],
        &["review", "inventories/captured", "--arm-core-per-thread", "0"],
    ] {
        assert_eq!(portolan(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn nothing_gets_better_without_a_document() {
    let folder = tempfile::tempdir().expect("a folder");
    for document in ["nodeinfo.txt", "lscpu.txt", "lscpu.json", "freepages.txt", "capabilities.xml"] {
        let to = folder.path().join(document);
        copied(&common::repository().join("inventories/two-generations"), &to);
        for host in ["clx-03", "hsw-01"] {
            let path = to.join("hosts").join(host).join(document);
            if path.exists() {
                fs::remove_file(path).expect("removed");
            }
        }
        let whole = json(&["inventories/two-generations"]);
        let without = json(&[&to.to_string_lossy()]);
        let outcomes = |review: &Value| -> Vec<bool> {
            let losses = review["losses"].as_array().expect("losses").iter();
            losses.map(|loss| loss["outcome"] == "absorbed").collect()
        };
        let better =
            outcomes(&whole).into_iter().zip(outcomes(&without)).any(|(with, without)| without && !with);
        assert!(!better, "without {document}");
        let fit = |review: &Value| review["sizes"][0]["fit"].as_u64();
        assert!(fit(&without) <= fit(&whole), "without {document}");
    }
}
