//! `findings.json` says of every guest and host what the chart says, by each guest and by classes.

use std::collections::{BTreeMap, BTreeSet};

use portolan::compat::Chart;
use portolan::ingest;
use portolan::report::{
    Detail, FindingsDocument, GuestsRecord, Places, Selection, Shown, Standings, check, findings,
};

use crate::common::repository;
use crate::samples::printed;

const SAMPLES: [&str; 3] = ["captured", "kunpeng-rollout", "two-generations"];

/// The verdict of every guest and host that the document tells of, and the rules that it names.
fn told(document: &FindingsDocument) -> BTreeMap<(&str, &str), (&'static str, Vec<&str>)> {
    let mut all = BTreeMap::new();
    for of_guests in &document.guests {
        for verdict in &of_guests.verdicts {
            let mut rules: Vec<&str> =
                verdict.findings.iter().map(|&finding| document.findings[finding].rule.as_str()).collect();
            rules.sort_unstable();
            for host in &document.hosts[verdict.hosts] {
                for guest in of_guests.guests.iter().filter(|guest| guest.on.as_ref() != Some(host)) {
                    let twice =
                        all.insert((guest.guest.as_str(), host.as_str()), (verdict.verdict, rules.clone()));
                    assert_eq!(twice, None, "{} on {host} is told of twice", guest.guest);
                }
            }
        }
    }
    all
}

#[test]
fn every_guest_and_host_is_told_of_as_the_chart_has_it() {
    for sample in SAMPLES {
        let cluster = ingest::read(&repository().join("inventories").join(sample)).expect("a sample");
        let chart = Chart::new(&cluster);
        let (selection, places) = (Selection::all(&cluster), Places::new(&cluster.sources));
        let document =
            findings(&chart, (&selection, &Standings::new(&chart, &selection, usize::MAX)), &places);
        assert!(document.guests.iter().all(|one| one.guests.len() == 1), "each guest by itself");
        let all = told(&document);
        for (guest, one) in cluster.guests.iter().enumerate() {
            for (host, other) in
                cluster.hosts.iter().enumerate().filter(|(host, _)| Some(*host) != chart.home(guest))
            {
                let mut rules: Vec<String> =
                    chart.findings(guest, host).iter().map(|finding| finding.rule.to_string()).collect();
                rules.sort_unstable();
                let (verdict, said) = &all[&(one.name.as_str(), other.name.as_str())];
                assert_eq!(*verdict, chart.verdict(guest, host).as_str(), "{} on {}", one.name, other.name);
                assert_eq!(*said, rules, "{} on {}", one.name, other.name);
            }
        }
        let (reasons, lists) = (&document.findings, &document.hosts);
        assert!(reasons.iter().enumerate().all(|(at, one)| !reasons[..at].contains(one)), "each reason once");
        assert!(lists.iter().enumerate().all(|(at, one)| !lists[..at].contains(one)), "each list once");
    }
}

/// Made up: enough guests alike that some stand together, and ports of displays that meet.
#[test]
fn what_is_said_of_many_guests_together_holds_for_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    printed(&["generate", "--hosts", "20", "--guests-per-host", "6", "--output", path], &[0]);
    let cluster = ingest::read(folder.path()).expect("an inventory");
    let chart = Chart::new(&cluster);
    let (selection, places) = (Selection::all(&cluster), Places::new(&cluster.sources));
    let document = findings(&chart, (&selection, &Standings::new(&chart, &selection, 0)), &places);
    assert!(document.guests.len() < cluster.guests.len(), "some stand together");
    let mut seen = BTreeSet::new();
    // What a guest has by itself holds, whatever is said of it together with others.
    let by_itself = |of: &&GuestsRecord| of.guests.len() == 1;
    let (alone, together): (Vec<_>, Vec<_>) = document.guests.iter().partition(by_itself);
    for of_guests in alone.into_iter().chain(together) {
        for verdict in &of_guests.verdicts {
            for host in &document.hosts[verdict.hosts] {
                for one in of_guests.guests.iter().filter(|one| one.on.as_ref() != Some(host)) {
                    let guest =
                        cluster.guests.iter().position(|other| other.name == one.guest).expect("a guest");
                    let to = cluster.hosts.iter().position(|other| other.name == *host).expect("a host");
                    if seen.insert((guest, to)) {
                        assert_eq!(
                            verdict.verdict,
                            chart.verdict(guest, to).as_str(),
                            "{} to {host}",
                            one.guest
                        );
                    }
                }
            }
        }
    }
    let away = |guest: usize| cluster.hosts.len() - usize::from(chart.home(guest).is_some());
    assert_eq!(seen.len(), (0..cluster.guests.len()).map(away).sum::<usize>(), "every guest and host");
}

#[test]
fn of_many_guests_the_reasons_are_counted_by_rule() {
    let cluster = ingest::read(&repository().join("inventories/two-generations")).expect("an inventory");
    let chart = Chart::new(&cluster);
    let all = Selection::all(&cluster);
    let (together, places) = (Standings::new(&chart, &all, 0), Places::new(&cluster.sources));
    let shown = |detail| Shown { width: 80, detail };
    let text = check(&chart, (&all, Some(&together)), &places, shown(Detail::Usual));
    let counted = text.split_once("Reasons by rule").expect("counted").1;
    insta::assert_snapshot!(anstream::adapter::strip_str(counted).to_string());
    let all = check(&chart, (&all, Some(&together)), &places, shown(Detail::All));
    assert!(!all.contains("Reasons by rule") && all.contains("cpu-model-unusable"));
}
