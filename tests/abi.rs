//! Which differences break live migration: libvirt as the judge, over every mutation of a domain XML.

#[path = "abi/libvirt.rs"]
mod libvirt;
#[path = "abi/mutate.rs"]
mod mutate;

use std::sync::LazyLock;

use portolan::compat::{AbiDifference, AbiSaid, abi_differences};
use portolan::text::xml::Document;

use crate::common;
use libvirt::{Folder, Said};
use mutate::Mutation;

/// The guests: a name, and the definition that it is started with.
const GUESTS: [(&str, &str); 3] = [
    ("portolan-abi-q35", include_str!("abi/q35.xml")),
    ("portolan-abi-i440fx", include_str!("abi/i440fx.xml")),
    ("portolan-abi-virt", include_str!("abi/virt.xml")),
];

fn differences(source: &str, target: &str) -> Vec<AbiDifference> {
    let source = Document::parse(source).expect("XML");
    abi_differences(&source, &Document::parse(target).expect("XML"))
}

/// libvirt's message in one spelling: it quotes values or not, and says "doesn't" or "does not".
fn plain(message: &str) -> String {
    let text = message.replace("doesn't", "does not").replace("does not", " does not").replace("  ", " ");
    text.replace('\'', "")
}

/// Whether libvirt's message speaks of the property of this difference.
fn names(message: &str, difference: &AbiDifference) -> bool {
    let (message, property) = (plain(message), plain(&difference.property));
    let Some(rest) =
        message.strip_prefix(&format!("Target {property}")).or_else(|| message.strip_prefix(&property))
    else {
        return false;
    };
    let value = |said: &AbiSaid| match said {
        AbiSaid::Value(value) => value.clone(),
        AbiSaid::Nothing => "<null>".to_owned(),
        AbiSaid::LeftToLibvirt => String::new(),
    };
    // The disk itself goes by its target's name: "Target disk vdb does not match source vda".
    property != "disk" || rest.starts_with(&format!(" {} does not match", value(&difference.target.said)))
}

#[derive(Default)]
struct Figures {
    agreed: usize,
    first: usize,
    refused: usize,
    taken: usize,
    left: usize,
    malformed: usize,
    disagreements: Vec<String>,
}

