//! Guests rewritten for hosts of an inventory: machine types, what is bound to the old host, names, several hosts at once.

use std::collections::BTreeSet;

use portolan::ingest;
use portolan::model::{Cluster, VirtType};
use portolan::rewrite::{Profile, Refusal, Rewrite, Wish, rewrite_guest};

use crate::corpus_rewrite::virsh::{Root, errors};
use crate::samples::printed;

/// Made up: a host with these machine types, an emulator at this path, and two NUMA cells of so many processors.
fn capabilities(arch: &str, emulator: &str, machines: &[&str], processors: u32) -> String {
    let machine = |name: &&str| match name.split_once('=') {
        Some((alias, canonical)) => {
            format!("<machine canonical='{canonical}' maxCpus='288'>{alias}</machine>")
        }
        None => format!("<machine maxCpus='288'>{name}</machine>"),
    };
    let cell = |id: u32| {
        let cpus: Vec<String> =
            (id * processors..(id + 1) * processors).map(|cpu| format!("<cpu id='{cpu}'/>")).collect();
        format!("<cell id='{id}'><cpus num='{processors}'>{}</cpus></cell>", cpus.concat())
    };
    format!(
        "<capabilities><host><cpu><arch>{arch}</arch><pages unit='KiB' size='4'/><pages unit='KiB' size='2048'/></cpu>\
         <topology><cells num='2'>{}{}</cells></topology></host><guest><os_type>hvm</os_type><arch name='{arch}'>\
         <emulator>{emulator}</emulator>{}<domain type='qemu'/><domain type='kvm'/></arch></guest></capabilities>",
        cell(0),
        cell(1),
        machines.iter().map(machine).collect::<String>()
    )
}

const RED_HAT: &[&str] = &[
    "pc=pc-i440fx-rhel7.6.0",
    "pc-i440fx-rhel7.6.0",
    "q35=pc-q35-rhel9.4.0",
    "pc-q35-rhel8.6.0",
    "pc-q35-rhel9.4.0",
];
const DEBIAN: &[&str] = &[
    "pc=pc-i440fx-7.2",
    "pc-i440fx-2.12",
    "pc-i440fx-7.2",
    "q35=pc-q35-7.2",
    "pc-q35-2.12",
    "pc-q35-6.2",
    "pc-q35-7.2",
];
const NEW: &[&str] = &["q35=pc-q35-10.0", "pc-q35-6.2", "pc-q35-10.0"];

/// Made up: three x86 hosts with unlike machine types, and guests of the first.
fn cluster(guests: &[(&str, &str)], settings: &str) -> Cluster {
    let host = |name: &str, text: String| (format!("hosts/{name}/capabilities.xml"), text.into_bytes());
    let address = |name: &str, address: &str| {
        let text = format!("2: eth0: <UP> mtu 1500\n    inet {address}/24 scope global eth0\n");
        (format!("hosts/{name}/ip-address.txt"), text.into_bytes())
    };
    let mut files = vec![
        host("old", capabilities("x86_64", "/usr/libexec/qemu-kvm", RED_HAT, 8)),
        host("debian", capabilities("x86_64", "/usr/bin/qemu-system-x86_64", DEBIAN, 4)),
        host("new", capabilities("x86_64", "/usr/bin/qemu-system-x86_64", NEW, 8)),
        address("old", "192.0.2.1"),
        address("debian", "192.0.2.2"),
        ("cluster.toml".to_owned(), settings.as_bytes().to_vec()),
    ];
    files.extend(
        guests.iter().map(|(name, text)| (format!("hosts/old/guests/{name}.xml"), text.as_bytes().to_vec())),
    );
    let cluster = ingest::read_files("made-up", files);
    assert_eq!(cluster.problems, []);
    cluster
}

fn guest(machine: &str, inner: &str) -> String {
    format!(
        "<domain type='kvm'>\n  <name>g</name>\n  <memory>65536</memory>\n  <vcpu cpuset='1,9'>2</vcpu>\n{inner}  <os>\n    \
         <type arch='x86_64' machine='{machine}'>hvm</type>\n  </os>\n  <devices>\n    \
         <emulator>/usr/libexec/qemu-kvm</emulator>\n  </devices>\n</domain>\n"
    )
}

