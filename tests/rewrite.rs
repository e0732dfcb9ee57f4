//! Rewriting whole guests: two made-up ones as snapshots, and properties over all there are.

use std::fmt::Write as _;
use std::fs;

use portolan::model::VirtType;
use portolan::rewrite::{Profile, Rewrite, RewriteError, rewrite};
use portolan::text::xml::{Document, Node};
use proptest::prelude::*;

use crate::common;

/// A made-up web server on i440fx: BIOS, IDE, SPICE, pinned, four spaces and double quotes.
const OFFICE: &str = include_str!("fixtures/rewrite/office.xml");
/// A made-up database on q35: OVMF, 18 virtio disks, a passed-through device, raw QEMU arguments.
const LEDGER: &str = include_str!("fixtures/rewrite/ledger.xml");

fn profiles() -> impl Iterator<Item = Profile> {
    let both = |name| [VirtType::Kvm, VirtType::Qemu].map(|virt_type| Profile::named(name, virt_type));
    Profile::names().flat_map(both).flatten()
}

fn told(done: &Rewrite) -> String {
    let mut out = format!("{}\n{}\n", done.text, done.budget);
    for edit in &done.edits {
        let mark = if edit.safe { ' ' } else { '!' };
        let _ = writeln!(out, "{mark} {} {}: {}", edit.rule, edit.path, edit.reason);
    }
    for step in &done.steps {
        let _ = writeln!(out, "* {} {}: {}", step.rule, step.path, step.text);
    }
    for notice in &done.notices {
        let _ = writeln!(out, "? {} {}", notice.rule, notice.text);
    }
    out
}

#[test]
fn an_office_server_becomes_a_virt_guest() {
    let profile = Profile::named("aarch64-virt", VirtType::Kvm).expect("a built-in profile");
    insta::assert_snapshot!(told(&rewrite(OFFICE, &profile).expect("a domain")));
}

#[test]
fn an_office_server_moves_from_i440fx_to_q35() {
    let profile = Profile::named("debian-12-q35", VirtType::Kvm).expect("a built-in profile");
    insta::assert_snapshot!(told(&rewrite(OFFICE, &profile).expect("a domain")));
}

#[test]
fn a_crowded_database_fits_behind_one_scsi_controller() {
    let profile = Profile::named("kunpeng-qemu-2.12", VirtType::Kvm).expect("a built-in profile");
    insta::assert_snapshot!(told(&rewrite(LEDGER, &profile).expect("a domain")));
}

/// What must hold of every rewrite.
fn holds(name: &str, text: &str, profile: &Profile) {
    let done = match rewrite(text, profile) {
        Ok(done) => done,
        Err(RewriteError::Xml(_) | RewriteError::NotADomain(_) | RewriteError::NoType) => return,
        Err(error) => panic!("{name} for {}: {error}", profile.name),
    };
    let again = rewrite(&done.text, profile).expect("what was rewritten is a domain");
    assert_eq!(again.text, done.text, "{name} for {} changes when rewritten twice", profile.name);
    assert!(again.edits.is_empty() && again.budget == done.budget, "{name}: {:?}", again.edits);
    assert_eq!(comments(text), comments(&done.text), "{name} loses comments");
    assert_eq!(
        spliced(text, &done),
        done.text,
        "{name} for {}: a byte outside of the edits differs",
        profile.name
    );
    for edit in &done.edits {
        assert!(portolan::compat::rule(edit.rule).is_some(), "{} is in no table", edit.rule);
        assert!(!edit.reason.is_empty() && edit.span.range().end <= text.len());
    }
}

/// The old text with nothing but the edits' own replacements, each in or beside the element that it names.
fn spliced(old: &str, done: &Rewrite) -> String {
    let mut all: Vec<_> = done.edits.iter().flat_map(|edit| &edit.splices).collect();
    // What is inserted at one place keeps its order, and stands before what is replaced there.
    all.sort_by_key(|splice| (splice.span.start, splice.span.end));
    let (mut new, mut at) = (String::new(), 0);
    for splice in all {
        let span = splice.span.range();
        assert!(at <= span.start, "two edits of the bytes before {at}");
        new += &old[at..span.start];
        new += &splice.text;
        at = span.end;
    }
    new + &old[at..]
}

