//! Answers that guests and hosts share are those that each would get by itself: of made-up hosts that differ from one
//! another in one document, and guests on each of them that differ in one element, every cell of the chart is what all
//! rules, asked about that very guest and host, leave possible.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use portolan::compat::{Answer, Assessment, Chart, Finding, Reasons, Severity};
use portolan::ingest;
use portolan::model::Cluster;

use crate::common;

/// What guests may have, one of each list.
const DISKS: [&str; 10] = [
    "<disk type='file' device='disk'><source file='/srv/a/one.raw'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='file' device='disk'><source file='/srv/a/two.raw'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='file' device='disk'><source file='/srv/b/one.raw'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='file' device='cdrom'><source file='/srv/b/x.iso'/><target dev='sda' bus='sata'/><readonly/></disk>",
    "<disk type='volume' device='disk'><source pool='images' volume='v'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='volume' device='disk'><source pool='other' volume='v'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='block' device='disk'><source dev='/dev/sdb'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='file'><driver name='qemu' cache='writeback'/><source file='/srv/a/one.raw'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='file'><driver name='qemu' cache='none'/><source file='/srv/a/one.raw'/><target dev='vda' bus='virtio'/></disk>",
    "<disk type='file'><driver name='qemu' cache='writeback'/><source file='/srv/a/one.raw'/><target dev='vda' bus='virtio'/><shareable/></disk>",
];
const INTERFACES: [&str; 5] = [
    "",
    "<interface type='network'><source network='one'/></interface>",
    "<interface type='network'><source network='two'/></interface>",
    "<interface type='bridge'><source bridge='br0'/></interface>",
    "<interface type='network'><source network='one'/><filterref filter='own'/></interface>",
];
const DISPLAYS: [&str; 4] = [
    "",
    "<graphics type='vnc' port='5990' autoport='no' listen='192.0.2.1'/>",
    "<graphics type='vnc' port='5990' autoport='no'/>",
    "<graphics type='vnc' autoport='yes' listen='192.0.2.2'/>",
];
const DOMAINS: [&str; 7] = [
    "",
    "<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>",
    "<memoryBacking><hugepages><page size='1048576' unit='KiB'/></hugepages></memoryBacking>",
    "<numatune><memory mode='strict' nodeset='0'/></numatune>",
    "<numatune><memory mode='strict' nodeset='1'/></numatune>",
    "<cpu mode='host-passthrough'/>",
    "<cpu mode='custom'><model>Westmere</model></cpu>",
];
const OS: [&str; 2] = ["", "<kernel>/srv/a/kernel</kernel>"];
/// What is below the disks; the empty text is no document.
const IMAGES: [&str; 3] = [
    "",
    "image: /srv/a/one.raw\nbacking file: /srv/a/base.qcow2\n",
    "image: /srv/a/one.raw\nbacking file: /srv/c/base.qcow2\n",
];
const MEMORY: [u32; 3] = [1024, 1_048_576, 67_108_864];
const VCPUS: [u32; 3] = [1, 4, 400];

/// What hosts may have; the empty text is no document.
const DOCUMENTS: [(&str, &[&str]); 12] = [
    (
        "mounts.txt",
        &[
            "/dev/vda / ext4 rw 0 0\nnas:/a /srv/a nfs4 rw 0 0\n",
            "",
            "/dev/vda / ext4 rw 0 0\nnas:/other /srv/a nfs4 rw 0 0\n",
            "/dev/vdb / xfs rw 0 0\nproc /proc proc rw 0 0\n",
            "/dev/vda / ext4 rw 0 0\nmon:/ /srv/a ceph rw 0 0\n",
            "/dev/vda / ext4 rw 0 0\n//nas/a /srv/a cifs rw 0 0\nnas:/c /srv/c nfs4 rw 0 0\n",
        ],
    ),
    (
        "nodeinfo.txt",
        &["", "Memory size: 134217728 KiB\nCPU(s): 64\n", "Memory size: 2097152 KiB\nCPU(s): 2\n"],
    ),
    ("networks/one.xml", &["", "<network><name>one</name></network>"]),
    ("networks/two.xml", &["", "<network><name>two</name></network>"]),
    ("net-list.txt", &["", " one active yes yes\n", " one inactive yes yes\n two active yes yes\n"]),
    (
        "pools/images.xml",
        &[
            "",
            "<pool type='dir'><name>images</name><target><path>/srv/a</path></target></pool>",
            "<pool type='netfs'><name>images</name><source><host name='n'/><dir path='/x'/></source><target><path>/srv/b</path></target></pool>",
        ],
    ),
    ("pool-list.txt", &["", " images active yes\n", " images inactive yes\n"]),
    ("nwfilter-list.txt", &["", " UUID Name\n----\n 1 own\n", " UUID Name\n----\n"]),
    ("secret-list.txt", &["", " UUID Usage\n----\n"]),
    ("ip-address.txt", &["", "2: br0: <UP> mtu 1500\n    inet 192.0.2.1/24 scope global br0\n"]),
    (
        "freepages.txt",
        &[
            "",
            "Node 0:\n4KiB: 300000\n2048KiB: 0\n",
            "Node 0:\n4KiB: 300\nNode 1:\n4KiB: 3000000\n2048KiB: 900\n",
        ],
    ),
    (
        "version.txt",
        &[
            "",
            "Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 7.2.22\n",
            "Using library: libvirt 11.3.0\nRunning hypervisor: QEMU 10.0.0\n",
            "Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 3.1.0\n",
        ],
    ),
];