fn done(text: &str, hosts: &[&str], wish: &Wish) -> Result<(Profile, Rewrite), Refusal> {
    let cluster = cluster(&[("g", text)], "");
    done_in(&cluster, hosts, wish)
}

fn done_in(cluster: &Cluster, hosts: &[&str], wish: &Wish) -> Result<(Profile, Rewrite), Refusal> {
    let hosts: Vec<_> = hosts.iter().map(|name| cluster.host(name).expect("a host")).collect();
    rewrite_guest(cluster, &cluster.guests[0], &hosts, wish)
}

/// The machine type that a guest on `from` has on these hosts.
fn machine(from: &str, hosts: &[&str], wish: &Wish) -> String {
    let (_, done) = done(&guest(from, ""), hosts, wish).expect("rewritten");
    let (_, rest) = done.text.split_once("machine='").expect("a machine type");
    rest.split('\'').next().unwrap_or_default().to_owned()
}

#[test]
fn a_guest_keeps_its_chipset_where_the_host_has_it() {
    let wish = Wish::default();
    assert_eq!(machine("pc-i440fx-rhel7.6.0", &["debian"], &wish), "pc-i440fx-2.12");
    assert_eq!(machine("pc-i440fx-rhel7.6.0", &["new"], &wish), "pc-q35-6.2", "no i440fx there");
    assert_eq!(
        machine("pc-i440fx-rhel7.6.0", &["debian"], &Wish { q35: true, ..wish.clone() }),
        "pc-q35-2.12"
    );
    assert_eq!(machine("pc-q35-jammy", &["debian"], &wish), "pc-q35-6.2");
    assert_eq!(machine("pc-q35-jammy", &["old"], &wish), "pc-q35-rhel8.6.0");
    assert_eq!(machine("pc-q35-10.1", &["debian"], &wish), "pc-q35-7.2");
}

#[test]
fn an_alias_is_what_it_stands_for_at_home() {
    let wish = Wish::default();
    assert_eq!(machine("pc", &["debian"], &wish), "pc-i440fx-2.12", "the old host's pc is of QEMU 2.12");
    assert_eq!(machine("q35", &["new"], &wish), "pc-q35-10.0", "the old host's q35 is of QEMU 8.2");
    assert_eq!(machine("q35", &["old"], &wish), "pc-q35-rhel9.4.0");
}

#[test]
fn several_hosts_get_what_all_of_them_have() {
    let wish = Wish::default();
    assert_eq!(machine("pc-q35-rhel9.4.0", &["debian", "new"], &wish), "pc-q35-6.2");
    assert_eq!(machine("pc-i440fx-rhel7.6.0", &["new", "debian"], &wish), "pc-q35-6.2");
    let nothing = done(&guest("pc-q35-6.2", ""), &["old", "debian"], &wish).expect_err("nothing in common");
    assert_eq!(
        nothing.to_string(),
        "g cannot be rewritten for debian: it and old have no machine type in common"
    );
}

#[test]
fn a_guest_that_fits_is_left_alone() {
    let text = guest("pc-q35-rhel9.4.0", "");
    let (_, home) = done(&text, &["old"], &Wish::default()).expect("rewritten");
    assert_eq!((home.text, home.edits.len(), home.steps.len()), (text, 0, 0));
}

