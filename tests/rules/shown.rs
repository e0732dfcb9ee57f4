//! Every page is whole, and what it shows is so: the rule fires for its example and not for its near miss.

use std::collections::{BTreeMap, BTreeSet};

use portolan::compat::{Answer, Assessment, Chart, Family, Finding, Mode, Rule, abi_differences, rules};
use portolan::cpu::x86::Definition;
use portolan::ingest;
use portolan::model::{CpuDefinition, DocumentKind, VirtType};
use portolan::rewrite::{
    FirmwareWish, PinOutcome, Profile, Rewrite, Wish, pin_text, refit_firmware, rewrite, rewrite_guest,
};
use portolan::text::xml::Document;
use rayon::prelude::*;

use super::inventory::{File, cluster, found, guest_of, inventory, own};

/// The ids of rules that speak.
type Voices = BTreeSet<String>;

/// Rules that only ever say that a fact is missing, for no document that Portolan reads would tell.
const NEVER_CERTAIN: [&str; 2] = ["block-device-unseen", "local-medium"];

#[test]
fn every_page_is_whole() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let parts = [
            ("summary", !rule.summary.is_empty()),
            ("explanation", !rule.explanation.is_empty()),
            ("example", !rule.example.is_empty()),
            ("near miss", !rule.near_miss.is_empty() && rule.near_miss != rule.example),
            ("references", !rule.references.is_empty()),
            ("needs", !rule.needs.is_empty()),
        ];
        wrong
            .extend(parts.iter().filter(|(_, there)| !there).map(|(part, _)| format!("{}: {part}", rule.id)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// What speaks of the pages' text: for rules of rewriting one answer for each target, for all others one.
fn voices(rule: &Rule, text: &'static str) -> Vec<Voices> {
    match rule.family {
        Family::Rewrite => {
            let mut all = rewritten(&guest_of(&texts_of_guest(rule, text)));
            all.push(for_host(&inventory_of(rule, text)));
            all
        }
        _ if rule.id == "abi-changed" => vec![compared(rule, text)],
        _ => vec![said(&inventory_of(rule, text))],
    }
}

fn texts_of_guest(rule: &Rule, text: &'static str) -> Vec<&'static str> {
    rule.shown(text).filter(|one| (one.side, one.document) == Rule::DEFINITION).map(|one| one.text).collect()
}

/// The rules that a guest is rewritten for on each built-in target, and pinned to a baseline of Nehalem.
fn rewritten(guest: &str) -> Vec<Voices> {
    let targets = Profile::names().filter_map(|name| Profile::named(name, VirtType::Kvm));
    let for_target = |profile: Profile| named(&rewrite(guest, &profile).expect("a domain"));
    let cluster = ingest::read_files("made-up", vec![("guests/g.xml".to_owned(), guest.as_bytes().to_vec())]);
    let cpu = cluster.guests.first().and_then(|guest| guest.requirements.cpu.as_ref());
    targets.map(for_target).chain([pinned(guest, cpu.map(|cpu| &cpu.value)), refitted(guest)]).collect()
}

/// The rules that the guest is rewritten for on the host where it would go.
fn for_host(files: &[File]) -> Voices {
    let cluster = cluster(files);
    let host = cluster.host("b").expect("the target");
    let done = rewrite_guest(&cluster, &cluster.guests[own(&cluster)], &[host], &Wish::default());
    done.map(|(_, done)| named(&done)).unwrap_or_default()
}

fn named(done: &Rewrite) -> Voices {
    let edits = done.edits.iter().map(|edit| edit.rule);
    let steps = done.steps.iter().map(|step| step.rule);
    edits.chain(steps).chain(done.notices.iter().map(|notice| notice.rule)).map(str::to_owned).collect()
}

/// The rules by which a guest's firmware is said another way on a host with one for q35.
fn refitted(guest: &str) -> Voices {
    let files = [
        ("version.txt", "Using library: libvirt 9.0.0\n"),
        ("capabilities.xml", MADE_UP_HOST),
        ("firmware/60-made-up.json", MADE_UP_FIRMWARE),
        ("guests/g.xml", guest),
    ];
    let file = |(name, text): (&str, &str)| (format!("hosts/h/{name}"), text.as_bytes().to_vec());
    let cluster = ingest::read_files("made-up", files.map(file).to_vec());
    let wishes = [FirmwareWish::Auto, FirmwareWish::Explicit, FirmwareWish::Efi].into_iter();
    let done = wishes.filter_map(|wish| {
        refit_firmware(&cluster, cluster.guests.first()?, cluster.hosts.first()?, wish).ok()
    });
    done.flat_map(|(_, done)| done.edits).map(|edit| edit.rule.to_owned()).collect()
}

const MADE_UP_HOST: &str = "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>\
    <arch name='x86_64'><emulator>/usr/bin/qemu-system-x86_64</emulator><machine>pc-q35-7.2</machine>\
    <domain type='kvm'/></arch></guest></capabilities>";

const MADE_UP_FIRMWARE: &str = r#"{"interface-types": ["uefi"], "mapping": {"device": "flash",
    "executable": {"filename": "/usr/share/OVMF/OVMF_CODE_4M.fd", "format": "raw"},
    "nvram-template": {"filename": "/usr/share/OVMF/OVMF_VARS_4M.fd", "format": "raw"}},
    "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]}], "features": []}"#;

fn pinned(guest: &str, cpu: Option<&CpuDefinition>) -> Voices {
    match pin_text(guest, cpu, &[Definition::of_model("Nehalem")]) {
        Ok(PinOutcome::Pinned(done)) => done.1.edits.iter().map(|edit| edit.rule.to_owned()).collect(),
        Ok(PinOutcome::Within) | Err(_) => Voices::new(),
    }
}

/// What is said of a guest of which nothing is shown, wherever it goes.
fn plain() -> Voices {
    rewritten(&guest_of(&[])).into_iter().flatten().chain(said(&inventory(&[]))).collect()
}

/// What a new XML, the text, would change under the running guest beside it.
fn compared(rule: &Rule, text: &'static str) -> Voices {
    let running = rule.beside.iter().filter(|one| one.document == DocumentKind::LiveDomain);
    let running: Vec<&str> = running.map(|one| one.text).collect();
    let (old, new) = (guest_of(&running), guest_of(&[text]));
    let (old, new) = (Document::parse(&old).expect("XML"), Document::parse(&new).expect("XML"));
    abi_differences(&old, &new).iter().map(|_| rule.id.to_owned()).collect()
}

/// The rules that speak of a guest on the host where it would go, and of the inventory.
fn said(files: &[File]) -> Voices {
    let named = |one: Finding| {
        let asked = NEVER_CERTAIN.contains(&&*one.asked).then_some(one.asked);
        [Some(one.rule), asked].into_iter().flatten().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    found(files).into_iter().flat_map(named).collect()
}

/// What the page of a rule shows, with `text` for its example.
fn inventory_of(rule: &Rule, text: &'static str) -> Vec<File> {
    inventory(&rule.shown(text).collect::<Vec<_>>())
}

#[test]
fn rules_fire_for_their_examples_and_not_for_the_near_misses() {
    let plain = plain();
    let (mut crossing, mut wrong) = (BTreeMap::<&str, Vec<String>>::new(), Vec::new());
    for rule in rules() {
        let (example, near_miss) = (voices(rule, rule.example), voices(rule, rule.near_miss));
        let fires = |voices: &&Voices| voices.contains(rule.id);
        let Some(others) = example.iter().find(fires) else {
            wrong.push(format!("{} does not fire for its example: {:?}", rule.id, example.first()));
            continue;
        };
        let apart = |(yes, no): (&Voices, &Voices)| fires(&yes) && !fires(&no);
        if !example.iter().zip(&near_miss).any(apart) {
            wrong.push(format!("{} fires for its near miss", rule.id));
        }
        let others = others.iter().filter(|id| *id != rule.id && !plain.contains(*id));
        crossing.insert(rule.id, others.cloned().collect());
    }
    assert_eq!(wrong, Vec::<String>::new());
    // What else fires for an example is read as it changes.
    insta::assert_json_snapshot!(crossing);
}

fn assessed(files: &[File]) -> Assessment {
    let cluster = cluster(files);
    Chart::new(&cluster).assess(own(&cluster), 1)
}

/// The modes that were not certain with all documents and are without one.
fn better(with: Assessment, without: Assessment) -> Vec<&'static str> {
    let gained = |mode: &Mode| with.answer(*mode) != Answer::Yes && without.answer(*mode) == Answer::Yes;
    Mode::ALL.into_iter().filter(gained).map(Mode::as_str).collect()
}

/// What comes of leaving out each document but the guest's own that a rule's example is shown with.
fn left_out(rule: &Rule) -> Vec<String> {
    let files = inventory_of(rule, rule.example);
    let whole = assessed(&files);
    let mut wrong = Vec::new();
    for at in (0..files.len()).filter(|&at| files[at].path != "hosts/a/guests/g.xml") {
        let mut rest = files.clone();
        let File { document, path, .. } = rest.remove(at);
        if !rule.needs.contains(&document) && !said(&rest).contains(rule.id) {
            wrong.push(format!("{} asks {path} and does not say so", rule.id));
        }
        // Which guests there are and which of them run is told by their own documents and by nothing else.
        if matches!(document, DocumentKind::Domain | DocumentKind::LiveDomain) {
            continue;
        }
        for mode in better(whole, assessed(&rest)) {
            wrong.push(format!("{}: without {path} the guest may move {mode}", rule.id));
        }
    }
    wrong
}

#[test]
fn what_a_rule_needs_is_what_it_asks_and_nothing_gets_better_without() {
    let by_chart = rules().filter(|rule| rule.family != Family::Rewrite && rule.id != "abi-changed");
    let rules: Vec<&Rule> = by_chart.collect();
    let wrong: Vec<String> = rules.par_iter().flat_map_iter(|rule| left_out(rule)).collect();
    assert_eq!(wrong, Vec::<String>::new());
}
