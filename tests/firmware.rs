//! Which firmware libvirt chooses: beside what real libvirt 9.0 does with made-up descriptors and with this host's own, and
//! beside what libvirt 11.3 made of its own test data.
//!
//! Descriptors are put in the place of the host's in a mount namespace of the test's own, so that nothing of the host changes.

mod descriptors;
mod moved;
mod refit;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use portolan::ingest::read_files;
use portolan::knowledge::firmware::{FirmwareRequest, Unchosen, chosen};
use portolan::model::{Cluster, FirmwareKind, Guest, Platform, Version};
use portolan::rewrite::{FirmwareWish, refit_firmware};
use portolan::text::xml::Document;

use crate::common;
use crate::corpus_rewrite::virsh::Root;

/// What a guest may say of firmware: its machine type with how it is to be called, and parts of its definition.
const MACHINES: &[(&str, &str, &str)] = &[
    ("x86_64", "pc", "pc-i440fx-7.2"),
    ("x86_64", "pc-i440fx-6.2", "pc-i440fx-6.2"),
    ("x86_64", "pc-i440fx-5.2", "pc-i440fx-5.2"),
    ("x86_64", "q35", "pc-q35-7.2"),
    ("x86_64", "pc-q35-7.1", "pc-q35-7.1"),
    ("x86_64", "pc-q35-7.0", "pc-q35-7.0"),
    ("x86_64", "pc-q35-6.2", "pc-q35-6.2"),
    ("x86_64", "pc-q35-5.2", "pc-q35-5.2"),
    ("aarch64", "virt", "virt-7.2"),
    ("aarch64", "virt-6.2", "virt-6.2"),
    ("aarch64", "virt-5.2", "virt-5.2"),
];
const KINDS: &[&str] = &["efi", "efi", "efi", "bios"];
const SECURE_BOOT: &[&str] = &["", "", "yes", "no"];
const SMM: &[&str] = &["", "", "<smm state='on'/>", "<smm state='off'/>"];
const LOADERS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "<loader secure='yes'/>",
    "<loader secure='no'/>",
    "<loader readonly='yes'/>",
    "<loader type='pflash'/>",
    "<loader stateless='yes'/>",
    "<loader stateless='yes'/>",
    "<nvram template='/made-up/vars.fd'/>",
    "<nvram>/made-up/guest.fd</nvram>",
];
const SUSPENDS: &[&str] = &[
    "",
    "",
    "",
    "<pm><suspend-to-mem enabled='yes'/></pm>",
    "<pm><suspend-to-disk enabled='yes'/></pm>",
    "<pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='yes'/></pm>",
];

/// Numbers that are the same at each run.
struct Dice(u64);

impl Dice {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(self.0 >> 33).expect("31 bits") % from.len();
        from[at]
    }
}

fn feature(name: &str, enabled: &str) -> String {
    if enabled.is_empty() { String::new() } else { format!("<feature enabled='{enabled}' name='{name}'/>") }
}

/// Some guest that lets libvirt choose.
fn guest(name: &str, dice: &mut Dice) -> String {
    let (arch, machine, _) = dice.pick(MACHINES);
    let features =
        feature("secure-boot", dice.pick(SECURE_BOOT)) + &feature("enrolled-keys", dice.pick(SECURE_BOOT));
    let firmware = if features.is_empty() { features } else { format!("<firmware>{features}</firmware>") };
    let (smm, pm, loader) = (dice.pick(SMM), dice.pick(SUSPENDS), dice.pick(LOADERS));
    let kind = if arch == "x86_64" { dice.pick(KINDS) } else { "efi" };
    // An ARM has neither, and libvirt says so before it looks at firmware.
    let (smm, pm) = if arch == "x86_64" { (smm, pm) } else { ("", "") };
    format!(
        "<domain type='qemu'><name>{name}</name><memory>65536</memory><os firmware='{kind}'><type arch='{arch}' \
         machine='{machine}'>hvm</type>{firmware}{loader}</os><features><acpi/>{smm}</features>{pm}</domain>"
    )
}

fn guests(count: usize) -> BTreeMap<String, String> {
    let mut dice = Dice(9);
    let names = (0..count).map(|nth| format!("guest-{nth:04}"));
    names.map(|name| (name.clone(), guest(&name, &mut dice))).collect()
}

/// The host that has the descriptors below `root`, and the guests.
fn inventory(root: &Path, guests: &BTreeMap<String, String>) -> Cluster {
    inventory_of(root, guests.iter().map(|(name, text)| (format!("guests/{name}.xml"), text.clone())))
}

