//! Guests pinned to a baseline, from outside: made-up ones, those of the samples, and properties over all there are.

use std::fs;
use std::path::Path;

use portolan::ingest::{self, read_cpu_inputs};
use portolan::model::Policy;
use portolan::rewrite::{PinOutcome, PinRefusal, PinnedGuest, pin_text};
use portolan::text::xml::Document;
use proptest::prelude::*;

use crate::common;
use crate::samples::{portolan, printed};

const SAMPLE: &str = "inventories/two-generations";

/// Made up: all that a `<cpu>` may hold beside what it is, and things that libvirt does not know.
const CROWDED: &str = "<domain type=\"kvm\" xmlns:my=\"http://example.org/my\">
    <name>crowded</name>
    <memory unit=\"GiB\">8</memory>
    <os><type arch=\"x86_64\" machine=\"pc-q35-7.2\">hvm</type></os>
    <!-- before -->
    <cpu mode=\"host-passthrough\"  check=\"none\" migratable=\"on\" my:note=\"kept\">
        <!-- the licence counts sockets -->
        <topology sockets=\"1\" dies=\"1\" cores=\"4\" threads=\"2\"/>
        <cache mode=\"passthrough\"/>
        <maxphysaddr mode=\"passthrough\"/>
        <feature policy=\"disable\" name=\"vmx\"/> <!-- no nesting here -->
        <feature policy=\"forbid\" name=\"avx2\"/>
        <feature policy=\"require\" name=\"invtsc\"/>
        <feature policy=\"require\" name=\"vmx\"/>
        <numa>
            <cell id=\"0\" cpus=\"0-7\" memory=\"8\" unit=\"GiB\"/>
        </numa>
        <my:element/>
    </cpu>
    <!-- after -->
    <devices/>
</domain>
";

/// Made up.
const BASELINE: &str = "<cpu mode='custom' match='exact'>
  <model fallback='forbid'>Haswell-noTSX-IBRS</model>
  <vendor>Intel</vendor>
  <feature policy='require' name='vmx'/>
  <feature policy='require' name='umip'/>
  <feature policy='disable' name='pcid'/>
</cpu>";

fn pinned_to(text: &str, baseline: &str) -> Result<PinOutcome, PinRefusal> {
    let read = |text: &str| read_cpu_inputs("made-up", text).unwrap_or_default();
    let baselines: Vec<_> =
        read(baseline).iter().map(|one| portolan::cpu::x86::Definition::from(&one.cpu)).collect();
    pin_text(text, read(text).first().map(|input| &input.cpu), &baselines)
}

fn pinned(text: &str) -> PinnedGuest {
    match pinned_to(text, BASELINE) {
        Ok(PinOutcome::Pinned(done)) => done.1,
        other => panic!("{other:?}"),
    }
}

fn with_cpu(cpu: &str) -> String {
    format!("<domain type='kvm'><os><type arch='x86_64'>hvm</type></os>{cpu}</domain>")
}

