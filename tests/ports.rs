//! The sum of root ports, held against those that libvirt really allocates and the machine really takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use portolan::model::VirtType;
use portolan::rewrite::{PortBudget, Profile, rewrite};
use portolan::text::xml::{Document, Element};

use crate::common;
use crate::corpus_rewrite::virsh::{Root, errors};
use crate::corpus_rewrite::{Guests, accepted};
use crate::live::renamed;

const TARGETS: [&str; 2] = ["debian-12-aarch64", "debian-12-q35"];

/// Guests of the corpus that are counted otherwise on q35, with the cause.
const OTHERWISE: [(&str, &str); 11] = [
    ("disk-cache", NO_CONTROLLER),
    ("disk-scsi-device-auto", NO_CONTROLLER),
    ("hostdev-scsi-autogen-address", NO_CONTROLLER),
    ("net-many-models", "it names the network adapter of Xen"),
    ("pcie-expander-bus", OF_ITS_OWN),
    ("pcie-root-port-nohotplug", OF_ITS_OWN),
    ("pcie-switch-upstream-port", OF_ITS_OWN),
    ("q35-multifunction", OF_ITS_OWN),
    (
        "usb-controller-ich9-ehci-addr",
        "a third set of USB 2 controllers, for which q35 has no place of its own",
    ),
    ("virtio-transitional", OF_ITS_OWN),
    ("x86_64-q35-default-models", OF_ITS_OWN),
];
const NO_CONTROLLER: &str = "libvirt adds a SCSI controller for it, of a model that it chooses";
const OF_ITS_OWN: &str = "on q35 already, with switches, expanders or bridges that its devices share";

fn profile(target: &str) -> Profile {
    Profile::named(target, VirtType::Qemu).expect("a built-in profile")
}

/// The root ports of a domain as libvirt writes it, and how many of them something is behind.
fn ports(text: &str) -> (usize, usize) {
    let document = Document::parse(text).expect("a domain");
    let devices: Vec<_> = document.root().child("devices").expect("devices").children().collect();
    let is_port = |d: &Element<'_>| d.value("model").as_deref() == Some("pcie-root-port");
    let hex = |text: &str| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    let index = |d: &Element<'_>| d.value("index")?.parse::<u32>().ok();
    let ports: BTreeSet<u32> = devices.iter().filter(|d| is_port(d)).filter_map(index).collect();
    let bus = |d: &Element<'_>| d.child("address").and_then(|a| hex(&a.value("bus")?));
    let pci =
        |d: &&Element<'_>| d.child("address").is_some_and(|a| a.value("type").as_deref() == Some("pci"));
    let taken: BTreeSet<u32> = devices.iter().filter(pci).filter_map(bus).collect();
    (ports.len(), ports.intersection(&taken).count())
}

/// What libvirt makes of each of the guests; `None` of those that it refuses.
fn defined(guests: &Guests) -> BTreeMap<String, Option<String>> {
    let root = Root::new();
    let talk = |(nth, text): (usize, &String)| {
        let name = format!("portolan-ports-{nth}");
        let file = root.path().join(format!("{nth}.xml"));
        fs::write(&file, renamed(text, &name)).expect("written");
        let define = format!("define {}", file.display());
        vec![define, format!("dumpxml --inactive {name}"), format!("undefine --nvram {name}")]
    };
    let said = root.ask(&guests.values().enumerate().map(talk).collect::<Vec<_>>());
    let domain = |answers: &Vec<String>| {
        let (from, to) = (answers[1].find("<domain")?, answers[1].find("</domain>")?);
        errors(&answers[0]).is_none().then(|| answers[1][from..to + "</domain>".len()].to_owned())
    };
    guests.keys().cloned().zip(said.iter().map(domain)).collect()
}

