//! The table of rules: its pages in `docs/rules`, what they show (`shown`), and more ways in which rules fire than their
//! pages show. Every guest and host is made up.

mod inventory;
mod mended;
mod remedies;
mod shown;

use portolan::compat::Excerpt;
use portolan::model::DocumentKind;

use self::inventory::{found, inventory};
use crate::common;
use crate::samples::printed;

/// Lines of the guest's definition.
const fn guest(text: &'static str) -> Excerpt {
    Excerpt::here(DocumentKind::Domain, text)
}

/// Whether the guest of these excerpts fires `rule` on the host where it would go.
fn fires(rule: &str, excerpts: &[Excerpt]) -> bool {
    found(&inventory(excerpts)).iter().any(|finding| finding.rule == rule)
}

/// Whether it is said that a fact is missing of which `rule` would speak.
fn asks(rule: &str, excerpts: &[Excerpt]) -> bool {
    let lacks = |one: &portolan::compat::Finding| one.rule == "missing-fact" && one.asked == rule;
    found(&inventory(excerpts)).iter().any(lacks)
}

/// A kernel's message.
const VECTORS: &str = "[    0.100000] SVE: maximum available vector length 32 bytes per vector\n";

#[test]
fn the_version_of_libvirt_tells_whether_pauth_is_known() {
    let with = |version| {
        let pauth = guest("<cpu mode='host-passthrough'><feature policy='disable' name='pauth'/></cpu>");
        fires(
            "arm-cpu-feature-unknown",
            &[Excerpt::ARM_GUEST, pauth, Excerpt::there(DocumentKind::Version, version)],
        )
    };
    assert!(with("Using library: libvirt 10.5.0\n"));
    assert!(!with("Using library: libvirt 10.6.0\n"));
}

#[test]
fn a_model_of_other_boards_is_not_emulated() {
    let models = Excerpt::there(
        DocumentKind::DomainCapabilities,
        "<cpu><mode name='custom' supported='yes'><model usable='unknown'>cortex-m0</model></mode></cpu>",
    );
    let small = guest("<cpu mode='custom'><model>cortex-m0</model></cpu>");
    assert!(fires("arm-model-not-emulated", &[Excerpt::EMULATED_ARM_GUEST, small, models]));
    assert!(!fires("arm-model-not-emulated", &[Excerpt::ARM_GUEST, small, models]), "KVM emulates nothing");
}

#[test]
fn a_model_without_sve_cannot_have_it_disabled() {
    let disabled = |cpu| fires("sve-length-not-offered", &[Excerpt::EMULATED_ARM_GUEST, guest(cpu)]);
    assert!(disabled(
        "<cpu mode='custom'><model>cortex-a57</model><feature policy='disable' name='sve'/></cpu>"
    ));
    assert!(!disabled("<cpu mode='custom'><model>a64fx</model><feature policy='disable' name='sve'/></cpu>"));
}

#[test]
fn a_frequency_lets_a_guest_with_invtsc_move() {
    let off = guest("<cpu mode='host-passthrough' migratable='off'/>");
    let timer = guest("<clock><timer name='tsc' frequency='2000000000'/></clock>");
    assert!(fires("cpu-migratable-off", &[off]) && !fires("cpu-migratable-off", &[off, timer]));
}

#[test]
fn cells_are_listed_with_exceptions() {
    let bound = |text| fires("numa-cell-absent", &[guest(text)]);
    assert!(bound("<numatune><memory mode='strict' nodeset='0-1'/></numatune>"));
    assert!(!bound("<numatune><memory mode='strict' nodeset='0-1,^1'/></numatune>"));
}

#[test]
fn whether_a_host_has_an_sve_length_may_not_be_known() {
    let asks = |domain, document, text| {
        asks("sve-length-not-offered", &[Excerpt::ARM_GUEST, guest(domain), Excerpt::there(document, text)])
    };
    let requires = "<cpu mode='host-passthrough'><feature policy='require' name='sve256'/></cpu>";
    let least = "[    0.1] SVE: default vector length 16 bytes per vector\n";
    assert!(asks(requires, DocumentKind::OsRelease, "NAME=made-up\n"), "no document speaks of vectors");
    assert!(asks(requires, DocumentKind::Dmesg, least), "at least 128 bits");
    assert!(!asks(requires, DocumentKind::Dmesg, VECTORS));
    let many = "abi.sve_default_vector_length = 64\n";
    assert!(!asks(requires, DocumentKind::Sysctl, many), "at least 512 bits");
    let long = "[    0.1] SVE: maximum available vector length 64 bytes per vector\n";
    let odd = "<cpu mode='host-passthrough'><feature policy='require' name='sve384'/></cpu>";
    assert!(asks(odd, DocumentKind::Dmesg, long), "384 is no power of two");
}

#[test]
fn the_pages_in_docs_are_those_of_the_table() {
    let fresh = tempfile::tempdir().expect("a folder");
    printed(&["explain", "--output", &fresh.path().to_string_lossy()], &[0]);
    let stored = common::repository().join("docs/rules");
    let pages = |folder: &std::path::Path| {
        let files = common::files(folder, &|_| true).into_iter();
        let read = |path: std::path::PathBuf| std::fs::read_to_string(path).expect("text");
        let page =
            |path: std::path::PathBuf| (path.strip_prefix(folder).expect("inside").to_owned(), read(path));
        files.map(page).collect::<std::collections::BTreeMap<_, _>>()
    };
    assert!(pages(fresh.path()) == pages(&stored), "run `portolan explain --output docs/rules`");
}

#[test]
fn what_a_guest_notices_stands_in_the_table_of_it_and_some_rule_brings_it() {
    use portolan::knowledge::{all_noticed, noticed};
    let mut brought = std::collections::BTreeSet::new();
    for rule in portolan::compat::rules() {
        for id in rule.mend.map_or(&[][..], |mend| mend.visible) {
            assert_eq!(noticed(&[id]).count(), 1, "{} brings {id}, which is in no table", rule.id);
            brought.insert(*id);
        }
    }
    let idle: Vec<_> = all_noticed().iter().filter(|one| !brought.contains(one.id)).collect();
    assert!(idle.is_empty(), "no rule brings {idle:?}");
}
