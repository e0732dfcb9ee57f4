//! Whether a guest may come back, against guests that really went and came back.

use std::collections::BTreeMap;
use std::fs;

use portolan::compat::{Answer, Assessment, Chart, Mode};
use portolan::ingest;
use rayon::prelude::*;

use crate::common;

#[test]
fn guests_that_came_back_were_foreseen_to() {
    let folder = common::repository().join("inventories/captured");
    let cluster = ingest::read(&folder).expect("an inventory");
    let chart = Chart::new(&cluster);
    let text = fs::read_to_string(folder.join("observed.toml")).expect("readable");
    let document: toml::Table = text.parse().expect("TOML");
    let (mut agree, mut wrong) = (0, Vec::new());
    for one in document["migrations"].as_array().expect("a list") {
        if one.get("returning").and_then(toml::Value::as_bool) != Some(true) {
            continue;
        }
        let text = |key: &str| one[key].as_str().expect("a text");
        let guest = cluster.guests.iter().position(|guest| guest.name == text("guest")).expect("the guest");
        let host = cluster.hosts.iter().position(|host| host.name == text("from")).expect("the host");
        assert_eq!(cluster.guests[guest].host.as_deref(), Some(text("to")), "it comes back home");
        let ways = chart.returns(guest, host);
        let way = ways.iter().find(|way| way.went == Mode::Live).expect("it went live");
        let accepted = one["accepted"].as_bool().expect("yes or no");
        if (way.assessment.live == Answer::Yes) == accepted {
            agree += 1;
        } else {
            wrong.push(format!("{one}: {way:?}"));
        }
    }
    println!("{agree} ways back agree");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(agree >= 15, "{agree}");
}

/// (guest, host, how it went) to what is possible on the way back.
fn ways(files: Vec<(String, Vec<u8>)>) -> BTreeMap<(String, String, Mode), Assessment> {
    let cluster = ingest::read_files("sample", files);
    let chart = Chart::new(&cluster);
    let mut all = BTreeMap::new();
    for (at, guest) in cluster.guests.iter().enumerate() {
        for (host, name) in cluster.hosts.iter().map(|host| host.name.clone()).enumerate() {
            for way in chart.returns(at, host) {
                all.insert((guest.name.clone(), name.clone(), way.went), way.assessment);
            }
        }
    }
    all
}

#[test]
fn no_way_back_gets_better_without_a_document() {
    let folder = common::repository().join("inventories/captured");
    let inside =
        |path: &std::path::Path| path.strip_prefix(&folder).expect("inside").to_string_lossy().into_owned();
    let paths = common::files(&folder, &|path| !path.to_string_lossy().contains("observed"));
    let files: Vec<(String, Vec<u8>)> =
        paths.iter().map(|path| (inside(path), fs::read(path).expect("readable"))).collect();
    let whole = ways(files.clone());
    let matters = |path: &str| {
        ["capabilities", "version", "guests/", "cpuinfo", "lscpu"].iter().any(|part| path.contains(part))
    };
    let left_out: Vec<usize> = (0..files.len()).filter(|&at| matters(&files[at].0)).collect();
    let wrong: Vec<String> = left_out
        .par_iter()
        .flat_map_iter(|&at| {
            let mut rest = files.clone();
            let (path, _) = rest.remove(at);
            let better = |(way, without): ((String, String, Mode), Assessment)| {
                // Where the guest is another without its stored XML, there is nothing to compare with.
                let with = whole.get(&way)?;
                let gained = |mode| with.answer(mode) != Answer::Yes && without.answer(mode) == Answer::Yes;
                let gained = Mode::ALL.into_iter().any(gained);
                gained.then(|| format!("without {path}, {way:?} is {without:?} and not {with:?}"))
            };
            ways(rest).into_iter().filter_map(better).collect::<Vec<_>>()
        })
        .collect();
    println!("{} documents left out one by one, {} ways back better", left_out.len(), wrong.len());
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn single_ways_back_are_those_of_the_classes() {
    for sample in ["captured", "kunpeng-rollout", "two-generations"] {
        let cluster =
            ingest::read(&common::repository().join("inventories").join(sample)).expect("an inventory");
        let chart = Chart::new(&cluster);
        let hosts: Vec<usize> = (0..cluster.hosts.len()).collect();
        for guest in 0..cluster.guests.len() {
            for went in [Mode::Live, Mode::Cold] {
                for way in chart.ways_back(guest, &hosts, went) {
                    for &host in &way.hosts {
                        let single = chart.returns(guest, host).into_iter().find(|one| one.went == went);
                        let single = single.map_or(way.assessment, |one| one.assessment);
                        assert_eq!(way.assessment, single, "{sample}: {guest} from {host}");
                    }
                }
            }
        }
    }
}