/// The host that has the descriptors below `root` and these other documents, guests among them.
fn inventory_of(root: &Path, others: impl Iterator<Item = (String, String)>) -> Cluster {
    let is_json = |path: &Path| path.extension().is_some_and(|e| e == "json");
    let file = |path: std::path::PathBuf| {
        let inside = path.strip_prefix(root).expect("inside").display().to_string();
        (format!("hosts/h/{inside}"), fs::read(path).expect("readable"))
    };
    let folders = ["usr/share/qemu/firmware", "etc/qemu/firmware"].map(|folder| root.join(folder));
    let found =
        folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| common::files(folder, &is_json));
    let mut files: Vec<(String, Vec<u8>)> = found.map(file).collect();
    files.extend(others.map(|(name, text)| (format!("hosts/h/{name}"), text.into_bytes())));
    read_files("made-up", files)
}

/// What Portolan says libvirt chooses.
fn foreseen<'c>(host: &'c Platform, guest: &Guest, libvirt: Version) -> Result<&'c str, Unchosen<'c>> {
    let machine = guest.requirements.machine.value().expect("a machine type");
    let row = MACHINES.iter().find(|row| row.1 == machine);
    let arch = guest.requirements.arch.value().expect("an architecture").clone();
    let request = FirmwareRequest::of(&guest.requirements, arch, row.map_or(machine.as_str(), |row| row.2));
    let firmware = host.firmware.value().map(Vec::as_slice).unwrap_or_default();
    chosen(firmware, &request, libvirt).map(|one| one.value.executable.as_deref().unwrap_or_default())
}

/// What libvirt answered to the question for QEMU's command line.
#[derive(Debug)]
enum Answer {
    Chosen(String),
    NoneFits,
    /// It refuses the guest, or what it chose for it.
    Refused,
}

impl Answer {
    fn of(said: &str) -> Self {
        let after = |mark: &str| said.split_once(mark).map(|(_, rest)| rest);
        let flash = after("{\"driver\":\"file\",\"filename\":\"").and_then(|rest| rest.split('"').next());
        let bios = after(" -bios ").and_then(|rest| rest.split_whitespace().next());
        match flash.or(bios) {
            Some(path) => Self::Chosen(path.to_owned()),
            None if said.contains("Unable to find any firmware to satisfy") => Self::NoneFits,
            None => Self::Refused,
        }
    }
}

/// What libvirt says to each of the guests, with the descriptors below `root`; with the host's own where there is none.
fn answers(root: Option<&Path>, guests: &BTreeMap<String, String>) -> Vec<Answer> {
    let driver = root.map_or_else(Root::new, Root::with_descriptors);
    let ask = |(name, text): (&String, &String)| {
        let file = driver.path().join(format!("{name}.xml"));
        fs::write(&file, text).expect("written");
        vec![format!("domxml-to-native qemu-argv {}", file.display())]
    };
    let said = driver.ask(&guests.iter().map(ask).collect::<Vec<_>>());
    said.iter().map(|answer| Answer::of(&answer[0])).collect()
}

/// How often libvirt chose, found nothing that fits, and refused before; and where it did not do what was foreseen.
fn judge(
    root: Option<&Path>,
    guests: &BTreeMap<String, String>,
) -> (BTreeMap<&'static str, usize>, Vec<String>) {
    let cluster = inventory(root.unwrap_or(Path::new("/")), guests);
    let (mut counts, mut wrong) = (BTreeMap::new(), Vec::new());
    for (answer, guest) in answers(root, guests).into_iter().zip(&cluster.guests) {
        let own = foreseen(&cluster.hosts[0].platform, guest, Version::new(9, 0, 0));
        let (what, same) = match &answer {
            Answer::Chosen(path) => ("chosen", own == Ok(path)),
            Answer::NoneFits => ("none fits", own == Err(Unchosen::NoneFits)),
            Answer::Refused => ("refused", own.is_err() && own != Err(Unchosen::NoneFits)),
        };
        *counts.entry(what).or_default() += 1;
        if !same {
            wrong.push(format!("{}: {answer:?}, but foreseen {own:?}", guests[&guest.name]));
        }
    }
    (counts, wrong)
}

