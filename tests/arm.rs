//! ARM hosts and guests, from outside: made-up clusters, and the tables beside real QEMU and libvirt.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use portolan::ingest;
use portolan::knowledge::arm::{ArmModel, models};
use portolan::model::{Capability, Version};

use crate::common;
use crate::samples::printed;

/// A made-up host: implementer, part, variant and revision, HWCAPs, kernel, QEMU, and what its kernel says.
struct Made {
    name: &'static str,
    midr: [&'static str; 4],
    flags: &'static str,
    kernel: &'static str,
    qemu: &'static str,
    says: &'static str,
}

const KUNPENG: Made = Made {
    name: "kunpeng-01",
    midr: ["0x48", "0xd01", "0x1", "0"],
    flags: "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid",
    kernel: "6.6.0-72.el9",
    qemu: "8.2.0",
    says: "IPA Size Limit: 48 bits",
};

/// Made up; of the newer Kunpeng only the MIDR is a fact.
const HOSTS: [Made; 6] = [
    KUNPENG,
    Made { name: "kunpeng-02", ..KUNPENG },
    Made { name: "kunpeng-old", kernel: "5.10.0-60.el8", qemu: "6.2.0", ..KUNPENG },
    Made {
        name: "kunpeng-new",
        midr: ["0x48", "0xd02", "0x0", "0"],
        flags: "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid sve paca pacg mte",
        says: "IPA Size Limit: 48 bits\nSVE: maximum available vector length 32 bytes per vector",
        ..KUNPENG
    },
    Made { name: "altra-01", midr: ["0x41", "0xd0c", "0x3", "1"], ..KUNPENG },
    Made { name: "silent-01", says: "", ..KUNPENG },
];

fn write(folder: &Path, made: &Made) {
    let host = folder.join("hosts").join(made.name);
    fs::create_dir_all(&host).expect("made");
    let [implementer, part, variant, revision] = made.midr;
    let cpuinfo = format!(
        "processor\t: 0\nFeatures\t: {}\nCPU implementer\t: {implementer}\nCPU architecture: 8\n\
         CPU variant\t: {variant}\nCPU part\t: {part}\nCPU revision\t: {revision}\n",
        made.flags
    );
    let dmesg = format!(
        "GICv3: 640 SPIs implemented\nkvm [1]: {}\nkvm [1]: VHE mode initialized successfully\n",
        made.says
    );
    let capabilities = "<capabilities><host><cpu><arch>aarch64</arch><pages unit='KiB' size='4'/>\
                        <pages unit='KiB' size='2048'/></cpu></host></capabilities>";
    let documents = [
        ("cpuinfo.txt", cpuinfo),
        ("dmesg.txt", dmesg),
        ("capabilities.xml", capabilities.to_owned()),
        ("uname.txt", format!("Linux {} {}.aarch64 #1 SMP aarch64 GNU/Linux\n", made.name, made.kernel)),
        ("version.txt", format!("Using library: libvirt 9.10.0\nRunning hypervisor: QEMU {}\n", made.qemu)),
    ];
    for (name, text) in documents {
        fs::write(host.join(name), text).expect("written");
    }
}

#[test]
fn ways_between_arm_hosts_are_told_with_their_lines_and_what_would_change_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = folder.path().join("arm-rollout");
    for made in &HOSTS {
        write(&inventory, made);
    }
    let inventory = inventory.to_string_lossy();
    insta::assert_snapshot!(printed(&["baseline", &inventory], &[0]));
    let text = printed(&["baseline", &inventory, "--format", "json"], &[0]);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let edges = document["arm"]["edges"].as_array().expect("edges");
    for difference in edges.iter().flat_map(|edge| edge["differences"].as_array().expect("a list")) {
        let known = difference["bearing"] != "unknown";
        assert_eq!(known, difference["remedy"].is_string(), "{difference}");
        assert_eq!(
            known,
            difference["source_at"].is_string() && difference["destination_at"].is_string(),
            "{difference}"
        );
        assert!(known || difference["would_tell"].is_string(), "{difference}");
    }
}