#[test]
fn all_else_in_a_cpu_stays() {
    let guest = pinned(CROWDED);
    insta::assert_snapshot!(guest.text);
    let rules: std::collections::BTreeSet<_> = guest.edits.iter().map(|edit| edit.rule).collect();
    let expected = ["cpu-address-bits", "cpu-beyond-baseline", "cpu-cache-passed-through"];
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_pinned_guest_is_within_what_it_was_pinned_to() {
    let rest = [
        "",
        "<cpu/>",
        "<cpu mode='host-model'/>",
        "<cpu mode='maximum'></cpu>",
        "<cpu><model>Haswell</model></cpu>",
        "<cpu><model vendor_id='made up'>Skylake-Server</model><vendor>Intel</vendor></cpu>",
        "<cpu mode='host-model'><model fallback='allow'/><topology sockets='1' cores='2' threads='1'/></cpu>",
    ];
    for text in rest.map(with_cpu).iter().map(String::as_str).chain([CROWDED]) {
        let once = pinned(text).text;
        assert_eq!(pinned_to(&once, BASELINE), Ok(PinOutcome::Within), "{once}");
        assert!(once.contains("Haswell-noTSX-IBRS"), "{once}");
    }
    let unnamed = pinned(&with_cpu("<cpu><topology sockets='1' cores='2' threads='1'/></cpu>"));
    assert!(
        unnamed.edits.iter().all(|edit| edit.reason.starts_with("no CPU is named")),
        "{:?}",
        unnamed.edits
    );
    let guest = pinned(&with_cpu(rest[5]));
    assert!(guest.text.contains("vendor_id='made up'>Haswell-noTSX-IBRS</model>"), "{}", guest.text);
}

#[test]
fn what_has_no_x86_cpu_of_kvm_is_told_so() {
    let told =
        |text: &str, baseline: &str| pinned_to(text, baseline).map(|_| ()).map_err(|why| why.to_string());
    let arm = with_cpu("<cpu mode='host-passthrough'/>").replace("x86_64", "aarch64");
    assert!(told(&arm, BASELINE).is_err_and(|why| why.contains("a guest of aarch64")));
    let emulated = with_cpu("").replace("kvm", "qemu");
    assert!(told(&emulated, BASELINE).is_err_and(|why| why.contains("is run by 'qemu'")));
    let amd = with_cpu("<cpu><model>EPYC-Rome</model></cpu>");
    assert!(told(&amd, BASELINE).is_err_and(|why| why.contains("EPYC-Rome is AMD's, the baseline Intel's")));
    let several = format!("{BASELINE}<cpu><model>Skylake-Server</model></cpu>");
    assert!(told(&with_cpu("<cpu mode='host-model'/>"), &several).is_err_and(|why| why.contains("2 CPUs")));
    // A guest's own model tells which of several vendors' it is.
    let both =
        format!("{BASELINE}<cpu><model>EPYC-Rome</model><feature policy='disable' name='clwb'/></cpu>");
    let disabled = |done: &PinOutcome| match done {
        PinOutcome::Within => Vec::new(),
        PinOutcome::Pinned(done) => done.0.definition.named(Policy::Disable).map(str::to_owned).collect(),
    };
    assert_eq!(pinned_to(&amd, &both).as_ref().map(disabled), Ok(vec!["clwb".to_owned()]));
    assert!(told("<network/>", BASELINE).is_err_and(|why| why.contains("not <domain>")));
    let unknown = "<cpu><model>Haswell</model><feature policy='require' name='made-up'/></cpu>";
    assert!(told(&amd, unknown).is_err_and(|why| why.contains("made-up")));
}

#[test]
fn a_guest_that_would_not_fit_into_its_addresses_is_held_back() {
    let big = CROWDED.replace(">8</memory>", ">1200</memory>");
    assert!(pinned(&big).is_blocked());
    let told = "<maxphysaddr mode=\"emulate\" bits=\"44\"/>";
    assert!(!pinned(&big.replace("<maxphysaddr mode=\"passthrough\"/>", told)).is_blocked());
    assert!(!pinned(CROWDED).is_blocked());
    assert!(pinned(CROWDED).notices.is_empty());
    let running = pinned(&CROWDED.replace("type=\"kvm\"", "type=\"kvm\" id=\"3\""));
    assert_eq!(running.notices.iter().map(|one| one.rule).collect::<Vec<_>>(), ["running-definition"]);
}

#[test]
fn guests_of_an_inventory_are_pinned() {
    let told = printed(&["rewrite", SAMPLE, "--baseline", "--format", "text"], &[0]);
    insta::assert_snapshot!(told);
    let json = printed(&["rewrite", SAMPLE, "--baseline", "--guest", "db-02", "--format", "json"], &[0]);
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&document["format"], &document["version"]), (&"portolan-pin".into(), &2.into()));
    assert_eq!((&document["outcome"], &document["runs"]), (&"pinned".into(), &true.into()));
    assert!(document["lost"].as_array().is_some_and(|lost| lost.contains(&"rtm".into())), "{json}");
}

#[test]
fn the_groups_and_the_lock_of_baselines_are_those_that_are_pinned_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let lock = folder.path().join("lock.json").to_string_lossy().into_owned();
    let one = ["rewrite", SAMPLE, "--guest", "erp-01", "--baseline", "--allow-unsafe"];
    let all = printed(&one, &[0]);
    let groups = printed(&[&one[..], &["--groups", "4"]].concat(), &[0]);
    printed(&["baseline", SAMPLE, "--groups", "4", "--lock", &lock], &[0]);
    assert_eq!(printed(&[&one[..], &["--lock", &lock]].concat(), &[0]), groups);
    assert!(all.contains(">Haswell-noTSX-IBRS<") && groups.contains(">Cascadelake-Server"), "{groups}");
    let told = printed(&["baseline", SAMPLE, "--groups", "4"], &[0]);
    assert!(told.contains(&format!(
        "To pin them: portolan rewrite {SAMPLE} --baseline --groups 4 --allow-unsafe --output DIR"
    )));
    assert!(!printed(&["baseline", SAMPLE, "--without", "hsw-01"], &[0]).contains("To pin them"));
    // The folder holds the guests that are changed, and a guest that is within the baseline is printed as it is.
    let output = folder.path().join("new").to_string_lossy().into_owned();
    printed(&["rewrite", SAMPLE, "--baseline", "--allow-unsafe", "--output", &output], &[0]);
    assert!(
        Path::new(&output).join("erp-01.xml").exists() && !Path::new(&output).join("web-03.xml").exists()
    );
    let stored = common::repository().join(SAMPLE).join("hosts/clx-01/guests/web-03.xml");
    let same = printed(&["rewrite", SAMPLE, "--baseline", "--guest", "web-03"], &[0]);
    assert_eq!(same, fs::read_to_string(stored).expect("readable"));
    let arm = portolan(&["rewrite", "inventories/captured", "--baseline", "--guest", "nobody"]);
    assert_eq!(arm.status.code(), Some(2));
    let both = portolan(&["rewrite", SAMPLE, "--baseline", "--to", "hsw-01"]);
    assert_eq!(both.status.code(), Some(2));
}

