//! A rewrite is the sum of its parts: run one after another they give what they give at once.

use std::fs;

use portolan::model::VirtType;
use portolan::rewrite::{Part, Profile, RewriteError, rewrite};

use crate::common;

/// The targets, one of each kind.
fn profiles() -> Vec<Profile> {
    let all = [
        ("aarch64-virt", VirtType::Kvm),
        ("debian-12-aarch64", VirtType::Qemu),
        ("kunpeng-qemu-2.12", VirtType::Kvm),
        ("debian-12-q35", VirtType::Kvm),
        ("rhel-9-q35", VirtType::Kvm),
    ];
    all.into_iter().filter_map(|(name, virt_type)| Profile::named(name, virt_type)).collect()
}

/// The rules that give a guest another board.
const BOARDS: [&str; 2] = ["x86-machine-type", "i440fx-machine-type"];

/// What the parts give one after another, and what they give at once. A guest that is on the target's board already is given
/// root ports where nothing else is asked for, and left with those that libvirt gives it where everything is.
fn both_ways(text: &str, profile: &Profile) -> Result<(String, String), RewriteError> {
    let at_once = rewrite(text, profile)?;
    let native = !at_once.edits.iter().any(|edit| BOARDS.contains(&edit.rule));
    let mut in_turn = text.to_owned();
    for part in Part::ALL.into_iter().filter(|part| !native || *part != Part::Ports) {
        in_turn = rewrite(&in_turn, &Profile { parts: [part].into(), ..profile.clone() })?.text;
    }
    Ok((in_turn, at_once.text))
}

/// Where both differ first, for a person.
fn difference((in_turn, at_once): &(String, String)) -> Option<String> {
    let lines = in_turn.lines().zip(at_once.lines()).find(|(one, other)| one != other);
    (in_turn != at_once).then(|| format!("{lines:?}"))
}

fn differences<'t>(texts: impl Iterator<Item = (&'t str, &'t str)>) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for (name, text) in texts {
        for profile in profiles() {
            let Ok(both) = both_ways(text, &profile) else { continue };
            count += 1;
            wrong.extend(difference(&both).map(|lines| format!("{name} for {}: {lines}", profile.name)));
        }
    }
    (count, wrong)
}

/// Every domain below these folders, with its path.
fn domains(folders: &[std::path::PathBuf]) -> Vec<(String, String)> {
    let paths = folders.iter().flat_map(|folder| common::files(folder, &common::is_xml));
    let read = |path: std::path::PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    paths.filter_map(read).filter(|(_, text)| text.contains("<domain")).collect()
}

#[test]
fn parts_give_in_turn_what_they_give_at_once() {
    let folders = ["inventories", "tests/fixtures", "tests/abi"].map(|name| common::repository().join(name));
    let all = domains(&folders);
    let (count, wrong) = differences(all.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count > 300, "{count}");
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn parts_of_the_corpora_give_in_turn_what_they_give_at_once() {
    let all = domains(&[common::corpus()]);
    let (count, wrong) = differences(all.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    println!("{count} rewrites, {} differ", wrong.len());
    assert!(wrong.is_empty(), "{:?}", &wrong[..wrong.len().min(10)]);
}

#[test]
fn a_part_alone_leaves_the_others() {
    let text =
        fs::read_to_string(common::repository().join("tests/fixtures/rewrite/office.xml")).expect("readable");
    let only = |name: &str, part: Part| {
        let profile = Profile::named(name, VirtType::Kvm).expect("a built-in profile");
        rewrite(&text, &Profile { parts: [part].into(), ..profile }).expect("a domain")
    };
    let rules = |done: portolan::rewrite::Rewrite| {
        done.edits.iter().map(|edit| edit.rule).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(rules(only("aarch64-virt", Part::Cpu)), ["cpu-dies", "x86-cpu-on-arm"].into());
    let machine: Vec<_> = rules(only("aarch64-virt", Part::Machine)).into_iter().collect();
    assert_eq!(machine, ["x86-emulator", "x86-machine-type"]);
    assert!(rules(only("debian-12-q35", Part::Disks)).is_empty(), "disks of a PC go with its chipset");
}