#[test]
fn what_is_bound_to_the_old_host_is_found_on_the_new_one_or_goes() {
    let inner = "  <cputune>\n    <vcpupin vcpu='0' cpuset='2'/>\n    <vcpupin vcpu='1' cpuset='12'/>\n    \
                 <emulatorpin cpuset='44'/>\n  </cputune>\n  <numatune>\n    <memory mode='strict' nodeset='1'/>\n  </numatune>\n  \
                 <memoryBacking>\n    <hugepages>\n      <page size='1' unit='GiB'/>\n    </hugepages>\n  </memoryBacking>\n  \
                 <seclabel type='static' model='dac'><label>+107:+107</label></seclabel>\n  <seclabel type='dynamic' model='selinux'/>\n";
    let devices = "<graphics type='vnc' listen='192.0.2.1'>\n      <listen type='address' address='192.0.2.1'/>\n    </graphics>\n    \
                   <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/></source></hostdev>\n  </devices>";
    let text = guest("pc-q35-7.2", inner).replace("</devices>", devices);
    let (_, done) = done(&text, &["debian"], &Wish::default()).expect("rewritten");
    insta::assert_snapshot!(done.text);
    let (_, again) = self::done(&done.text, &["debian"], &Wish::default()).expect("rewritten");
    assert_eq!(again.text, done.text, "twice");
    let steps: BTreeSet<&str> = done.steps.iter().map(|step| step.rule).collect();
    let expected =
        ["graphics-address-absent", "host-pinning", "hugepage-size", "passthrough-device", "security-label"];
    assert_eq!(steps, expected.into());
}

#[test]
fn names_are_those_of_the_target() {
    let settings = "[map.networks]\noffice = \"lan\"\n[map.folders]\n\"/images\" = \"/srv/images\"\n\
                    [hosts.debian.map.pools]\nvms = \"default\"\n";
    let devices = "<disk type='file' device='disk'><source file='/images/a.raw'/><target dev='vda'/></disk>\n    \
                   <disk type='volume' device='disk'><source pool='vms' volume='b'/><target dev='vdb'/></disk>\n    \
                   <interface type='network'><source network='office'/></interface>\n  </devices>";
    let text = guest("pc-q35-7.2", "").replace("</devices>", devices);
    let named = |host: &str| {
        let cluster = cluster(&[("g", &text)], settings);
        let (_, done) = done_in(&cluster, &[host], &Wish::default()).expect("rewritten");
        ["/srv/images/a.raw", "network='lan'", "pool='default'"].map(|new| done.text.contains(new))
    };
    assert_eq!(named("debian"), [true, true, true]);
    assert_eq!(named("new"), [true, true, false]);
    assert_eq!(named("old"), [false, false, false], "at home");
}

#[test]
fn an_arm_guest_goes_from_named_models_to_its_hosts_own_and_back() {
    let text = "<domain type='qemu'><name>a</name><memory>65536</memory><os firmware='efi'>\
                <type arch='aarch64' machine='virt-rhel9.4.0'>hvm</type></os><features><gic version='3'/></features>\
                <cpu mode='custom' match='exact'><model>cortex-a72</model></cpu></domain>";
    let files = vec![
        (
            "hosts/arm/capabilities.xml".to_owned(),
            capabilities("aarch64", "/q", &["virt-7.2", "virt-9.0"], 8).into_bytes(),
        ),
        ("guests/a.xml".to_owned(), text.as_bytes().to_vec()),
        (
            "hosts/arm/version.txt".to_owned(),
            b"Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 9.0.0\n".to_vec(),
        ),
    ];
    let cluster = ingest::read_files("made-up", files);
    let run = |virt_type| {
        let wish = Wish { virt_type: Some(virt_type), ..Wish::default() };
        done_in(&cluster, &["arm"], &wish).expect("rewritten").1.text
    };
    let kvm = run(VirtType::Kvm);
    assert!(kvm.contains("<cpu mode='host-passthrough'/>") && kvm.contains("<domain type='kvm'>"), "{kvm}");
    assert!(kvm.contains("machine='virt-9.0'"), "8.2 is next to 9.0: {kvm}");
    let emulated = run(VirtType::Qemu);
    assert!(
        emulated.contains("<model>cortex-a72</model>"),
        "a named model is what emulation has: {emulated}"
    );
}

#[test]
fn a_rewrite_for_a_host_and_its_baseline_are_one() {
    let sample = "inventories/two-generations";
    let cpu = |arguments: &[&str]| {
        let rewrite = ["rewrite", sample, "--guest", "erp-01", "--baseline", "--allow-unsafe"];
        let xml = printed(&[&rewrite[..], arguments].concat(), &[0]);
        let (from, to) = (xml.find("<cpu").expect("a CPU"), xml.find("</cpu>").expect("its end"));
        (xml[from..to].to_owned(), xml.contains("machine='pc-q35-7.2'"))
    };
    let (own, stays) = cpu(&[]);
    let (there, moved) = cpu(&["--to", "hsw-01"]);
    assert!(own.contains("mode='custom'") && !stays);
    assert_eq!((there, moved), (own, true), "one division into CPU groups has both hosts");
}

