//! Every x86 guest of libvirt's own test data, rewritten, with libvirt and QEMU as judges: defined, true to the schema,
//! started under emulation.
//!
//! Needs root, libvirt 9.0's virsh with the QEMU driver, xmllint, QEMU for x86 and ARM, AAVMF and loop devices. Nothing is
//! defined in any daemon.

mod known;
mod lacks;
pub(crate) mod stage;
pub(crate) mod virsh;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use portolan::model::VirtType;
use portolan::rewrite::{Profile, rewrite};
use portolan::text::xml::Document;

use self::stage::Stage;
use self::virsh::{Root, errors};
use crate::common;
use crate::live::renamed;

const SCHEMA: &str = "/usr/share/libvirt/schemas/domain.rng";
/// Guests of one target at a time: they name the same ports.
static STARTING: Mutex<()> = Mutex::new(());
/// How many guests are started at a time.
const WORKERS: usize = 3;

/// The names of the guests that are alike, by the first of them.
type Groups = BTreeMap<String, Vec<String>>;

/// A guest, by the name of its file.
pub(crate) type Guests = BTreeMap<String, String>;

/// The guests that libvirt accepts as x86 guests, and what it said to them.
struct Sources {
    guests: Guests,
    /// Those that are true to the schema.
    valid: BTreeSet<String>,
    refused: usize,
}

static SOURCES: LazyLock<Sources> = LazyLock::new(|| {
    let all = read();
    let root = Root::new();
    let said = define(&root, &all, "");
    let accepted: Guests = all.into_iter().filter(|(name, _)| said[name].is_none()).collect();
    let valid = define(&root, &accepted, "--validate");
    let valid = valid.into_iter().filter(|(_, error)| error.is_none()).map(|(name, _)| name).collect();
    Sources { refused: said.len() - accepted.len(), guests: accepted, valid }
});

/// The x86 guests of the corpus that libvirt accepts.
pub(crate) fn accepted() -> &'static Guests {
    &SOURCES.guests
}

/// The x86 guests of the corpus, each with a name of its own and without a UUID.
fn read() -> Guests {
    let folder = common::corpus().join("libvirt-11.3.0/qemuxmlconfdata");
    let mut guests = Guests::new();
    for path in common::files(&folder, &common::is_xml) {
        let text = fs::read_to_string(&path).expect("readable");
        let is_x86 = Document::parse(&text).is_ok_and(|document| {
            let arch = document.root().at("os/type").and_then(|kind| kind.value("arch"));
            matches!(arch.as_deref(), Some("x86_64" | "i686"))
        });
        if is_x86 {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            guests.insert(name, renamed(&text, &format!("portolan-{}", guests.len())));
        }
    }
    guests
}

/// What libvirt says against each guest when it is to be defined.
fn define(root: &Root, guests: &Guests, validate: &str) -> BTreeMap<String, Option<String>> {
    let talk = |(nth, (_, text)): (usize, (&String, &String))| {
        let file = write(root.path(), nth, text);
        vec![format!("define {validate} {file}"), format!("undefine --nvram {}", name_of(text))]
    };
    let talks: Vec<_> = guests.iter().enumerate().map(talk).collect();
    let said = root.ask(&talks);
    guests.keys().cloned().zip(said.iter().map(|answers| errors(&answers[0]))).collect()
}

fn write(folder: &Path, nth: usize, text: &str) -> String {
    let file = folder.join(format!("{nth}.xml"));
    fs::write(&file, text).expect("written");
    file.display().to_string()
}

fn name_of(text: &str) -> String {
    let document = Document::parse(text).expect("a domain");
    document.root().child("name").expect("a name").text().into_owned()
}

/// The guests that the target is for, rewritten for it.
fn rewritten(profile: &Profile) -> Guests {
    let of = |(name, text): (&String, &String)| {
        let done = rewrite(text, profile).unwrap_or_else(|error| panic!("{name}: {error}"));
        let not_for_it = done.notices.iter().any(|notice| notice.rule == "not-i440fx");
        (!not_for_it).then(|| (name.clone(), done.text))
    };
    SOURCES.guests.iter().filter_map(of).collect()
}

/// What the schema says against each of the documents, without the lines.
fn complaints(guests: &Guests) -> BTreeMap<String, BTreeSet<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let names: Vec<&String> = guests.keys().collect();
    let files = guests.values().enumerate().map(|(nth, text)| write(folder.path(), nth, text));
    let output = Command::new("xmllint").args(["--noout", "--relaxng", SCHEMA]).args(files).output();
    let heard = String::from_utf8_lossy(&output.expect("xmllint runs").stderr).into_owned();
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in heard.lines().filter(|line| line.contains("Relax-NG validity error")) {
        // Of several errors in one document the first may name no place.
        let Some((file, rest)) = line.split_once(".xml:") else { continue };
        let nth: usize = file.rsplit('/').next().and_then(|nth| nth.parse().ok()).expect("a number");
        let (_, what) = rest.split_once(": ").expect("a line number");
        all.entry(names[nth].clone()).or_default().insert(what.to_owned());
    }
    all
}

