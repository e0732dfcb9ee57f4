//! Baselines, CPU groups, what-ifs and locks, from outside.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common;
use crate::samples::{portolan, printed};

const SAMPLE: &str = "inventories/two-generations";

fn complaint(arguments: &[&str]) -> String {
    let output = portolan(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let text = printed(&[arguments, &["--format", "json"]].concat(), &[0]);
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn groups_and_what_is_behind_them_are_printed() {
    insta::assert_snapshot!(printed(&["baseline", SAMPLE, "--groups", "4"], &[0]));
}

#[test]
fn programs_are_told_the_same() {
    let document = json(&["baseline", SAMPLE, "--groups", "4"]);
    assert_eq!((&document["format"], &document["version"]), (&"portolan-baseline".into(), &1.into()));
    let rungs = document["ladders"][1]["rungs"].as_array().expect("rungs");
    let kept: Vec<_> = rungs.iter().filter_map(|rung| rung["kept"].as_u64()).collect();
    assert!(kept.len() == 3 && kept.is_sorted(), "{kept:?}");
    assert_eq!(document["ladders"][1]["features"].as_u64(), kept.last().copied());
    assert_eq!(document["drags"][0]["without"], serde_json::json!(["hsw-01", "hsw-02"]));
    assert!(document["changes"].is_null());
    let xml = printed(&["baseline", SAMPLE, "--groups", "4", "--format", "xml"], &[0]);
    assert_eq!(xml.matches("<cpu ").count(), 4);
}

#[test]
fn hosts_leave_and_join() {
    let without = ["baseline", SAMPLE, "--without", "hsw-01", "--without", "hsw-02"];
    let change = &json(&without)["changes"][0];
    assert_eq!(change["model_before"], "Haswell-noTSX-IBRS");
    assert_eq!(change["model_after"], "Broadwell-noTSX-IBRS");
    assert_eq!(change["freed"], serde_json::json!(["app-01"]));
    let text = printed(&without, &[0]);
    let told = text.split("Against the hosts as they are\n").nth(1).expect("told");
    insta::assert_snapshot!(told.split("\n\n").next().unwrap_or_default());
    let with = json(&["baseline", SAMPLE, "--with", "inventories/kunpeng-rollout"]);
    let joined = with["changes"][0]["joined"].as_array().expect("hosts");
    assert_eq!(joined.len(), 4, "{joined:?}");
    assert!(complaint(&["baseline", SAMPLE, "--with", SAMPLE]).contains("is in both inventories"));
    assert!(complaint(&["baseline", SAMPLE, "--without", "hsw-1"]).contains("did you mean 'hsw-01'?"));
}

/// A copy of the sample's hosts: what of them a baseline is made from.
fn copy_of_sample(into: &Path) {
    let from = common::repository().join(SAMPLE).join("hosts");
    for file in common::files(&from, &|_| true) {
        let to = into.join("hosts").join(file.strip_prefix(&from).expect("inside"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::copy(&file, &to).expect("copied");
    }
}

fn edit(path: &Path, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(path).expect("readable");
    let changed = change(&text);
    assert_ne!(text, changed, "{}", path.display());
    fs::write(path, changed).expect("written");
}

#[test]
fn a_lock_holds_until_the_cluster_drifts() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (inventory, lock, apart) = (path("cluster"), path("baseline.lock"), path("apart.lock"));
    let hosts = folder.path().join("cluster/hosts");
    copy_of_sample(&folder.path().join("cluster"));
    printed(&["baseline", &inventory, "--lock", &lock], &[0]);
    printed(&["baseline", &inventory, "--groups", "4", "--lock", &apart], &[0]);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3, "nothing else is left behind");
    let verify = |lock: &str, code| printed(&["baseline", &inventory, "--verify", lock], &[code]);
    assert_eq!(verify(&lock, 0), "The lock holds.\n");
    assert_eq!(verify(&apart, 0), "The lock holds.\n");

    // Neither a newer QEMU nor what nobody else has takes anything from the baseline.
    edit(&hosts.join("clx-01/version.txt"), |text| text.replace("QEMU 10.0", "QEMU 10.1"));
    assert!(verify(&lock, 0).contains("clx-01: QEMU was 10.0"));

    // A microcode update takes features away on one host.
    for machine in ["pc", "q35"] {
        edit(&hosts.join(format!("hsw-01/domcapabilities/kvm-{machine}.xml")), |text| {
            let model = "<model fallback='forbid'>Haswell-noTSX-IBRS</model>";
            text.replace(model, &format!("{model}\n      <feature policy='disable' name='avx2'/>"))
        });
    }
    let text = verify(&lock, 1);
    assert!(text.contains("hsw-01: has lost avx2\n"), "{text}");
    assert!(text.contains(", hsw-01, hsw-02: has lost avx2\n"), "{text}");

    fs::rename(hosts.join("hsw-01"), hosts.join("old-01")).expect("renamed");
    let text = verify(&lock, 1);
    assert!(text.contains("old-01 (Intel) has joined\n") && text.contains("hsw-01 has left\n"), "{text}");
    let text = verify(&apart, 1);
    assert!(text.contains("old-01 (Intel) has joined\n") && !text.contains("the baseline of"), "{text}");

    // A host of which nothing is known any more is neither gone nor well.
    fs::remove_dir_all(hosts.join("hsw-02/domcapabilities")).expect("removed");
    let text = verify(&lock, 1);
    assert!(text.contains("hsw-02: it is not known: ") && !text.contains("hsw-02 has left"), "{text}");
    printed(&["baseline", &inventory, "--lock", &path("blind.lock")], &[1]);
    assert!(!folder.path().join("blind.lock").exists());

    assert!(complaint(&["baseline", &inventory, "--verify", &path("none")]).contains("none"));
    edit(Path::new(&lock), |text| text.replace("\"version\": 1", "\"version\": 2"));
    assert!(complaint(&["baseline", &inventory, "--verify", &lock]).contains("version 2"));
}

/// Made up: what libvirt's cache of a host with this QEMU would say of one model.
const CACHE: &str = "<qemuCaps><emulator>/usr/bin/qemu-system-x86_64</emulator><version>7002017</version>
    <arch>x86_64</arch><cpu type='kvm' name='Haswell-noTSX-IBRS' usable='yes'/></qemuCaps>";

#[test]
fn what_libvirts_cache_tells_is_not_derived() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_of_sample(folder.path());
    let inventory = folder.path().to_string_lossy().into_owned();
    let derived = "hsw-01, hsw-02 (Haswell-noTSX-IBRS, x86-64-v3) lose 0 features each";
    let note = " (what blocks a model is derived; its libvirt does not say)";
    assert!(printed(&["baseline", &inventory], &[0]).contains(&format!("{derived}{note}")));
    for host in ["hsw-01", "hsw-02"] {
        let cache = folder.path().join("hosts").join(host).join("qemu-capabilities");
        fs::create_dir(&cache).expect("made");
        fs::write(cache.join("x86_64.xml"), CACHE).expect("written");
    }
    let told = printed(&["baseline", &inventory], &[0]);
    assert!(told.contains(derived) && !told.contains(&format!("{derived}{note}")), "{told}");
}

/// A map in libvirt's form, with all features of the built-in one and one model.
fn map_of_one_model(name: &str, features: &[&str]) -> String {
    let mut out = "<cpus><arch name='x86'>\n<vendor name='Intel' string='GenuineIntel'/>\n".to_owned();
    for (at, feature) in portolan::knowledge::x86::latest().features.iter().enumerate() {
        let _ = writeln!(
            out,
            "<feature name='{}'><cpuid eax_in='{:#x}' eax='{:#x}'/></feature>",
            feature.name,
            at / 32,
            1_u32 << (at % 32)
        );
    }
    let own = format!("<feature name='{}'/>", features.join("'/><feature name='"));
    out + &format!(
        "<model name='{name}'><decode host='on' guest='on'/><vendor name='Intel'/>{own}</model></arch></cpus>"
    )
}

#[test]
fn the_cpu_map_of_the_inventory_is_used_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_of_sample(folder.path());
    let inventory = folder.path().to_string_lossy().into_owned();
    let only = ["--without", "bdw-01", "--without", "clx-01", "--without", "clx-02", "--without", "clx-03"];
    let asked = [&["baseline", &inventory, "--format", "xml"][..], &only].concat();
    let required = "<feature policy='require' name='sse2'/>";
    assert!(!printed(&asked, &[0]).contains(required), "the built-in map has it in the model");
    for host in ["hsw-01", "hsw-02"] {
        let map = folder.path().join("hosts").join(host).join("cpu_map");
        fs::create_dir(&map).expect("made");
        let text = map_of_one_model("Haswell-noTSX-IBRS", &["fpu", "sse4.2"]);
        fs::write(map.join("index.xml"), text).expect("written");
    }
    assert!(!printed(&asked, &[0]).contains(required), "the host-model gives what its model has there");
    for host in ["hsw-01", "hsw-02"] {
        for machine in ["pc", "q35"] {
            let file = format!("hosts/{host}/domcapabilities/kvm-{machine}.xml");
            edit(&folder.path().join(file), |text| {
                let model = "<model fallback='forbid'>Haswell-noTSX-IBRS</model>";
                text.replace(model, &format!("{model}\n      {required}"))
            });
        }
    }
    let with_map = printed(&asked, &[0]);
    assert!(with_map.contains(required) && !with_map.contains("name='sse4.2'"), "{with_map}");
}

#[test]
fn a_joining_host_breaks_the_lock_of_its_vendor() {
    let folder = tempfile::tempdir().expect("a folder");
    let lock = folder.path().join("lock.json").to_string_lossy().into_owned();
    let newer = ["--without", "hsw-01", "--without", "hsw-02"];
    printed(&[&["baseline", SAMPLE, "--lock", &lock][..], &newer].concat(), &[0]);
    assert_eq!(
        printed(&[&["baseline", SAMPLE, "--verify", &lock][..], &newer].concat(), &[0]),
        "The lock holds.\n"
    );
    insta::assert_snapshot!(printed(&["baseline", SAMPLE, "--verify", &lock], &[1]));
    let text = printed(&["baseline", SAMPLE, "--verify", &lock, "--format", "json"], &[1]);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&document["holds"], &document["drifts"][0]["kind"]), (&false.into(), &"joined".into()));
}