/// The inventory of the descriptors and guests that libvirt 11.3 is tested with, and what became of each guest: with the
/// firmware that it gets when it is defined anew, or (`false`) when its definition is an old one.
fn of_libvirts_tests() -> (Cluster, Vec<(String, bool, Option<String>)>) {
    let corpus = common::corpus().join("libvirt-11.3.0");
    let (mut guests, mut cases) = (BTreeMap::new(), Vec::new());
    for path in common::files(&corpus.join("qemuxmlconfdata"), &common::is_xml) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((stem, kind)) = name.strip_suffix(".xml").and_then(|stem| stem.split_once('.')) else {
            continue;
        };
        let text = fs::read_to_string(path.with_file_name(format!("{stem}.xml"))).unwrap_or_default();
        if !stem.starts_with("firmware-auto-") || text.is_empty() {
            continue;
        }
        let outcome = fs::read_to_string(&path).expect("readable");
        let document = Document::parse(&outcome).expect("a domain");
        let loader = document.root().at("os/loader").map(|loader| loader.text().into_owned());
        cases.push((stem.to_owned(), kind.ends_with("abi-update"), loader));
        guests.insert(stem.to_owned(), crate::live::renamed(&text, stem));
    }
    (inventory(&corpus.join("qemufirmwaredata"), &guests), cases)
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn what_libvirts_own_tests_choose_is_foreseen() {
    let (cluster, cases) = of_libvirts_tests();
    let firmware = cluster.hosts[0].platform.firmware.value().expect("descriptors");
    let mut wrong = Vec::new();
    for (name, anew, loader) in &cases {
        let guest = cluster.guests.iter().find(|guest| guest.name == *name).expect("read");
        let machine = guest.requirements.machine.value().expect("a machine type");
        let arch = guest.requirements.arch.value().expect("an architecture").clone();
        let mut request = FirmwareRequest::of(&guest.requirements, arch, machine.as_str());
        if !anew && request.loader.format.is_none() && request.auto == Some(FirmwareKind::Efi) {
            request.loader.format = Some("raw".to_owned());
        }
        let own = chosen(firmware, &request, Version::new(11, 3, 0));
        // Where nothing fits the guest's own path stays, or there is none.
        let path = own.ok().and_then(|one| one.value.executable.clone()).or(request.loader.path);
        if path != loader.clone().filter(|path| !path.is_empty()) {
            wrong.push(format!("{name} ({anew}): {loader:?}, but foreseen {own:?}"));
        }
    }
    println!("{} of {} as foreseen", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() > 20, "{}", cases.len());
}

/// The host of the corpora's descriptors, with the libvirt of Debian 12 and every machine type that is named.
const HOST: &str = "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type><arch name='x86_64'>\
    <emulator>/usr/bin/qemu-system-x86_64</emulator><machine canonical='pc-i440fx-7.2'>pc</machine>\
    <machine canonical='pc-q35-7.2'>q35</machine><domain type='kvm'/></arch></guest></capabilities>";

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn every_domain_of_the_corpora_is_refitted_once() {
    let corpus = common::corpus().join("libvirt-11.3.0");
    let mut guests: BTreeMap<String, String> = BTreeMap::new();
    for path in common::files(&corpus.join("qemuxmlconfdata"), &common::is_xml) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.contains("<domain") {
            let name = format!("guest-{}", guests.len());
            guests.insert(name.clone(), crate::live::renamed(&text, &name));
        }
    }
    let mut changed = 0;
    for wish in [FirmwareWish::Auto, FirmwareWish::Explicit, FirmwareWish::Efi] {
        let once = refitted(&corpus, &guests, wish);
        let twice = refitted(&corpus, &once, wish);
        changed += once.iter().filter(|(name, text)| guests[*name] != **text).count();
        assert!(once == twice, "{wish:?} twice changes something");
    }
    println!("{changed} of {} guests change", 3 * guests.len());
    assert!(changed > 500, "{changed}");
}

/// The guests with their firmware said another way.
fn refitted(
    corpus: &Path,
    guests: &BTreeMap<String, String>,
    wish: FirmwareWish,
) -> BTreeMap<String, String> {
    let on_host = |(name, text): (&String, &String)| (format!("guests/{name}.xml"), text.clone());
    let extra = [
        ("capabilities.xml".to_owned(), HOST.to_owned()),
        ("version.txt".to_owned(), "Using library: libvirt 9.0.0\n".to_owned()),
    ];
    let cluster =
        inventory_of(&corpus.join("qemufirmwaredata"), extra.into_iter().chain(guests.iter().map(on_host)));
    let host = &cluster.hosts[0];
    let refit = |guest: &Guest| {
        let done = refit_firmware(&cluster, guest, host, wish);
        (guest.name.clone(), done.map_or_else(|_| guests[&guest.name].clone(), |(_, done)| done.text))
    };
    cluster.guests.iter().map(refit).collect()
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: needs libvirt and root; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn libvirt_chooses_what_is_foreseen_among_made_up_descriptors() {
    let root = tempfile::tempdir().expect("a folder");
    descriptors::write(root.path());
    let (counts, wrong) = judge(Some(root.path()), &guests(1000));
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counts["chosen"] > 300 && counts["none fits"] > 100, "{counts:?}");
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: needs libvirt and root; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn libvirt_chooses_what_is_foreseen_among_the_descriptors_of_this_host() {
    let (counts, wrong) = judge(None, &guests(300));
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counts["chosen"] > 50, "{counts:?}");
}