impl Figures {
    fn add(&mut self, what: &str, found: &[AbiDifference], said: &Said) {
        let certain = found.iter().any(AbiDifference::is_certain);
        let ours = || {
            let one = |d: &AbiDifference| format!("{} {} -> {}", d.property, d.source.said, d.target.said);
            found.iter().map(one).collect::<Vec<_>>().join("; ")
        };
        match said {
            Said::Malformed(_) => self.malformed += 1,
            Said::Taken if certain => {
                self.disagreements.push(format!("{what}: libvirt takes it; {}", ours()));
            }
            Said::Taken if found.is_empty() => self.agreed += 1,
            Said::Taken => {
                self.left += 1;
                self.taken += 1;
            }
            Said::Refused(why) => {
                if !found.iter().any(|one| names(why, one)) {
                    return self.disagreements.push(format!("{what}: {why}; {}", ours()));
                }
                self.refused += 1;
                self.first += usize::from(found.first().is_some_and(|one| names(why, one)));
                if certain { self.agreed += 1 } else { self.left += 1 }
            }
        }
    }
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn libvirt_judges_mutated_guests_the_same_way() {
    let folder = Folder::new();
    let mut figures = Figures::default();
    for (name, definition) in GUESTS {
        let (head, source) = folder.saved(name, definition);
        let mutations = mutate::all(&source);
        for (mutation, said) in mutations.iter().zip(folder.judge(&head, &mutations)) {
            let what = format!("{name}: {}", mutation.what);
            figures.add(&what, &differences(&source, &mutation.text), &said);
        }
    }
    let Figures { agreed, first, refused, taken, left, malformed, disagreements } = figures;
    let judged = agreed + left + disagreements.len();
    println!(
        "{judged} mutations judged by libvirt: {agreed} with the same verdict, {left} left to libvirt (it takes {taken}), {} \
         otherwise; of {refused} that it refuses, Portolan names the property, of {first} first; {malformed} more are no \
         definition",
        disagreements.len()
    );
    assert!(disagreements.is_empty(), "{} disagreements:\n{}", disagreements.len(), disagreements.join("\n"));
    assert!(agreed >= 1000, "the mutations are judged, not thrown out");
}

/// What differs where the first of the guests has this instead of that.
fn changed(from: &str, to: &str) -> Vec<String> {
    let (_, source) = GUESTS[0];
    assert!(source.contains(from), "{from}");
    let found = differences(source, &source.replacen(from, to, 1));
    found.iter().map(|one| format!("{}: {} -> {}", one.property, one.source.said, one.target.said)).collect()
}

#[test]
fn each_difference_has_a_near_miss() {
    // What the guest would see, and what looks like it and is nothing to the guest.
    let cases: [(&str, &str, &str); 12] = [
        ("<serial>SER1</serial>", "<serial>SER2</serial>", "disk serial: 'SER1' -> 'SER2'"),
        ("a.raw'", "other.raw'", ""),
        ("<pmu state='off'/>", "", "State of feature 'pmu': 'off' -> 'default'"),
        ("<acpi/>", "<acpi state='on'/>", ""),
        (
            "52:54:00:00:00:01",
            "52:54:00:00:00:0a",
            "network card mac: '52:54:00:00:00:01' -> '52:54:00:00:00:0a'",
        ),
        ("<model type='e1000e'/>", "<model type='e1000e'/><link state='down'/>", ""),
        ("current='2'", "current='3'", "State of vCPU '2': 'no' -> 'yes'"),
        ("current='2'>4", "current='2' placement='auto'>4", ""),
        ("ports='8'", "ports='9'", "controller ports: '8' -> '9'"),
        ("cache='none'", "cache='directsync'", ""),
        ("<memory unit='MiB'>64", "<memory unit='MiB'>65", "domain max memory: '65536' -> '66560'"),
        ("<memory unit='MiB'>64", "<memory>65536", ""),
    ];
    for (from, to, expected) in &cases {
        let expected: Vec<&str> = if expected.is_empty() { Vec::new() } else { vec![expected] };
        assert_eq!(changed(from, to), expected, "{from} -> {to}");
    }
}

#[test]
fn what_libvirt_fills_in_is_unknown() {
    let mac = "<mac address='52:54:00:00:00:01'/>";
    assert_eq!(changed(mac, ""), ["network card mac: '52:54:00:00:00:01' -> what libvirt chooses"]);
    let machine = "pc-q35-7.2";
    assert_eq!(changed(machine, "q35"), ["domain machine type: 'pc-q35-7.2' -> what libvirt chooses"]);
    // The address of a SCSI disk follows from its name, so that it is known though it is not written.
    let disk = "<target dev='sda' bus='scsi' rotation_rate='7200'/>";
    let at =
        |unit: u32| format!("{disk}<address type='drive' controller='0' bus='0' target='0' unit='{unit}'/>");
    assert_eq!(changed(disk, &at(0)), Vec::<String>::new());
    assert_eq!(changed(disk, &at(1)), ["device drive address: '0:0:0' -> '0:0:1'"]);
}

#[test]
fn controllers_that_devices_hang_on_are_there_unwritten() {
    let usb = "<controller type='usb' index='0' model='qemu-xhci' ports='8'/>";
    let found = changed(usb, "");
    assert!(found.iter().all(|one| !one.starts_with("domain controller count")), "{found:?}");
    let other = "<controller type='usb' index='1' model='qemu-xhci'/>";
    let count = changed(usb, &format!("{usb}{other}"));
    assert_eq!(count, ["domain controller count: '6' -> '7'"]);
}

#[test]
fn a_guest_is_the_same_as_itself() {
    for mutation in &*MUTATED {
        assert_eq!(differences(&mutation.text, &mutation.text), [], "{}", mutation.what);
    }
}

/// The guests with one mutation each.
static MUTATED: LazyLock<Vec<Mutation>> =
    LazyLock::new(|| GUESTS.iter().flat_map(|(_, text)| mutate::all(text)).collect());

fn mutated() -> impl proptest::strategy::Strategy<Value = &'static str> {
    use proptest::prelude::*;
    any::<prop::sample::Index>().prop_map(|index| MUTATED[index.index(MUTATED.len())].text.as_str())
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn any_two_guests_are_compared_and_each_is_the_same_as_itself(one in mutated(), two in mutated()) {
        proptest::prop_assert_eq!(differences(one, one), []);
        let there = differences(one, two);
        for side in there.iter().flat_map(|one| [(&one.source, true), (&one.target, false)]) {
            let text = if side.1 { one } else { two };
            proptest::prop_assert!(text.get(side.0.span.range()).is_some());
        }
        // Whichever comes first, the same properties differ for certain.
        let certain = |all: &[AbiDifference]| -> std::collections::BTreeSet<String> {
            all.iter().filter(|one| one.is_certain()).map(|one| one.property.clone()).collect()
        };
        proptest::prop_assert_eq!(certain(&there), certain(&differences(two, one)));
    }
}

#[test]
#[cfg_attr(not(has_corpus), ignore = "skipped: no corpora; set PORTOLAN_CORPUS to where they are")]
fn domains_of_the_corpora_are_the_same_as_themselves_and_never_panic() {
    let texts: Vec<String> = common::files(&common::corpus(), &common::is_xml)
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .filter(|text| text.contains("<domain"))
        .collect();
    let documents: Vec<Document<'_>> = texts.iter().filter_map(|text| Document::parse(text).ok()).collect();
    let documents: Vec<_> = documents.iter().filter(|one| one.root().name() == "domain").collect();
    let mut differ = 0;
    for (at, one) in documents.iter().enumerate() {
        assert_eq!(abi_differences(one, one), [], "{}", one.text());
        // All pairs would be millions: each with its neighbours, and with a few that are far from it.
        for step in [1, 17, 1013] {
            let two = documents[(at + step) % documents.len()];
            differ += usize::from(!abi_differences(one, two).is_empty());
        }
    }
    println!("{} domains are the same as themselves; {differ} pairs differ", documents.len());
    assert!(documents.len() > 100 && differ > 100);
}
