//! Real libvirt and QEMU as judges: what Portolan writes is defined, and rewritten guests reach UEFI.
//!
//! Needs root, libvirtd, QEMU for x86 and ARM and AAVMF, and leaves a network and firmware files behind: so it runs only
//! where `PORTOLAN_REQUIRE` names `libvirt`. Guests are given names of their own and are gone afterwards.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common;
use crate::samples::printed;

const URI: &str = "qemu:///system";

pub(crate) fn virsh(arguments: &[&str]) -> Output {
    Command::new("virsh")
        .args(["-q", "-c", URI])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("virsh runs")
}

pub(crate) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// The text with each of the pairs replaced; each must be there.
fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no {from} in {text}");
        text.replace(from, to)
    })
}

/// The domain with a name of the test's own and without a UUID.
pub(crate) fn renamed(text: &str, name: &str) -> String {
    let cut = |text: &str, element: &str, with: &str| {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        match (text.find(&open), text.find(&close)) {
            (Some(from), Some(to)) => format!("{}{with}{}", &text[..from], &text[to + close.len()..]),
            _ => text.to_owned(),
        }
    };
    cut(&cut(text, "uuid", ""), "name", &format!("<name>{name}</name>"))
}

/// Defines the domain with `--validate` and takes it away again; libvirt's complaint where it does not.
fn define(text: &str, name: &str) -> Result<(), String> {
    let file = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
    fs::write(file.path(), renamed(text, name)).expect("written");
    let output = virsh(&["define", "--validate", &file.path().to_string_lossy()]);
    virsh(&["undefine", "--nvram", name]);
    if output.status.success() { Ok(()) } else { Err(told(&output)) }
}