/// Rewrites the guests for the target, has libvirt define them, and tells where it counts otherwise. A domain that names
/// no root ports gets one to spare.
fn hold(target: &str, guests: &Guests) {
    let profile = profile(target);
    let done: BTreeMap<&String, _> =
        guests.iter().filter_map(|(name, text)| Some((name, rewrite(text, &profile).ok()?))).collect();
    let fit = done.iter().filter(|(_, done)| !done.is_blocked());
    let new: Guests = fit.map(|(name, done)| ((*name).clone(), done.text.clone())).collect();
    let (mut same, mut sum, mut wrong) = (0, 0, Vec::new());
    for (name, text) in defined(&new) {
        let Some(text) = text else { continue };
        let (real, budget) = (ports(&text), &done[&name].budget);
        if (budget.allocated, budget.used()) == (count(real.0), count(real.1)) {
            (same, sum) = (same + 1, sum + real.0);
        } else if !(target == "debian-12-q35" && is_known(&name)) {
            wrong.push(format!("{name}: libvirt {real:?}, but\n{budget}"));
        }
    }
    println!(
        "{target}: {sum} root ports of {same} guests are as libvirt allocates them; {} otherwise",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_known(name: &str) -> bool {
    OTHERWISE.iter().any(|(known, _)| name.split(".x86_64").next() == Some(known))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).expect("few")
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn ports_are_counted_as_libvirt_allocates_them() {
    let repository = common::repository();
    let is_guest =
        |path: &std::path::Path| common::is_xml(path) && !path.to_string_lossy().ends_with(".live.xml");
    let files = ["inventories", "tests"].iter().flat_map(|f| common::files(&repository.join(f), &is_guest));
    let read = |path: std::path::PathBuf| {
        let text = fs::read_to_string(&path).ok().filter(|text| text.contains("<domain "))?;
        Some((path.strip_prefix(repository).ok()?.display().to_string(), text))
    };
    let guests: Guests = files.filter_map(read).collect();
    for target in TARGETS {
        hold(target, &guests);
    }
}

#[test]
#[cfg_attr(
    not(all(has_corpus, has_libvirt)),
    ignore = "skipped: needs the corpora and changes the machine; set PORTOLAN_REQUIRE=corpus,libvirt to run it as root"
)]
fn ports_of_the_corpus_are_counted_as_libvirt_allocates_them() {
    for target in TARGETS {
        hold(target, accepted());
    }
}

/// A made-up guest with as many random number generators, each behind a root port of its own, beside `more`.
fn crowded(target: &str, devices: u32, more: &str) -> String {
    let profile = profile(target);
    let firmware = if profile.arch.is_x86() { "" } else { " firmware='efi'" };
    let cpu = if profile.arch.is_x86() { "" } else { "<cpu mode='custom'><model>cortex-a72</model></cpu>" };
    let port = |ports: String, index| {
        ports + &format!("<controller type='pci' index='{index}' model='pcie-root-port'/>")
    };
    let ports = (1..=devices).fold(String::new(), port);
    let rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
    format!(
        "<domain type='qemu'><name>x</name><memory unit='MiB'>256</memory><os{firmware}><type arch='{}' machine='{}'>hvm\
         </type></os><features><acpi/></features>{cpu}<devices><controller type='pci' index='0' model='pcie-root'/>{ports}\
         <memballoon model='none'/>{more}{}</devices></domain>",
        profile.arch.as_str(),
        profile.machine,
        rng.repeat(devices as usize)
    )
}

const NO_USB: &str = "<controller type='usb' model='none'/>";
const DISPLAY: &str =
    "<controller type='usb' model='none'/><graphics type='vnc'/><video><model type='virtio'/></video>";
const DISPLAY_AND_SOUND: &str = "<controller type='usb' model='none'/><graphics type='vnc'/><video><model type='vga'/></video>\
                                 <sound model='ich9'/>";
const OLD_USB: &str = "<controller type='usb' index='0' model='ich9-ehci1'/><controller type='usb' index='0' model='ich9-uhci1'/>\
                       <controller type='usb' index='0' model='ich9-uhci2'/><controller type='usb' index='0' model='ich9-uhci3'/>";

/// What a guest has beside its random number generators, and how many root ports are left for those.
const LIMITS: [(&str, &str, u32); 5] = [
    ("debian-12-aarch64", NO_USB, 248),
    ("debian-12-q35", NO_USB, 240),
    ("debian-12-q35", DISPLAY, 232),
    ("debian-12-q35", OLD_USB, 232),
    ("debian-12-q35", DISPLAY_AND_SOUND, 224),
];

fn budget(target: &str, devices: u32, more: &str) -> PortBudget {
    rewrite(&crowded(target, devices, more), &profile(target)).expect("a domain").budget
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn as_many_ports_start_as_are_promised_and_no_more_are_defined() {
    let root = Root::new();
    for (target, more, limit) in LIMITS {
        let full = budget(target, limit, more);
        assert_eq!((full.limit, full.used()), (limit, limit), "{target}, {more}: {full}");
        let file = root.path().join("crowded.xml");
        let say = |devices: u32, commands: &[&str]| {
            fs::write(&file, renamed(&crowded(target, devices, more), "portolan-crowded")).expect("written");
            let define = format!("define {}", file.display());
            let talk = [&[define.as_str()], commands].concat().iter().map(|c| (*c).to_owned()).collect();
            let said = root.ask(&[talk]);
            said[0].iter().find_map(|answer| errors(answer))
        };
        let end = ["destroy portolan-crowded", "undefine --nvram portolan-crowded"];
        assert_eq!(
            say(limit, &[&["start --paused portolan-crowded"][..], &end].concat()),
            None,
            "{target}, {more}"
        );
        let refused = say(limit + 1, &[]).unwrap_or_default();
        assert!(
            refused.contains("model='pcie-root-port', but none is available"),
            "{target}, {more}: {refused}"
        );
        println!("{target}: {limit} root ports start beside {more:?}, {} are refused", limit + 1);
    }
}
