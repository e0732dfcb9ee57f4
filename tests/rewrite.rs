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
    for edit in &done.edits {
        assert!(portolan::compat::rule(edit.rule).is_some(), "{} is in no table", edit.rule);
        assert!(!edit.reason.is_empty() && edit.span.range().end <= text.len());
    }
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
        let ends = [("aarch64-virt", VirtType::Qemu), ("kunpeng-qemu-2.12", VirtType::Kvm)];
        let ends = ends.into_iter().filter_map(|(name, virt_type)| Profile::named(name, virt_type));
        ends.for_each(|profile| holds(&name, &text, &profile));
        count += 1;
    }
    println!("{count} domains");
    assert!(count > 0, "the corpora hold domains");
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
