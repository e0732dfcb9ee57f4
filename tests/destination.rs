//! Destination side: what was predicted of a move between unlike hosts, against what became of it.
//!
//! Three libvirt hosts on this machine are made unlike: another QEMU, no firmware, no such network, pool, filter, secret or
//! file. Guests are started on them, the documents are collected as `capture.sh` does, and the chart is made. Then every
//! guest is really migrated, live, to every other host. A predicted yes must arrive; a predicted no must be refused, for a
//! reason that is among Portolan's.
//!
//! Needs root, libvirt's and QEMU's programs and the lab: it runs only where `PORTOLAN_REQUIRE` names `lab`.

mod cases;
mod lab;
mod reasons;

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Instant;

use portolan::compat::{Answer, Chart, Finding, Mode, Severity};
use portolan::ingest;
use portolan::model::Cluster;
use rayon::prelude::*;

use self::cases::Case;
use self::lab::{HOSTS, Lab, encrypted_image, image, told};

/// Takes away what a host's libvirt brought along from this machine.
fn clear(host: usize) {
    for (what, list) in [("net", "--name"), ("pool", "--name")] {
        for name in Lab::printed(host, &[&format!("{what}-list"), "--all", list]).split_whitespace() {
            Lab::virsh(host, &[&format!("{what}-destroy"), name]);
            Lab::virsh(host, &[&format!("{what}-undefine"), name]);
        }
    }
}

/// Makes the hosts unlike one another.
fn furnish(lab: &Lab) {
    for host in 1..=HOSTS {
        clear(host);
        fs::create_dir_all(lab.images(host)).expect("a folder");
        for bridge in ["labbr", "other"].into_iter().filter(|&bridge| bridge == "labbr" || host == 1) {
            lab.exec(host, &["ip", "link", "add", bridge, "type", "bridge"]);
            lab.exec(host, &["ip", "link", "set", bridge, "up"]);
        }
    }
    networks(lab);
    pools(lab);
    files(lab);
    // Host 2 has no UEFI for x86: as if the package were not there.
    for folder in ["/usr/share/OVMF", "/usr/share/qemu/firmware"] {
        lab.exec(2, &["mount", "-t", "tmpfs", "none", folder]);
    }
}

/// On which hosts there is a network, and on which it is started.
fn networks(lab: &Lab) {
    let all: [(&str, &[usize], &[usize]); 3] =
        [("lan", &[1, 2, 3], &[1, 2, 3]), ("backup", &[1, 3], &[1, 3]), ("idle", &[1, 2, 3], &[1, 3])];
    for (name, defined, started) in all {
        for &host in defined {
            let xml = format!(
                "<network><name>{name}</name><forward mode='bridge'/><bridge name='labbr'/></network>"
            );
            lab.define(host, "net", &xml);
            if started.contains(&host) {
                Lab::printed(host, &["net-start", name]);
            }
        }
    }
    for (name, hosts) in [("everywhere", &[1, 2, 3][..]), ("own", &[1])] {
        for &host in hosts {
            lab.define(host, "nwfilter", &format!("<filter name='portolan-{name}'/>"));
        }
    }
}

/// On which hosts there is a pool, and on which it is started. Of `moved`, host 2 has a folder of its own.
fn pools(lab: &Lab) {
    let all: [(&str, &[usize], &[usize]); 4] = [
        ("common", &[1, 2, 3], &[1, 2, 3]),
        ("extra", &[1, 3], &[1, 3]),
        ("moved", &[1, 2, 3], &[1, 2, 3]),
        ("idle", &[1, 2, 3], &[1, 3]),
    ];
    fs::create_dir_all(lab.images(2).join("moved")).expect("a folder");
    for (name, defined, started) in all {
        let folder = lab.shared().join(name).display().to_string();
        fs::create_dir_all(&folder).expect("a folder");
        image(&["-f", "raw", &format!("{folder}/volume.raw"), "4M"]);
        for &host in defined {
            let path = if (name, host) == ("moved", 2) { "/var/lib/libvirt/images/moved" } else { &folder };
            let xml =
                format!("<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>");
            lab.define(host, "pool", &xml);
            if started.contains(&host) {
                Lab::printed(host, &["pool-start", name]);
            }
        }
    }
}

/// What the guests' disks and media are. Host 1 has some for itself.
fn files(lab: &Lab) {
    let (shared, own) = (lab.shared(), lab.images(1));
    let at = |folder: &Path, name: &str| folder.join(name).display().to_string();
    for name in ["medium.iso", "kernel"] {
        for folder in [&shared, &own] {
            fs::write(folder.join(name), vec![0_u8; 1 << 20]).expect("a file");
        }
    }
    fs::create_dir_all(own.join("logs")).expect("a folder");
    for name in ["shared", "base", "new"] {
        image(&["-f", "qcow2", &at(&shared, &format!("{name}.qcow2")), "4M"]);
    }
    for name in ["local", "base"] {
        image(&["-f", "qcow2", &at(&own, &format!("{name}.qcow2")), "4M"]);
    }
    let overlay = |backing: &str, name: &str| {
        image(&["-f", "qcow2", "-F", "qcow2", "-u", "-b", backing, &at(&shared, name), "4M"]);
    };
    overlay(&at(&shared, "base.qcow2"), "overlay.qcow2");
    overlay("/var/lib/libvirt/images/base.qcow2", "overlay-local.qcow2");
    encrypted_image(&at(&shared, "luks.raw"));
    for host in [1, 3] {
        let uuid = "6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0010";
        lab.define(
            host,
            "secret",
            &format!(
                "<secret ephemeral='no' private='no'><uuid>{uuid}</uuid>\
                 <usage type='volume'><volume>portolan-destination</volume></usage></secret>"
            ),
        );
        Lab::printed(host, &["secret-set-value", uuid, "--base64", "cG9ydG9sYW4="]);
    }
}

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
    furnish(&lab);
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
        tally.count(one, refusal.as_deref());
    }
    tally.print();
    println!("done after {:?}", began.elapsed());
    assert_eq!(left, Vec::<String>::new(), "not started");
    assert_eq!(tally.surprises, Vec::<String>::new());
    assert!(tally.arrived.len() + tally.refused.len() >= 60);
}