/// Names that no Debian knows, aliases and old versions, on either chipset.
const STRANGE: [&str; 14] = [
    "pc-i440fx-rhel7.6.0",
    "pc-q35-rhel9.4.0",
    "pc-q35-rhel7.3.0",
    "rhel6.6.0",
    "pc-i440fx-jammy",
    "pc-i440fx-bionic-hpb",
    "pc-q35-noble",
    "pc-q35-noble-v2",
    "pc-1.2",
    "pc-i440fx-10.0",
    "pc-q35-2.4",
    "pc-q35-4.0.1",
    "pc",
    "q35",
];

/// A guest without a disk, with what its old host alone has.
fn strange(machine: &str, nth: usize) -> String {
    let inner = "  <cputune>\n    <vcpupin vcpu='0' cpuset='99'/>\n  </cputune>\n  <numatune>\n    \
                 <memory mode='strict' nodeset='7'/>\n  </numatune>\n  <cpu mode='host-passthrough' check='none' migratable='on'/>\n";
    let devices = "<graphics type='vnc' port='-1'><listen type='address' address='192.0.2.1'/></graphics>\n    \
                   <controller type='usb' index='0'/>\n  </devices>";
    guest(machine, inner)
        .replace("<name>g<", &format!("<name>portolan-target-{nth}<"))
        .replace(" cpuset='1,9'", "")
        .replace("</devices>", devices)
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn libvirt_defines_and_starts_guests_of_other_distributions() {
    let root = Root::new();
    let printed = |command: &str| {
        let answer = root.ask(&[vec![command.to_owned()]]).remove(0).remove(0);
        answer[answer.find('<').expect("a document")..].trim().to_owned()
    };
    let mut files = vec![
        ("hosts/here/capabilities.xml".to_owned(), printed("capabilities").into_bytes()),
        (
            "hosts/here/ip-address.txt".to_owned(),
            b"1: lo: <UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n".to_vec(),
        ),
        (
            "hosts/here/domcapabilities/q35.xml".to_owned(),
            printed("domcapabilities --machine q35").into_bytes(),
        ),
        (
            "hosts/here/domcapabilities/pc.xml".to_owned(),
            printed("domcapabilities --machine pc").into_bytes(),
        ),
    ];
    for (nth, machine) in STRANGE.iter().enumerate() {
        files.push((format!("guests/{nth}.xml"), strange(machine, nth).into_bytes()));
    }
    let cluster = ingest::read_files("made-up", files);
    let here = cluster.host("here").expect("this host");
    let (mut before, mut started, mut wrong) = (0, 0, Vec::new());
    for guest in &cluster.guests {
        for q35 in [false, true] {
            // By emulation: the KVM of a host that is a guest itself need not run them.
            let wish = Wish { q35, virt_type: Some(VirtType::Qemu), ..Wish::default() };
            let (_, done) = rewrite_guest(&cluster, guest, &[here], &wish).expect("rewritten");
            let said = |text: &str| {
                let file = root.path().join("guest.xml");
                std::fs::write(&file, text).expect("written");
                let talk = ["define --validate FILE", "start --paused NAME", "destroy NAME", "undefine NAME"];
                let talk = talk.map(|line| {
                    line.replace("FILE", &file.display().to_string()).replace("NAME", &guest.name)
                });
                let answers = root.ask(&[talk.to_vec()]).remove(0);
                errors(&answers[0]).or_else(|| errors(&answers[1]))
            };
            before += usize::from(said(&cluster.sources.get(guest.source).text).is_none());
            match said(&done.text) {
                None => started += 1,
                Some(error) => wrong.push(format!("{} {q35}: {error}", guest.name)),
            }
        }
    }
    println!("{started} of {} start, {before} of them as they were", 2 * STRANGE.len());
    assert_eq!(wrong, Vec::<String>::new());
}
