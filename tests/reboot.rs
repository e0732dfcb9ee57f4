//! What a guest becomes where it is started anew, against guests that real libvirt started, and the rules about it.

use std::collections::BTreeSet;
use std::fs;

use portolan::compat::{Answer, Chart, CpuChange, Severity, rule};
use portolan::cpu::x86::{Definition, expand};
use portolan::ingest;
use portolan::knowledge::x86::map;
use portolan::model::{Cluster, CpuMap, DocumentKind, Version};

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

/// A guest on host `a` that leaves its CPU to its host, and what the two hosts say their QEMU can give. Made up.
struct Made {
    cpu: &'static str,
    machine: &'static str,
    here: Option<&'static str>,
    there: Option<&'static str>,
}

/// A host whose CPU is this model with these features.
fn offers(model: &str) -> String {
    let listed = ["Westmere", "Nehalem"].map(|name| format!("<model usable='yes'>{name}</model>")).concat();
    format!(
        "<domainCapabilities><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch><cpu>\
         <mode name='host-passthrough' supported='yes'/><mode name='host-model' supported='yes'>{model}</mode>\
         <mode name='custom' supported='yes'>{listed}</mode></cpu></domainCapabilities>"
    )
}

const NEHALEM: &str = "<model fallback='forbid'>Nehalem</model><vendor>Intel</vendor>";
const WESTMERE: &str = "<model fallback='forbid'>Westmere</model><vendor>Intel</vendor>";
const HOST_MODEL: Made = Made {
    cpu: "<cpu mode='host-model'/>",
    machine: "pc-q35-7.2",
    here: Some(NEHALEM),
    there: Some(WESTMERE),
};

fn cluster(made: &Made) -> Cluster {
    cluster_with(made, "")
}

fn cluster_with(made: &Made, policy: &str) -> Cluster {
    let guest = format!(
        "<domain type='kvm'><name>g</name><memory>1024</memory><vcpu>1</vcpu>\
         <os><type arch='x86_64' machine='{}'>hvm</type></os>{}</domain>",
        made.machine, made.cpu
    );
    let mut files = vec![("hosts/a/guests/g.xml".to_owned(), guest.into_bytes())];
    files.push(("portolan.toml".to_owned(), policy.as_bytes().to_vec()));
    for (host, model, q35) in [("a", made.here, "pc-q35-7.2"), ("b", made.there, "pc-q35-10.0")] {
        let newest = if host == "b" { "<machine>pc-q35-10.0</machine>" } else { "" };
        let told = format!(
            "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type><arch name='x86_64'>\
             <emulator>/usr/bin/qemu-system-x86_64</emulator><machine canonical='{q35}'>q35</machine>\
             <machine>pc-q35-7.2</machine>{newest}<domain type='kvm'/></arch></guest></capabilities>"
        );
        files.push((format!("hosts/{host}/capabilities.xml"), told.into_bytes()));
        files.push((format!("hosts/{host}/version.txt"), b"Using library: libvirt 9.0.0\n".to_vec()));
        files.push((format!("hosts/{host}/snapshots.txt"), Vec::new()));
        let offered = model.map(|model| ("domcapabilities/one.xml", offers(model)));
        files.extend(offered.map(|(name, text)| (format!("hosts/{host}/{name}"), text.into_bytes())));
    }
    let cluster = ingest::read_files("made-up", files);
    assert_eq!(cluster.problems, []);
    cluster
}

/// What a rule says of the guest on host `b`.
fn says(rule: &str, made: &Made) -> Option<String> {
    let cluster = cluster(made);
    let found = Chart::new(&cluster).findings(0, 1);
    found.into_iter().find(|finding| finding.rule == rule).map(|finding| finding.message)
}

#[test]
fn a_guest_is_stranded_where_it_gets_more_than_its_host_has() {
    let says = |made: &Made| says("reboot-strands-guest", made);
    let newer = "after a reboot there it cannot come back live: the host it is on now lacks aes";
    assert_eq!(says(&HOST_MODEL).as_deref(), Some(newer));
    assert_eq!(says(&Made { there: Some(NEHALEM), ..HOST_MODEL }), None, "the same CPU there");
    assert_eq!(says(&Made { here: Some(WESTMERE), there: Some(NEHALEM), ..HOST_MODEL }), None, "less there");
    let named = "<cpu match='exact'><model>Nehalem</model></cpu>";
    assert_eq!(says(&Made { cpu: named, ..HOST_MODEL }), None, "the same everywhere");
    let optional = "<cpu match='exact'><model>Nehalem</model><feature policy='optional' name='aes'/></cpu>";
    assert_eq!(says(&Made { cpu: optional, ..HOST_MODEL }).as_deref(), Some(newer));
    let without = "<cpu mode='host-model'><feature policy='disable' name='aes'/></cpu>";
    assert_eq!(says(&Made { cpu: without, ..HOST_MODEL }), None, "it keeps it away");
    let alias = says(&Made { machine: "q35", cpu: named, ..HOST_MODEL });
    assert!(alias.is_some_and(|said| said.ends_with("has no machine type 'pc-q35-10.0'")));
    assert_eq!(says(&Made { there: None, ..HOST_MODEL }), None, "what it gets there is not known");
}

