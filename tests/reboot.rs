//! What a guest becomes where it is started anew, against guests that real libvirt started, and the rules about it.

use std::collections::BTreeSet;
use std::fs;

use portolan::compat::{Chart, CpuChange};
use portolan::cpu::x86::{Definition, expand};
use portolan::ingest;
use portolan::knowledge::x86::map;
use portolan::model::{Cluster, CpuMap, Version};

use crate::common;
use crate::live::{Running, inventory_of_here, said, with_cpu};

/// The features of the CPU of a domain that runs, as its XML lists them.
fn running(domain: &str, map: &CpuMap) -> BTreeSet<String> {
    let found = ingest::read_cpu_inputs("domain", domain).expect("a domain");
    let cpu = Definition::from(&found.first().expect("a CPU").cpu);
    expand(map, &cpu).expect("a known CPU").names(map).into_iter().map(str::to_owned).collect()
}

fn index(cluster: &Cluster, guest: &str, host: &str) -> (usize, usize) {
    let at = |found: Option<usize>| found.expect("in the inventory");
    (
        at(cluster.guests.iter().position(|one| one.name == guest)),
        at(cluster.hosts.iter().position(|one| one.name == host)),
    )
}

#[test]
fn guests_that_libvirt_started_have_the_cpu_that_is_foreseen() {
    let folder = common::repository().join("inventories/captured");
    let cluster = ingest::read(&folder).expect("an inventory");
    let chart = Chart::new(&cluster);
    for guest in ["late", "fresh"] {
        let (at, home) = index(&cluster, guest, "lab3");
        let told = fs::read_to_string(folder.join(format!("observed/lab3-dumpxml-{guest}.xml")));
        let seen = running(&told.expect("readable"), map(Version::new(11, 3, 0)));
        let foreseen = chart.reboot(at, home).expect("not rebuilt").after.expect("known");
        println!("{guest}: {} features foreseen, {} seen", foreseen.features.len(), seen.len());
        assert_eq!(foreseen.features, seen, "{guest}");
    }
}

/// Definitions that leave something to the host. Some KVM inside of KVM offers `arch-capabilities` and then refuses its
/// register, so each keeps it away.
const LEFT_TO_HOST: [&str; 6] = [
    "<cpu mode='host-model'><feature policy='disable' name='arch-capabilities'/></cpu>",
    "<cpu mode='host-model'><feature policy='disable' name='arch-capabilities'/>\
     <feature policy='disable' name='x2apic'/></cpu>",
    "<cpu mode='host-model'><feature policy='disable' name='arch-capabilities'/><feature policy='optional' name='amx-tile'/>\
     <feature policy='optional' name='umip'/></cpu>",
    "<cpu match='minimum'><model>qemu64</model><feature policy='disable' name='arch-capabilities'/>\
     <feature policy='disable' name='svm'/></cpu>",
    "<cpu match='exact' check='none'><model>qemu64</model><feature policy='optional' name='amx-tile'/>\
     <feature policy='optional' name='umip'/></cpu>",
    "<cpu match='exact' check='none'><model>Nehalem</model></cpu>",
];

/// How many of these QEMU adds nothing of its own to: those whose model is the host's.
const OF_HOST: usize = 4;

/// A guest that this libvirt started with `text`: the XML it runs with.
fn started(name: &str, text: &str) -> String {
    let file = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
    fs::write(file.path(), text).expect("written");
    let guest = Running(name.to_owned());
    said(&["define", "--validate", &file.path().to_string_lossy()]);
    said(&["start", "--paused", &guest.0]);
    said(&["dumpxml", name])
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn what_starts_here_is_foreseen() {
    let guest = |(at, cpu): (usize, &&str)| {
        let name = format!("portolan-test-reboot-{at}");
        let text = with_cpu(cpu).replace("<name>x<", &format!("<name>{name}<"));
        (name, text)
    };
    let guests: Vec<(String, String)> = LEFT_TO_HOST.iter().enumerate().map(guest).collect();
    let folder = tempfile::tempdir().expect("a folder");
    inventory_of_here(folder.path(), &guests);
    let lives: Vec<String> = guests.iter().map(|(name, text)| started(name, text)).collect();
    let here = |at: usize| {
        let cluster = ingest::read(folder.path()).expect("an inventory");
        let (guest, home) = index(&cluster, &guests[at].0, "here");
        let reboot = Chart::new(&cluster).reboot(guest, home).expect("not rebuilt");
        let libvirt = cluster.hosts[home].platform.libvirt.value().copied().expect("a version");
        (reboot, map(libvirt))
    };
    for (at, live) in lives.iter().enumerate() {
        let (stopped, map) = here(at);
        let (foreseen, seen) = (stopped.after.expect("known").features, running(live, map));
        let own: Vec<&String> = seen.difference(&foreseen).collect();
        println!("{at}: {} features seen, {} foreseen, of QEMU's own {own:?}", seen.len(), foreseen.len());
        assert!(
            foreseen.is_subset(&seen) && (at >= OF_HOST || own.is_empty()),
            "{at}: {foreseen:?} {seen:?}"
        );
        // What is seen of a running guest is what it has after a reboot at home.
        fs::write(folder.path().join(format!("hosts/here/guests/{}.live.xml", guests[at].0)), live)
            .expect("written");
        assert_eq!(here(at).0.change, Some(CpuChange::default()), "{at}");
    }
}
