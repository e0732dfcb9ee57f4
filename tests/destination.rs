//! Destination side: what was predicted of a move between unlike hosts, against what became of it.
//!
//! Three libvirt hosts on this machine are made unlike: another QEMU, no firmware, no such network, pool, filter, secret or
//! file. Guests are started on them, the documents are collected as `capture.sh` does, and the chart is made. Then every
//! guest is really migrated, live, to every other host. A predicted yes must arrive; a predicted no must be refused, for a
//! reason that is among Portolan's.
//!
//! Needs root, libvirt's and QEMU's programs and the lab: it runs only where `PORTOLAN_REQUIRE` names `lab`.

mod cases;
mod furniture;
mod lab;
mod reasons;

use std::fs;
use std::process::Output;
use std::time::Instant;

use portolan::compat::{Answer, Chart, Finding, Mode, Severity};
use portolan::ingest;
use portolan::model::Cluster;
use rayon::prelude::*;

use self::cases::Case;
use self::lab::{HOSTS, Lab, told};

/// Defines a guest on its host.
fn define(lab: &Lab, case: &Case) -> Result<(), String> {
    let shared = lab.shared();
    let file = shared.join("guest.xml");
    fs::write(&file, case.xml(&shared.display().to_string())).expect("written");
    succeeded(&Lab::virsh(case.host, &["define", &file.display().to_string()]))
}

/// Starts it, paused: nothing in it needs to run.
fn start(case: &Case) -> Result<(), String> {
    succeeded(&Lab::virsh(case.host, &["start", "--paused", &case.name]))
}

fn succeeded(output: &Output) -> Result<(), String> {
    if output.status.success() { Ok(()) } else { Err(told(output)) }
}

/// Defines those that stand in the way.
fn occupy(lab: &Lab) {
    for (case, runs) in cases::occupants() {
        define(lab, &case).expect("defined");
        if runs {
            start(&case).expect("started");
        }
    }
}

/// Migrates the guest; what libvirt says if it does not arrive. A guest that arrived is started anew for the next.
fn migrate(case: &Case, to: usize, options: &[&str]) -> Option<String> {
    // It runs already where it has not arrived elsewhere.
    let _ = start(case);
    let uri = Lab::uri(to);
    let arguments: Vec<_> =
        ["migrate", "--live"].iter().chain(options).copied().chain([&*case.name, &uri]).collect();
    let refusal = told(&Lab::virsh(case.host, &arguments));
    let there = Lab::virsh(to, &["domstate", &case.name]);
    let arrived = refusal.is_empty() && String::from_utf8_lossy(&there.stdout).trim() == "paused";
    if arrived {
        Lab::printed(to, &["destroy", &case.name]);
        return None;
    }
    Some(if refusal.is_empty() { format!("it is not there: {}", told(&there)) } else { refusal })
}

/// What is predicted of one move.
struct Prediction<'s> {
    case: &'s Case,
    to: usize,
    answer: Answer,
    findings: Vec<Finding>,
}

/// Every guest to every other host.
fn predict<'s>(cluster: &Cluster, started: &'s [Case]) -> Vec<Vec<Prediction<'s>>> {
    let chart = Chart::new(cluster);
    let of_guest = |case: &'s Case| {
        let home = format!("lab{}", case.host);
        let mut guests = cluster.guests.iter();
        let guest = guests.position(|guest| guest.name == case.name && guest.host.as_deref() == Some(&home));
        let guest = guest.expect("the guest");
        let one = |to: usize| {
            let host =
                cluster.hosts.iter().position(|host| host.name == format!("lab{to}")).expect("the host");
            let answer = chart.assess(guest, host).answer(Mode::Live);
            Prediction { case, to, answer, findings: reasons(&chart, guest, host) }
        };
        (1..=HOSTS).filter(|&to| to != case.host).map(one).collect()
    };
    started.iter().map(of_guest).collect()
}

/// Tries them all, the moves of one guest one after the other.
fn try_all(predictions: &[Vec<Prediction<'_>>]) -> Vec<Option<String>> {
    let attempt = |one: &Prediction<'_>| {
        let declared = one.findings.iter().any(|finding| finding.rule == "shared-folder-unseen");
        migrate(one.case, one.to, if declared { &["--unsafe"] } else { &[] })
    };
    // libvirt and QEMU are waited for more than they work.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().expect("threads");
    let of_guest = |moves: &Vec<Prediction<'_>>| moves.iter().map(attempt).collect::<Vec<_>>();
    pool.install(|| predictions.par_iter().flat_map_iter(of_guest).collect())
}