/// Which of each list.
type Choice = Vec<usize>;

/// The first of each list; then, for each of the others, all the same but for that one.
fn choices(lengths: &[usize], first: &[usize]) -> Vec<Choice> {
    let mut all = vec![first.to_vec()];
    for (at, &length) in lengths.iter().enumerate() {
        let other =
            |to| first.iter().enumerate().map(|(nth, &own)| if nth == at { to } else { own }).collect();
        all.extend((0..length).filter(|&to| to != first[at]).map(other));
    }
    all
}

/// Which of name and UUID a guest has of its own.
const OWN: [[bool; 2]; 3] = [[true, true], [false, true], [true, false]];

fn guest(host: usize, nth: usize, choice: &[usize]) -> Vec<(String, Vec<u8>)> {
    let &[memory, vcpus, os, domain, disk, interface, display, own, live, image] = choice else {
        panic!("ten lists")
    };
    let at = host * 100 + nth;
    let [own_name, own_uuid] = OWN[own];
    let name = if own_name { format!("guest{at}") } else { "same".to_owned() };
    let uuid = if own_uuid { at } else { 0 };
    let xml = format!(
        "<domain type='kvm'><name>{name}</name><uuid>00000000-0000-4000-8000-{uuid:012}</uuid>\
         <memory>{}</memory><vcpu>{}</vcpu><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>{}</os>{}\
         <devices>{}{}{}</devices></domain>",
        MEMORY[memory],
        VCPUS[vcpus],
        OS[os],
        DOMAINS[domain],
        DISKS[disk],
        INTERFACES[interface],
        DISPLAYS[display],
    );
    let live = ["", ".live"][live];
    let path = format!("hosts/h{host:02}/guests/{name}");
    let image = IMAGES[image];
    let images = (!image.is_empty()).then(|| (format!("{path}.qemu-img.txt"), image.as_bytes().to_vec()));
    [(format!("{path}{live}.xml"), xml.into_bytes())].into_iter().chain(images).collect()
}

/// The documents of a host: what a real one is, and what is chosen.
fn host(at: usize, choice: &[usize]) -> Vec<(String, Vec<u8>)> {
    let (&uuid, choice) = choice.split_last().expect("lists");
    let captured = common::repository().join("inventories/captured/hosts/lab1");
    let real = ["capabilities.xml", "domcapabilities/x86_64-kvm-q35.xml"];
    let real =
        real.map(|path| (format!("hosts/h{at:02}/{path}"), fs::read(captured.join(path)).expect("readable")));
    let [(path, capabilities), offer] = real;
    let capabilities = with_uuid(&String::from_utf8(capabilities).expect("text"), at, uuid);
    let real = [(path, capabilities.into_bytes()), offer];
    let chosen = DOCUMENTS.iter().zip(choice).filter_map(|((path, texts), &choice)| {
        let text = texts[choice];
        (!text.is_empty()).then(|| (format!("hosts/h{at:02}/{path}"), text.as_bytes().to_vec()))
    });
    real.into_iter().chain(chosen).collect()
}

/// The capabilities with the UUID of the first host, with one of the host's own, or with none.
fn with_uuid(capabilities: &str, host: usize, choice: usize) -> String {
    let (before, rest) = capabilities.split_once("<uuid>").expect("a UUID");
    let (_, after) = rest.split_once("</uuid>").expect("a UUID");
    let uuid = |at| format!("<uuid>00000000-0000-4000-8000-{at:012}</uuid>");
    let uuid = [uuid(0), uuid(host), String::new()][choice].clone();
    format!("{before}{uuid}{after}")
}