/// One guest for each command line that QEMU would be started with, and how many guests have it; and those for which libvirt
/// makes none, with its reason.
fn by_command_line(guests: &Guests) -> (Groups, BTreeMap<String, String>) {
    let (root, stage) = (Root::new(), Stage::new());
    let talk = |(nth, text): (usize, &String)| {
        let same = renamed(&stage.furnish(text), "same");
        vec![format!("domxml-to-native qemu-argv {}", write(root.path(), nth, &same))]
    };
    let said = root.ask(&guests.values().enumerate().map(talk).collect::<Vec<_>>());
    let (mut groups, mut without) = (BTreeMap::<String, Vec<String>>::new(), BTreeMap::new());
    for ((name, text), answers) in guests.iter().zip(said) {
        match answers[0].find("LC_ALL=C") {
            Some(at) => {
                groups.entry(nameless(&answers[0][at..]) + &beside(text)).or_default().push(name.clone());
            }
            None => _ = without.insert(name.clone(), errors(&answers[0]).unwrap_or_default()),
        }
    }
    (groups.into_values().map(|names| (names[0].clone(), names)).collect(), without)
}

/// What libvirt does for a guest at its start that is on no command line of QEMU's.
fn beside(text: &str) -> String {
    let names = ["blkiotune", "cputune", "memtune", "numatune", "resource", "iothreadids"];
    let document = Document::parse(text).expect("a domain");
    let parts = names.iter().filter_map(|name| document.root().child(name));
    parts.map(|part| text[part.span().range()].to_owned()).collect()
}

/// A command line without what libvirt makes up anew each time: the UUID and MAC addresses.
fn nameless(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for at in 1..words.len() {
        if words[at - 1] == "-uuid" {
            words[at].clear();
        }
        if let Some((before, after)) = words[at].split_once("\"mac\":\"") {
            words[at] = format!("{before}{}", after.get(17..).unwrap_or_default());
        }
    }
    words.join(" ")
}

/// What is said against each of the guests when it is to be started, paused.
fn start(guests: &[(&String, &String)]) -> Vec<(String, Option<String>)> {
    let (root, stage) = (Root::new(), Stage::new());
    let mut said = Vec::new();
    for (nth, (name, text)) in guests.iter().enumerate() {
        let own = name_of(text);
        // Furnished one after the other, for they share the stage.
        let file = write(root.path(), nth, &stage.furnish(text));
        let talk = vec![
            format!("define {file}"),
            format!("start --paused {own}"),
            format!("destroy {own}"),
            format!("undefine --nvram {own}"),
        ];
        said.push(((*name).clone(), errors(&root.ask(&[talk])[0][1])));
    }
    said
}

/// Starts one guest of each group; what is said against all of them.
fn started(guests: &Guests) -> BTreeMap<String, Option<String>> {
    let (groups, without) = by_command_line(guests);
    println!("  {} unlike command lines", groups.len());
    let firsts: Vec<(&String, &String)> = groups.keys().map(|first| (first, &guests[first])).collect();
    let shares =
        (0..WORKERS).map(|worker| firsts.iter().skip(worker).step_by(WORKERS).copied().collect::<Vec<_>>());
    let mut said: BTreeMap<String, Option<String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = shares.map(|share| scope.spawn(move || start(&share))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    });
    // Once more alone, for two at a time may want the same port.
    let failed: Vec<_> = firsts.iter().filter(|(name, _)| said[*name].is_some()).copied().collect();
    said.extend(start(&failed));
    let mut all: BTreeMap<_, _> = without.into_iter().map(|(name, error)| (name, Some(error))).collect();
    for (first, names) in groups {
        all.extend(names.into_iter().map(|name| (name, said[&first].clone())));
    }
    all
}

/// Holds the failures against the table of those that are known, both ways.
fn hold(what: &str, target: &str, failed: &BTreeMap<String, String>, known: &[(&str, &str, &str)]) {
    let listed: BTreeMap<&str, &str> =
        known.iter().filter(|row| row.0 == target).map(|row| (row.1, row.2)).collect();
    for (name, error) in failed {
        println!("  {what}: {name}: {} ({error})", listed.get(name.as_str()).unwrap_or(&"NOT LISTED"));
    }
    let unlisted: Vec<_> = failed.keys().filter(|name| !listed.contains_key(name.as_str())).collect();
    let mended: Vec<_> = listed.keys().filter(|name| !failed.contains_key(**name)).collect();
    assert!(
        unlisted.is_empty() && mended.is_empty(),
        "{target}, {what}: {unlisted:?} are not listed, {mended:?} are no more"
    );
}