/// libvirt defines no KVM guest of an architecture that is not its host's: nothing but the type is changed for it.
fn emulated(text: &str) -> String {
    replaced(text, &[("<domain type='kvm'", "<domain type='qemu'")])
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn libvirt_defines_every_guest_and_baseline_of_the_reports() {
    let reports = common::repository().join("reports");
    let (mut defined, mut refused) = (0, Vec::new());
    for (at, path) in common::files(&reports, &common::is_xml).iter().enumerate() {
        let text = fs::read_to_string(path).expect("readable");
        let domain = if text.trim_start().starts_with("<cpu") { with_cpu(&text) } else { emulated(&text) };
        let name = path.strip_prefix(&reports).expect("inside").display().to_string();
        match define(&domain, &format!("portolan-test-{at}")) {
            Ok(()) => defined += 1,
            Err(complaint) => refused.push(format!("{name}: {complaint}")),
        }
    }
    println!("libvirt defines {defined} of {} documents", defined + refused.len());
    assert_eq!(refused, Vec::<String>::new());
    assert!(defined > 15, "{defined}");
}

/// A guest that has this `<cpu>` and nothing else of note.
pub(crate) fn with_cpu(cpu: &str) -> String {
    format!(
        "<domain type='kvm'><name>x</name><memory>65536</memory><os><type arch='x86_64' machine='q35'>hvm</type></os>{cpu}\
         </domain>"
    )
}

/// A guest that is destroyed when the test is done with it.
pub(crate) struct Running(pub(crate) String);

impl Drop for Running {
    fn drop(&mut self) {
        virsh(&["destroy", &self.0]);
        virsh(&["undefine", "--nvram", &self.0]);
    }
}

/// What the guest writes to its serial line until `wanted` is among it, for at most `limit`.
fn serial(name: &str, wanted: &str, limit: Duration) -> String {
    let line = virsh(&["ttyconsole", name]);
    let mut line = fs::File::open(String::from_utf8_lossy(&line.stdout).trim()).expect("a serial line");
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(count) = line.read(&mut part) {
            if count == 0 || send.send(part[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let (start, mut heard) = (Instant::now(), String::new());
    while !heard.contains(wanted) && start.elapsed() < limit {
        if let Ok(part) = receive.recv_timeout(Duration::from_secs(1)) {
            heard.push_str(&String::from_utf8_lossy(&part));
        }
    }
    heard
}

/// The firmware files at the paths that the ARM hosts of the sample have, from Debian's package.
fn firmware() -> bool {
    let files = [("QEMU_EFI-pflash.raw", "AAVMF_CODE.fd"), ("vars-template-pflash.raw", "AAVMF_VARS.fd")];
    let folder = Path::new("/usr/share/edk2/aarch64");
    fs::create_dir_all(folder).is_ok()
        && files.iter().all(|(name, debian)| {
            let to = folder.join(name);
            to.exists() || fs::copy(Path::new("/usr/share/AAVMF").join(debian), to).is_ok()
        })
}

/// A network called `name` on this host, unless there is one.
fn network(name: &str) {
    let text = format!("<network><name>{name}</name><bridge name='{name}'/></network>");
    let file = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
    fs::write(file.path(), text).expect("written");
    virsh(&["net-define", &file.path().to_string_lossy()]);
    virsh(&["net-start", name]);
}

/// Empty disk images at the paths that the guest's disks name; those that were made.
fn images(text: &str) -> Vec<PathBuf> {
    let document = portolan::text::xml::Document::parse(text).expect("XML");
    let sources = document.elements().filter(|e| e.name() == "source").filter_map(|e| e.value("file"));
    let missing = sources.map(|file| PathBuf::from(file.as_ref())).filter(|path| !path.exists());
    let made: Vec<_> = missing.collect();
    for path in &made {
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let format = if path.extension().is_some_and(|e| e == "qcow2") { "qcow2" } else { "raw" };
        let status =
            Command::new("qemu-img").args(["create", "-q", "-f", format]).arg(path).arg("64M").status();
        assert!(status.is_ok_and(|status| status.success()), "{}", path.display());
    }
    made
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn rewritten_guests_reach_uefi() {
    assert!(firmware(), "no UEFI for ARM: install the package qemu-efi-aarch64");
    network("br-prod");
    for guest in ["web-01", "mail-01"] {
        let rewrite = [
            "rewrite",
            "inventories/kunpeng-rollout",
            "--to",
            "taishan-01",
            "--virt-type",
            "qemu",
            "--allow-unsafe",
            "--guest",
        ];
        let text = printed(&[&rewrite[..], &[guest]].concat(), &[0]);
        let name = format!("portolan-test-{guest}");
        let file = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
        fs::write(file.path(), renamed(&text, &name)).expect("written");
        let made = images(&text);
        let running = Running(name);
        let defined = virsh(&["define", "--validate", &file.path().to_string_lossy()]);
        assert!(defined.status.success(), "{guest}: {}", told(&defined));
        let started = virsh(&["start", &running.0]);
        assert!(started.status.success(), "{guest}: {}", told(&started));
        let heard = serial(&running.0, "(EDK II, 0x", Duration::from_secs(180));
        drop(running);
        for path in &made {
            fs::remove_file(path).expect("removed");
        }
        let banner = heard.lines().find(|line| line.contains("UEFI v"));
        println!("{guest}: {}", banner.unwrap_or("no banner"));
        assert!(banner.is_some(), "{guest} wrote to its serial line: {heard:?}");
    }
}

/// What virsh prints.
pub(crate) fn said(arguments: &[&str]) -> String {
    let output = virsh(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", told(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Guests whose `<cpu>` goes beyond any baseline. Some KVM inside of KVM offers `arch-capabilities` and then refuses
/// its register, whatever the mode: so each keeps it away, as it would have to without Portolan.
const BEYOND: [&str; 4] = [
    "<cpu mode='host-model'><feature policy='disable' name='arch-capabilities'/></cpu>",
    "<cpu mode='host-passthrough' check='none' migratable='on'>\n  <topology sockets='1' dies='1' cores='2' threads='1'/>\n  \
     <cache mode='passthrough'/>\n  <maxphysaddr mode='passthrough'/>\n  <!-- kept -->\n  \
     <feature policy='disable' name='arch-capabilities'/>\n  <numa>\n    <cell id='0' cpus='0-1' memory='65536'/>\n  </numa>\n</cpu>",
    "<cpu mode='maximum'><feature policy='forbid' name='arch-capabilities'/></cpu>",
    "<cpu match='minimum' check='none'><model fallback='allow' vendor_id='PortolanTest'>qemu64</model>\
     <feature policy='require' name='gds-no'/><feature policy='disable' name='arch-capabilities'/></cpu>",
];

/// An inventory of this machine alone, with these guests, by name.
pub(crate) fn inventory_of_here(folder: &Path, guests: &[(String, String)]) {
    let host = folder.join("hosts/here");
    let write = |name: &str, text: &str| {
        let path = host.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    let offers = ["domcapabilities", "--machine", "q35", "--virttype", "kvm"];
    write("domcapabilities/kvm-q35.xml", &said(&offers));
    write("capabilities.xml", &said(&["capabilities"]));
    write("version.txt", &said(&["version"]));
    for (name, text) in guests {
        write(&format!("guests/{name}.xml"), text);
    }
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn pinned_guests_start_with_the_cpu_that_they_are_pinned_to() {
    let guest = |(at, cpu): (usize, &&str)| {
        let name = format!("portolan-test-pin-{at}");
        let text = with_cpu(cpu).replace("<os>", "<vcpu>2</vcpu><os>");
        (name.clone(), text.replace("<name>x<", &format!("<name>{name}<")))
    };
    let guests: Vec<(String, String)> = BEYOND.iter().enumerate().map(guest).collect();
    let folder = tempfile::tempdir().expect("a folder");
    inventory_of_here(folder.path(), &guests);
    let inventory = folder.path().to_string_lossy().into_owned();
    for (name, _) in &guests {
        let text = printed(&["rewrite", &inventory, "--baseline", "--allow-unsafe", "--guest", name], &[0]);
        let file = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
        fs::write(file.path(), &text).expect("written");
        let running = Running(name.clone());
        said(&["define", "--validate", &file.path().to_string_lossy()]);
        said(&["start", "--paused", &running.0]);
        let (wanted, live) = (features(&text), features(&said(&["dumpxml", name])));
        println!("{name}: {} features", live.1.len());
        assert_eq!(wanted, live, "{name}");
        assert!(!live.1.is_empty() && !live.1.contains("arch-capabilities"), "{live:?}");
    }
}

/// The model and all features of a domain's CPU.
fn features(domain: &str) -> (Option<String>, std::collections::BTreeSet<String>) {
    use portolan::cpu::x86::{Definition, expand};
    let map = portolan::knowledge::x86::latest();
    let found = portolan::ingest::read_cpu_inputs("domain", domain).expect("a domain");
    let cpu = Definition::from(&found.first().expect("a CPU").cpu);
    let names = expand(map, &cpu).expect("a known CPU").names(map).into_iter().map(str::to_owned);
    (cpu.model, names.collect())
}