#[test]
fn a_guest_loses_what_the_other_host_has_not() {
    let says = |made: &Made| says("reboot-loses-cpu-features", made);
    let older = Made { here: Some(WESTMERE), there: Some(NEHALEM), ..HOST_MODEL };
    assert_eq!(says(&older).as_deref(), Some("after a reboot there it lacks aes"));
    assert_eq!(says(&HOST_MODEL), None, "more there");
    let without = "<cpu mode='host-model'><feature policy='disable' name='aes'/></cpu>";
    assert_eq!(says(&Made { cpu: without, ..older }), None, "it never had it");
}

#[test]
fn what_is_not_known_of_a_reboot_says_which_document_would_tell() {
    let reboot = |made: &Made| {
        let cluster = cluster(made);
        Chart::new(&cluster).reboot(0, 1).expect("not rebuilt")
    };
    let blind = reboot(&Made { there: None, ..HOST_MODEL });
    assert_eq!(blind.after.err().and_then(|untold| untold.document), Some(DocumentKind::DomainCapabilities));
    assert_eq!(blind.change, None);
    assert!(reboot(&Made { here: None, ..HOST_MODEL }).before.is_err());
}

#[test]
fn a_warning_that_the_policy_has_worse_changes_the_verdict() {
    let cold = |policy| {
        let cluster = cluster_with(&HOST_MODEL, policy);
        let chart = Chart::new(&cluster);
        (chart.assess(0, 1).cold, chart.reasons(0, &[1])[0].assessment.cold)
    };
    // Of the made-up hosts too little is told for a yes.
    assert_eq!(cold(""), (Answer::Unknown, Answer::Unknown));
    assert_eq!(cold("[rules]\nreboot-strands-guest = 'blocker'\n"), (Answer::No, Answer::No));
}

#[test]
fn rules_that_only_warn_call_nothing_unknown() {
    for sample in ["captured", "kunpeng-rollout", "two-generations"] {
        let folder = common::repository().join("inventories").join(sample);
        let cluster = ingest::read(&folder).expect("an inventory");
        let chart = Chart::new(&cluster);
        let pairs = (0..cluster.guests.len())
            .flat_map(|guest| (0..cluster.hosts.len()).map(move |host| (guest, host)));
        for finding in pairs.flat_map(|(guest, host)| chart.findings(guest, host)) {
            let only_warns = rule(&finding.asked).is_some_and(|rule| rule.only_warns);
            assert!(!only_warns || finding.severity >= Severity::Warning, "{finding:?}");
        }
    }
}

/// `/proc/cpuinfo` of a core with these HWCAPs. Made up.
fn core(part: &str, hwcaps: &str) -> String {
    format!(
        "processor\t: 0\nFeatures\t: {hwcaps}\nCPU implementer\t: 0x48\nCPU architecture: 8\nCPU variant\t: 0x1\n\
         CPU part\t: {part}\nCPU revision\t: 0\n"
    )
}

#[test]
fn an_arm_guest_has_the_core_of_whichever_host_starts_it() {
    let guest = "<domain type='kvm'><name>g</name><memory>1024</memory><vcpu>1</vcpu><os><type arch='aarch64' \
                 machine='virt-7.2'>hvm</type></os><cpu mode='host-passthrough'/></domain>";
    let told = "<capabilities><host><cpu><arch>aarch64</arch></cpu></host><guest><os_type>hvm</os_type><arch name='aarch64'>\
                <emulator>/usr/bin/qemu-system-aarch64</emulator><machine>virt-7.2</machine><domain type='kvm'/></arch>\
                </guest></capabilities>";
    let mut files = vec![("hosts/a/guests/g.xml".to_owned(), guest.as_bytes().to_vec())];
    let cores = [("a", core("0xd01", "fp asimd aes cpuid")), ("b", core("0xd02", "fp asimd sve paca"))];
    for (host, cpu) in cores {
        files.push((format!("hosts/{host}/capabilities.xml"), told.as_bytes().to_vec()));
        files.push((format!("hosts/{host}/cpuinfo.txt"), cpu.into_bytes()));
    }
    let cluster = ingest::read_files("made-up", files);
    let chart = Chart::new(&cluster);
    let change = chart.reboot(0, 1).and_then(|reboot| reboot.change).expect("known");
    assert_eq!(
        (change.gained, change.lost),
        (vec!["paca".to_owned(), "sve".to_owned()], vec!["aes".to_owned()])
    );
    let says = |rule| chart.findings(0, 1).iter().any(|finding| finding.rule == rule);
    assert!(says("reboot-strands-guest") && says("reboot-loses-cpu-features"));
}
