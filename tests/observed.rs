//! Verdicts against what real libvirt said when the guests of `inventories/captured` were really migrated.

use std::collections::BTreeMap;
use std::fs;

use portolan::compat::{Answer, Chart, Mode};
use portolan::ingest;

use crate::common;

/// (guest, from, to, mode) to whether libvirt accepted it, by whatever flags.
fn observed() -> BTreeMap<(String, String, String, String), bool> {
    let path = common::repository().join("inventories/captured/observed.toml");
    let text = fs::read_to_string(path).expect("readable");
    let document: toml::Table = text.parse().expect("TOML");
    let mut answers = BTreeMap::new();
    for one in document["migrations"].as_array().expect("a list") {
        let text = |key: &str| one[key].as_str().expect("a text").to_owned();
        let back = one.get("returning").and_then(toml::Value::as_bool) == Some(true);
        let options = one["options"].as_array().expect("a list");
        let copies = options.iter().any(|option| option.as_str() == Some("--copy-storage-all"));
        if back || copies {
            continue;
        }
        let accepted = one["accepted"].as_bool().expect("yes or no");
        *answers.entry((text("guest"), text("from"), text("to"), text("mode"))).or_insert(false) |= accepted;
    }
    answers
}

#[test]
fn verdicts_agree_with_what_libvirt_did() {
    let cluster = ingest::read(&common::repository().join("inventories/captured")).expect("an inventory");
    let chart = Chart::new(&cluster);
    let (mut agree, mut unknown, mut steps, mut wrong) = (0, Vec::new(), Vec::new(), Vec::new());
    for ((guest, from, to, mode), accepted) in observed() {
        let at = cluster.guests.iter().position(|g| g.name == guest && g.host.as_deref() == Some(&from));
        let host = cluster.hosts.iter().position(|h| h.name == to);
        let (at, host) = (at.expect("the guest"), host.expect("the host"));
        let mode = if mode == "live" { Mode::Live } else { Mode::Cold };
        let answer = chart.assess(at, host).answer(mode);
        let what = format!("{guest} {from} -> {to} {mode}: libvirt {accepted}, Portolan {}", answer.as_str());
        let copy = chart.findings(at, host).iter().any(|f| f.rule == "disk-to-copy");
        match (answer, accepted) {
            (Answer::Yes, true) | (Answer::No, false) => agree += 1,
            (Answer::Unknown, _) => unknown.push(what),
            // It was tried without the step for a person that the warning asks for.
            (Answer::Yes, false) if copy && mode == Mode::Cold => steps.push(what),
            _ => wrong.push(what),
        }
    }
    println!("{agree} verdicts agree, {} unknown, {} with a step left out:", unknown.len(), steps.len());
    for line in unknown.iter().chain(&steps) {
        println!("  {line}");
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(agree >= 60, "{agree}");
}
