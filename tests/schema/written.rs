//! The documents that are written: those of the reports, and what commands print.

use std::path::Path;

use serde_json::Value;

use super::{stored, value};
use crate::samples::printed;

const SAMPLES: [&str; 3] = ["captured", "kunpeng-rollout", "two-generations"];

/// The files of the reports, and what they are.
const FILES: [(&str, &str); 4] = [
    ("plan", "plan.json"),
    ("findings", "findings.json"),
    ("hosts", "hosts.json"),
    ("baseline", "baseline.json"),
];

/// What commands print that end with one of these codes; `INVENTORY` is each of the samples, `DIR` a folder with a
/// made-up inventory in it, `~` a space within an argument. What they print may be several documents, or a list.
const COMMANDS: [(&str, &str); 36] = [
    ("findings", "check INVENTORY --format json"),
    ("findings", "check INVENTORY --mode live --severity blocker --format json"),
    ("graph", "graph INVENTORY --format json"),
    ("review", "review INVENTORY --losses 2 --format json"),
    ("baseline", "baseline INVENTORY --groups 3 --format json"),
    ("baseline", "baseline INVENTORY --qemu 10.0 --libvirt 11.3 --format json"),
    (
        "baseline",
        "baseline inventories/two-generations --without hsw-01 --with inventories/captured --format json",
    ),
    ("baseline-lock", "baseline inventories/two-generations --groups 2 --lock DIR/lock.json"),
    ("baseline-drift", "baseline inventories/two-generations --verify DIR/lock.json --format json"),
    ("baseline-drift", "baseline inventories/captured --verify DIR/lock.json --format json"),
    ("pin", "rewrite inventories/two-generations --baseline --format json"),
    ("pin", "rewrite inventories/kunpeng-rollout --baseline --groups 2 --allow-unsafe --format json"),
    ("rewrite", "rewrite inventories/kunpeng-rollout --to taishan-01 --allow-unsafe --format json"),
    ("rewrite", "rewrite inventories/captured --firmware explicit --format json"),
    ("rewrite", "rewrite inventories/two-generations --firmware efi --allow-unsafe --format json"),
    ("rewrite", "rewrite tests/abi/i440fx.xml --profile x86_64-q35 --format json"),
    ("abi", "abi tests/abi/i440fx.xml tests/abi/q35.xml --format json"),
    ("abi", "abi tests/abi/q35.xml tests/abi/q35.xml --format json"),
    ("findings", "explain inventories/kunpeng-rollout build-arm-02 taishan-02 --format json"),
    ("findings", "explain inventories/two-generations db-01 clx-01 --format json"),
    ("findings", "explain inventories/captured archive lab3 --format json"),
    (
        "findings",
        "check inventories/two-generations --policy tests/fixtures/policy/portolan.toml --format json",
    ),
    (
        "review",
        "review inventories/two-generations --policy tests/fixtures/policy/portolan.toml --format json",
    ),
    (
        "plan",
        "plan inventories/two-generations --intent drain~hsw-01~hsw-02~clx-01 --output DIR/plan --format json",
    ),
    ("plan", "plan inventories/two-generations --since DIR/plan/plan.json --output DIR/since --format json"),
    (
        "rollout",
        "plan inventories/two-generations --intent evacuate~hsw-01 --output DIR/rollout --format json",
    ),
    ("baseline", "baseline DIR/made-up --groups 12 --format json"),
    ("findings", "check DIR/made-up --format json"),
    ("review", "review DIR/made-up --losses 2 --format json"),
    ("pin", "rewrite DIR/made-up --baseline --format json"),
    (
        "pin",
        "rewrite inventories/two-generations/hosts/hsw-01/guests/db-01.xml --cpu reports/two-generations/baseline/Intel.xml --allow-unsafe --format json",
    ),
    ("findings", "explain DIR/made-up win-00008-00 skx-00004 --format json"),
    ("plan", "plan DIR/made-up --intent drain~clx-00000 --output DIR/limits --format json"),
    (
        "rollout",
        "plan inventories/two-generations --intent evacuate~hsw-01~hsw-02~clx-01 --output DIR/left --format json",
    ),
    ("rule", "explain --format json"),
    ("rule", "explain cpu-model-unusable --format json"),
];

/// The documents that a command printed: one after the other, or in a list.
fn documents(text: &str) -> Vec<Value> {
    let all = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let each = all.map(|one| one.expect("JSON")).map(|one| match one {
        Value::Array(list) => list,
        one => vec![one],
    });
    each.flatten().collect()
}

/// What a command printed, or wrote in place of it.
fn answer(command: &str, inventory: &str, folder: &str) -> Vec<Value> {
    let command = command.replace("INVENTORY", inventory).replace("DIR", folder);
    let words: Vec<String> = command.split(' ').map(|word| word.replace('~', " ")).collect();
    let printed = printed(&words.iter().map(String::as_str).collect::<Vec<_>>(), &[0, 1]);
    let written =
        command.split_once(" --lock ").map(|(_, path)| std::fs::read_to_string(path).expect("a lock"));
    documents(written.as_ref().unwrap_or(&printed))
}

/// A document, what it is to be, and where it is from.
pub(super) type Seen = (&'static str, String, Value);

/// Writes a made-up inventory that has limits and a policy, and lacks documents.
fn made_up(folder: &Path) {
    let path = folder.to_str().expect("UTF-8");
    printed(
        &["generate", "--hosts", "12", "--guests-per-host", "4", "--arm-share", "0.5", "--output", path],
        &[0],
    );
    let settings = std::fs::read_to_string(folder.join("cluster.toml")).expect("settings");
    let limits =
        "[limits]\nmoves_out_per_host = 3\nmoves_in_per_host = 3\nmoves_per_rack = 3\nmoves_at_once = 5\n";
    std::fs::write(folder.join("cluster.toml"), settings.replace("[limits]\n", limits)).expect("written");
    std::fs::write(folder.join("portolan.toml"), "[thresholds]\ncpu_overcommit = 3.0\n").expect("written");
    std::fs::remove_dir_all(folder.join("hosts/skx-00004/domcapabilities")).expect("removed");
    std::fs::remove_file(folder.join("hosts/altra-00005/uname.txt")).expect("removed");
}

/// The documents of the reports, and those that all commands print.
pub(super) fn written() -> Vec<Seen> {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    made_up(&folder.path().join("made-up"));
    let report = |sample: &str, (name, file): (&'static str, &str)| {
        let path = format!("reports/{sample}/{file}");
        (name, path.clone(), value(&stored(&path)))
    };
    let reports = SAMPLES.iter().flat_map(|sample| FILES.map(|one| report(sample, one)));
    let told = COMMANDS.iter().flat_map(|&(name, command)| {
        let of = if command.contains("INVENTORY") { &SAMPLES[..] } else { &SAMPLES[..1] };
        let all = of.iter().flat_map(|sample| answer(command, &format!("inventories/{sample}"), output));
        let all: Vec<Seen> = all.map(|one| (name, command.to_owned(), one)).collect();
        assert!(!all.is_empty(), "{command} prints nothing");
        all
    });
    reports.chain(told).collect()
}