/// The models of the table that a QEMU of this version should have, but for those that came since.
fn expected(version: Version) -> BTreeSet<&'static str> {
    models().iter().filter(|model| model.qemu <= version).map(|model| model.name).collect()
}

fn unlike(version: Version, listed: &BTreeSet<&str>) -> Vec<String> {
    let known: BTreeSet<_> = models().iter().map(|model| model.name).collect();
    let lacking =
        listed.difference(&known).map(|name| format!("{name} of QEMU {version} is not in the table"));
    let missing = expected(version).into_iter().filter(|name| !listed.contains(name));
    lacking.chain(missing.map(|name| format!("QEMU {version} does not have {name}"))).collect()
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn the_table_of_models_has_what_real_documents_list() {
    let is_arm = |path: &Path| {
        path.to_string_lossy().ends_with(".aarch64.xml")
            && path.to_string_lossy().contains("/domaincapsdata/")
    };
    let mut read = BTreeSet::new();
    for path in common::files(&common::corpus(), &is_arm) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let version = Version::parse(name.trim_start_matches("qemu_")).expect("a version");
        let files = vec![("hosts/h/domcapabilities/one.xml".to_owned(), fs::read(&path).expect("readable"))];
        let cluster = ingest::read_files("real", files);
        let capability: &Capability = &cluster.hosts[0].platform.capabilities[0];
        let models = capability.models.value().expect("a list");
        let listed: BTreeSet<&str> = models.iter().map(|model| model.value.name.as_str()).collect();
        assert_eq!(unlike(version, &listed), Vec::<String>::new(), "{name}");
        read.insert(version);
    }
    assert!(read.len() >= 3, "{read:?}");
}

/// What QEMU says when it is to start with this CPU; nothing where it starts, for it is told to quit at once.
fn refusal(cpu: &str) -> String {
    let arguments = ["-M", "virt", "-cpu", cpu, "-S", "-display", "none", "-nodefaults", "-monitor", "stdio"];
    let mut qemu = Command::new("qemu-system-aarch64");
    let piped = qemu.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut started = piped.spawn().expect("qemu-system-aarch64 runs");
    // One that refuses the CPU may be gone before it reads.
    let _ = started.stdin.take().expect("a pipe").write_all(b"quit\n");
    String::from_utf8_lossy(&started.wait_with_output().expect("it ends").stderr).into_owned()
}

#[test]
#[cfg_attr(not(has_libvirt), ignore = "skipped: runs QEMU; set PORTOLAN_REQUIRE=libvirt to run it")]
fn the_table_of_models_says_what_this_machines_qemu_says() {
    let print = |argument: &[&str]| {
        let output =
            Command::new("qemu-system-aarch64").args(argument).output().expect("qemu-system-aarch64 runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let version = print(&["--version"]);
    let version = Version::parse(version.split("version ").nth(1).expect("a version")).expect("a version");
    let help = print(&["-cpu", "help"]);
    let listed: BTreeSet<&str> =
        help.lines().skip(1).map(str::trim).filter(|name| !name.is_empty()).collect();
    assert_eq!(unlike(version, &listed), Vec::<String>::new());
    let refused = |what: String| -> bool { !refusal(&what).is_empty() };
    for model in models().iter().filter(|model| listed.contains(model.name)) {
        assert_eq!(refused(model.name.to_owned()), !model.emulated, "{} on virt", model.name);
        let ArmModel { name, longest_vector, .. } = model;
        if model.emulated {
            let longer = (longest_vector * 2).max(128);
            assert!(longer > 2048 || refused(format!("{name},sve{longer}=on")), "{name} has longer vectors");
            assert!(*longest_vector == 0 || !refused(format!("{name},sve{longest_vector}=on")), "{name}");
        }
    }
}