/// The comments directly inside the root and `<devices>`, which no rewrite deletes.
fn comments(text: &str) -> Vec<String> {
    let document = Document::parse(text).expect("a domain");
    let places = [Some(document.root()), document.root().child("devices")];
    let nodes = places.iter().flatten().flat_map(|element| element.nodes());
    nodes
        .filter_map(|node| if let Node::Comment(_, raw) = node { Some(raw.to_owned()) } else { None })
        .collect()
}

#[test]
fn rewriting_twice_changes_nothing() {
    for profile in profiles() {
        holds("office", OFFICE, &profile);
        holds("ledger", LEDGER, &profile);
    }
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn every_domain_of_the_corpora_is_rewritten_once() {
    let corpus = common::corpus();
    let mut count = 0;
    for path in common::files(&corpus, &common::is_xml) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if !text.contains("<domain") {
            continue;
        }
        let name = path.display().to_string();
        // The newest and the oldest target, one with KVM, one without.
        let ends = [
            ("aarch64-virt", VirtType::Qemu),
            ("kunpeng-qemu-2.12", VirtType::Kvm),
            ("x86_64-q35", VirtType::Kvm),
        ];
        let ends = ends.into_iter().filter_map(|(name, virt_type)| Profile::named(name, virt_type));
        ends.for_each(|profile| holds(&name, &text, &profile));
        count += 1;
    }
    println!("{count} domains");
    assert!(count > 0, "the corpora hold domains");
}

/// Every element with its names, attributes and own text; PCI controllers by their model alone.
fn elements(text: &str) -> Vec<String> {
    let document = Document::parse(text).expect("a domain");
    let line = |element: portolan::text::xml::Element<'_>| {
        let path: String = element.path().chars().filter(|c| !matches!(c, '[' | ']' | '0'..='9')).collect();
        if element.name() == "controller" && element.value("type").as_deref() == Some("pci") {
            return format!("{path} {}", element.value("model").unwrap_or_default());
        }
        let attributes: Vec<String> =
            element.attributes().map(|a| format!("{}={}", a.name(), a.value())).collect();
        let text =
            if element.children().next().is_some() { String::new() } else { element.text().into_owned() };
        format!("{path} {} {text}", attributes.join(" "))
    };
    document.elements().map(line).collect()
}

/// What is in `one` and not in `other`, each as often as it is there more.
fn beyond(one: &[String], other: &[String]) -> Vec<String> {
    let mut left = other.to_vec();
    let is_new = |line: &&String| match left.iter().position(|known| known == *line) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    let mut new: Vec<String> = one.iter().filter(is_new).cloned().collect();
    new.sort();
    new
}

/// virt-manager names the alias, so that each QEMU takes its newest, and allocates five root ports where six devices take
/// one each: libvirt adds the rest. Portolan keeps the version and leaves four free.
#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn a_guest_becomes_on_q35_what_virt_manager_makes_of_it() {
    let folder = common::corpus().join("real/virt-manager");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("readable");
    let profile = Profile::named("x86_64-q35", VirtType::Kvm).expect("a built-in profile");
    let ours = rewrite(&read("convert-to-q35-f39-in.xml"), &profile).expect("a domain");
    let (theirs, lines) = (elements(&read("convert-to-q35-f39-out.xml")), elements(&ours.text));
    assert_eq!(beyond(&theirs, &lines), ["domain/os/type arch=x86_64 machine=q35 hvm"]);
    let ports = vec!["domain/devices/controller pcie-root-port"; 5];
    let more = [ports, vec!["domain/os/type arch=x86_64 machine=pc-q35-8.2 hvm"]].concat();
    assert_eq!(beyond(&lines, &theirs), more);
    assert_eq!((ours.budget.used(), ours.budget.free()), (6, 4), "{}", ours.budget);
}

proptest! {
    /// Whatever is cut out of a guest's XML, the answer is a rewrite or an error.
    #[test]
    fn no_input_makes_it_panic(from in 0..OFFICE.len(), length in 0..200_usize, twice in any::<bool>()) {
        let to = (from + length).min(OFFICE.len());
        if let (Some(before), Some(cut), Some(after)) = (OFFICE.get(..from), OFFICE.get(from..to), OFFICE.get(to..)) {
            let text = if twice { [before, cut, cut, after].concat() } else { [before, after].concat() };
            profiles().take(2).for_each(|profile| holds("a mangled office", &text, &profile));
        }
    }
}