fn inventory(hosts: &[Choice], guests: &[Choice], settings: &str) -> Cluster {
    let mut files: Vec<_> = hosts.iter().enumerate().flat_map(|(at, choice)| host(at, choice)).collect();
    let on = |at| guests.iter().enumerate().flat_map(move |(nth, choice)| guest(at, nth, choice));
    files.extend((0..hosts.len()).flat_map(on));
    let policy = "[[rule]]\nid = \"small-host\"\nsummary = \"s\"\nhost = \"memory\"\nless-than = \"4 GiB\"\n\
                  severity = \"blocker\"\n[rules]\nbacking-file-to-copy = \"blocker\"\n\
                  hugepages-taken = \"blocker\"\nshared-folder-unseen = \"blocker\"\ndisk-to-copy = \"blocker\"\n[[waiver]]\nrule = \"local-disk\"\nhost = \"h01\"\nreason = \"r\"\n";
    files.push(("portolan.toml".to_owned(), policy.as_bytes().to_vec()));
    files.push(("cluster.toml".to_owned(), settings.as_bytes().to_vec()));
    let cluster = ingest::read_files("made-up", files);
    assert_eq!(cluster.problems, []);
    cluster
}

/// By host: what is possible there, and what is said against it.
fn in_the_way(all: Vec<Reasons>) -> BTreeMap<usize, (Assessment, Vec<(String, String)>)> {
    let against = |reasons: &Reasons| {
        let weighs = |finding: &&Finding| matches!(finding.severity, Severity::Blocker | Severity::Unknown);
        let said = |finding: &Finding| (finding.rule.to_string(), finding.message.clone());
        reasons.findings.iter().filter(weighs).map(said).collect::<Vec<_>>()
    };
    let each = |reasons: Reasons| {
        let (assessment, against) = (reasons.assessment, against(&reasons));
        reasons.hosts.into_iter().map(move |host| (host, (assessment, against.clone())))
    };
    all.into_iter().flat_map(each).collect()
}

#[test]
fn shared_answers_are_everyones_own() {
    let lengths: Vec<usize> = DOCUMENTS.iter().map(|(_, texts)| texts.len()).chain([3]).collect();
    let mut hosts = choices(&lengths, &vec![1; lengths.len()]);
    // Two hosts of each kind of mounts: what one mounts matters by what the other does.
    hosts.extend(hosts.clone().into_iter().filter(|host| host[0] != 1));
    let lists = [
        MEMORY.len(),
        VCPUS.len(),
        OS.len(),
        DOMAINS.len(),
        DISKS.len(),
        INTERFACES.len(),
        DISPLAYS.len(),
        OWN.len(),
        2,
        IMAGES.len(),
    ];
    let guests = choices(&lists, &[0; 10]);
    for settings in ["name = \"none-shared\"\n", "[storage]\nshared = [\"/srv/b\"]\n"] {
        let cluster = inventory(&hosts, &guests, settings);
        assert_eq!((cluster.hosts.len(), cluster.guests.len()), (hosts.len(), hosts.len() * guests.len()));
        let chart = Chart::new(&cluster);
        let all: Vec<usize> = (0..cluster.hosts.len()).collect();
        let (mut seen, mut possible) = (BTreeSet::new(), 0);
        for guest in 0..cluster.guests.len() {
            assert_eq!(
                in_the_way(chart.reasons(guest, &all)),
                in_the_way(chart.objections(guest, &all)),
                "objections leave out what stands in no way, and nothing else"
            );
            for reasons in chart.reasons(guest, &all) {
                seen.extend(reasons.findings.iter().map(|finding| finding.asked.to_string()));
                possible += usize::from(reasons.assessment.cold == Answer::Yes) * reasons.hosts.len();
                for &host in &reasons.hosts {
                    let (name, of) = (&cluster.guests[guest].name, &cluster.hosts[host].name);
                    let shared = chart.assess(guest, host);
                    assert_eq!(shared, reasons.assessment, "{name} on {of}: {:?}", reasons.findings);
                }
            }
        }
        println!(
            "{} rules spoke: {seen:?}; {possible} cells where nothing objects to a cold move",
            seen.len()
        );
        assert!(seen.len() > 20 && possible > 1000, "{possible} {seen:?}");
    }
}