/// Every guest of a sample is within its baseline once it is pinned: an inventory of what was written has nothing to do.
#[test]
fn pinned_inventories_have_nothing_left_to_pin() {
    for name in ["two-generations", "captured", "kunpeng-rollout"] {
        let folder = tempfile::tempdir().expect("a folder");
        let from = common::repository().join("inventories").join(name);
        for file in common::files(&from, &|_| true) {
            let to = folder.path().join(file.strip_prefix(&from).expect("inside"));
            fs::create_dir_all(to.parent().expect("a folder")).expect("made");
            fs::copy(&file, &to).expect("copied");
        }
        let inventory = folder.path().to_string_lossy().into_owned();
        let new = folder.path().join("new");
        let new_text = new.to_string_lossy();
        let arguments = ["rewrite", &inventory, "--baseline", "--allow-unsafe", "--output", &new_text];
        assert!(matches!(portolan(&arguments).status.code(), Some(0 | 1)));
        let cluster = ingest::read(folder.path()).expect("an inventory");
        let mut count = 0;
        for guest in &cluster.guests {
            let pinned = new.join(format!("{}.xml", guest.name));
            if pinned.exists() {
                let stored = folder.path().join(&cluster.sources.get(guest.source).path);
                fs::copy(&pinned, &stored).expect("copied");
                count += 1;
            }
        }
        fs::remove_dir_all(&new).expect("removed");
        assert!(matches!(portolan(&arguments).status.code(), Some(0 | 1)));
        assert!(count > 0 && !new.exists(), "{name}: {count} pinned, and then again");
    }
}

/// What must hold of every guest that is pinned.
fn holds(name: &str, text: &str) {
    let Ok(PinOutcome::Pinned(done)) = pinned_to(text, BASELINE) else { return };
    let guest = &done.1;
    let again = pinned_to(&guest.text, BASELINE);
    assert_eq!(again, Ok(PinOutcome::Within), "{name} changes when pinned twice: {}", guest.text);
    let (old, new) = (Document::parse(text).expect("XML"), Document::parse(&guest.text).expect("XML"));
    let outside = |document: &Document<'_>| {
        let cpu = document.root().child("cpu").map(|cpu| cpu.span().range());
        let mut text = document.text().to_owned();
        if let Some(range) = cpu {
            text.replace_range(range, "");
        }
        text
    };
    if old.root().child("cpu").is_some() {
        assert_eq!(outside(&old), outside(&new), "{name} changes outside of its <cpu>");
    }
    for kept in ["topology", "numa"] {
        let of = |document: &Document<'_>| {
            let element = document.root().child("cpu")?.child(kept)?;
            Some(document.text()[element.span().range()].to_owned())
        };
        assert_eq!(of(&old), of(&new), "{name} loses its {kept}");
    }
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn every_domain_of_the_corpora_is_pinned_once() {
    let mut count = 0;
    for path in common::files(&common::corpus(), &common::is_xml) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.contains("<domain") {
            holds(&path.display().to_string(), &text);
            count += 1;
        }
    }
    println!("{count} domains");
    assert!(count > 1000, "{count}");
}

proptest! {
    /// Whatever is cut out of a guest's XML, the answer is a guest or a refusal.
    #[test]
    fn no_guest_makes_it_panic(from in 0..CROWDED.len(), length in 0..200_usize) {
        let to = (from + length).min(CROWDED.len());
        holds("a mangled guest", &[&CROWDED[..from], &CROWDED[to..]].concat());
    }
}