fn percent(part: usize, whole: usize) -> f64 {
    let of = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    100.0 * of(part) / of(whole).max(1.0)
}

/// Rewrites all for the target and holds what libvirt and QEMU say of it.
fn judge(target: &str) {
    let profile = Profile::named(target, VirtType::Qemu).expect("a built-in profile");
    let guests = rewritten(&profile);
    println!(
        "{target}: {} guests of {} that libvirt accepts ({} it refuses)",
        guests.len(),
        SOURCES.guests.len(),
        SOURCES.refused
    );
    is_true_to_the_schema(target, &guests);
    is_defined(target, &guests);
    is_started(target, &guests);
}

fn is_true_to_the_schema(target: &str, guests: &Guests) {
    let sources = SOURCES.guests.iter().filter(|(name, _)| guests.contains_key(*name));
    let before = complaints(&sources.map(|(name, text)| (name.clone(), text.clone())).collect());
    let after = complaints(guests);
    let none = BTreeSet::new();
    let added: Vec<_> = after
        .iter()
        .filter(|(name, said)| !said.is_subset(before.get(*name).unwrap_or(&none)))
        .map(|(name, said)| format!("{name}: {said:?} but before {:?}", before.get(name)))
        .collect();
    println!("  {} documents err against the schema before, {} after", before.len(), after.len());
    assert_eq!(added, Vec::<String>::new(), "{target}: errors that the source did not have");
}

fn is_defined(target: &str, guests: &Guests) {
    let root = Root::new();
    let said = define(&root, guests, "");
    let valid: Guests = guests
        .iter()
        .filter(|(name, _)| SOURCES.valid.contains(*name))
        .map(|(n, t)| (n.clone(), t.clone()))
        .collect();
    let validated = define(&root, &valid, "--validate");
    let passed = validated.values().filter(|error| error.is_none()).count();
    let whole = validated.len();
    println!(
        "  {} of {} are defined; of {whole} whose source is true to the schema {passed} with --validate",
        said.values().filter(|error| error.is_none()).count(),
        said.len()
    );
    let failed = said.into_iter().chain(validated).filter_map(|(name, error)| Some((name, error?))).collect();
    hold("refused", target, &failed, known::REFUSED);
    assert!(percent(passed, whole) >= 99.0, "{passed} of {whole}");
}

fn is_started(target: &str, guests: &Guests) {
    let lacking = |text: &str| lacks::lacking(&Document::parse(text).expect("a domain"));
    let refused = |name: &String| known::REFUSED.iter().any(|row| (row.0, row.1) == (target, name));
    let able: Guests = guests
        .iter()
        .filter(|(name, text)| lacking(text).is_none() && !refused(name))
        .map(|(name, text)| (name.clone(), text.clone()))
        .collect();
    let _alone = STARTING.lock();
    let mut said = started(&able);
    if target.ends_with("q35") {
        said = unless_the_source_fails(said);
    }
    let able = said.len();
    let passed = said.values().filter(|error| error.is_none()).count();
    println!("  {passed} of {able} that name nothing that this host lacks start, paused");
    let failed = said.into_iter().filter_map(|(name, error)| Some((name, error?))).collect();
    hold("not started", target, &failed, known::NOT_STARTED);
    assert!(percent(passed, able) >= 97.0, "{passed} of {able}");
}

/// Without the guests that do not start before they are rewritten either: on x86 they ask for processors, features and KVM
/// of a host unlike this one.
fn unless_the_source_fails(mut said: BTreeMap<String, Option<String>>) -> BTreeMap<String, Option<String>> {
    let failed = said.iter().filter(|(_, error)| error.is_some());
    let before: Guests = failed.map(|(name, _)| (name.clone(), SOURCES.guests[name].clone())).collect();
    let before = started(&before);
    let out: BTreeSet<&String> =
        before.iter().filter(|(_, error)| error.is_some()).map(|(name, _)| name).collect();
    println!("  {} do not start before they are rewritten either", out.len());
    said.retain(|name, _| !out.contains(name));
    said
}

#[test]
#[cfg_attr(
    not(all(has_corpus, has_libvirt)),
    ignore = "skipped: needs the corpora and changes the machine; set PORTOLAN_REQUIRE=corpus,libvirt to run it as root"
)]
fn libvirt_takes_the_corpus_on_a_virt_machine() {
    judge("debian-12-aarch64");
}

#[test]
#[cfg_attr(
    not(all(has_corpus, has_libvirt)),
    ignore = "skipped: needs the corpora and changes the machine; set PORTOLAN_REQUIRE=corpus,libvirt to run it as root"
)]
fn libvirt_takes_the_corpus_on_q35() {
    judge("debian-12-q35");
}