/// The reasons that bear on a live move.
fn reasons(chart: &Chart<'_>, guest: usize, host: usize) -> Vec<Finding> {
    let mut all = chart.findings(guest, host);
    all.retain(|finding| finding.modes.has(Mode::Live));
    all
}

/// What became of the moves.
#[derive(Default)]
struct Tally {
    arrived: Vec<String>,
    refused: Vec<String>,
    unknown: Vec<String>,
    surprises: Vec<String>,
}

impl Tally {
    fn count(&mut self, one: &Prediction<'_>, refusal: Option<&str>) {
        let Prediction { case, to, answer, findings } = one;
        let against: Vec<_> = findings.iter().filter(|f| f.severity <= Severity::Unknown).collect();
        let told: Vec<_> =
            against.iter().map(|finding| format!("{}: {}", finding.rule, finding.message)).collect();
        let rules: Vec<&str> = against.iter().map(|finding| finding.rule.as_ref()).collect();
        let line = format!(
            "{} lab{} -> lab{to}: libvirt {}; Portolan {} {told:?}",
            case.name,
            case.host,
            refusal.unwrap_or("yes"),
            answer.as_str()
        );
        let slot = match (answer, refusal) {
            (Answer::Yes, None) => &mut self.arrived,
            (Answer::No, Some(refusal)) if reasons::named(refusal, &rules) == Some(true) => &mut self.refused,
            (Answer::Unknown, _) => &mut self.unknown,
            _ => &mut self.surprises,
        };
        slot.push(line);
    }

    fn print(&self) {
        let all = [&self.arrived, &self.refused, &self.unknown, &self.surprises].map(Vec::len);
        println!("{} live migrations tried:", all.iter().sum::<usize>());
        println!("  {:>3} predicted yes, arrived", all[0]);
        println!("  {:>3} predicted no, refused for a reason that was given", all[1]);
        println!("  {:>3} unknown", all[2]);
        println!("  {:>3} surprises", all[3]);
        for (heading, lines) in
            [("refused", &self.refused), ("unknown", &self.unknown), ("surprise", &self.surprises)]
        {
            for line in lines {
                println!("{heading}: {line}");
            }
        }
    }
}

#[test]
#[cfg_attr(
    not(has_lab),
    ignore = "skipped: starts libvirt hosts of its own; set PORTOLAN_REQUIRE=lab to run it as root"
)]
fn what_is_predicted_is_what_happens() {
    let began = Instant::now();
    let lab = Lab::new();
    println!("lab{HOSTS} runs a newer libvirt and QEMU: {}", lab.is_newer(HOSTS));
    furniture::furnish(&lab);
    let (mut started, mut left) = (Vec::new(), Vec::new());
    let needs_newer = |case: &Case| case.host == HOSTS && !lab.is_newer(HOSTS);
    for case in cases::all().into_iter().filter(|case| !needs_newer(case)) {
        match define(&lab, &case).and_then(|()| start(&case)) {
            Ok(()) => started.push(case),
            Err(why) => left.push(format!("{}: {why}", case.name)),
        }
    }
    occupy(&lab);
    println!("{} guests started after {:?}", started.len(), began.elapsed());
    let folder = tempfile::tempdir().expect("a folder");
    lab.capture(folder.path());
    let settings =
        format!("[storage]\nshared = [\"{}\"]\n[network]\nbridges = [\"labbr\"]\n", lab.shared().display());
    fs::write(folder.path().join("cluster.toml"), settings).expect("written");
    let cluster = ingest::read(folder.path()).expect("an inventory");
    assert_eq!(cluster.problems, []);
    println!("collected after {:?}", began.elapsed());
    let predictions = predict(&cluster, &started);
    let mut tally = Tally::default();
    for (one, refusal) in predictions.iter().flatten().zip(try_all(&predictions)) {
        let refusal = refusal.map(|told| format!("{told}; {}", lab.qemu_said(one.to, &one.case.name)));
        tally.count(one, refusal.as_deref());
    }
    tally.print();
    println!("done after {:?}", began.elapsed());
    // What this machine's QEMU has no module for, say.
    for one in &left {
        println!("not started: {one}");
    }
    assert_eq!(tally.surprises, Vec::<String>::new());
    assert!(tally.arrived.len() + tally.refused.len() >= 60);
}
