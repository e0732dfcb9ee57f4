//! Guests that take their firmware to another host, all of them made up.

use portolan::ingest::read_files;
use portolan::model::{Cluster, VirtType};
use portolan::rewrite::{FirmwareWish, Rewrite, Wish, rewrite_guest};

use super::refit::{documents, started, word};
use crate::corpus_rewrite::virsh::Root;

const PC: &str = "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>\
    <arch name='x86_64'><emulator>/usr/bin/qemu-system-x86_64</emulator><machine canonical='pc-i440fx-7.2'>pc</machine>\
    <machine>pc-i440fx-7.2</machine><machine canonical='pc-q35-7.2'>q35</machine><machine>pc-q35-7.2</machine>\
    <domain type='kvm'/></arch></guest></capabilities>";
const ARM: &str = "<capabilities><host><cpu><arch>aarch64</arch></cpu></host><guest><os_type>hvm</os_type>\
    <arch name='aarch64'><emulator>/usr/bin/qemu-system-aarch64</emulator><machine>virt-7.2</machine>\
    <domain type='kvm'/></arch></guest></capabilities>";

/// A descriptor of `CODE` and `VARS`, for one architecture and machine type, with these features.
fn descriptor(code: &str, vars: &str, target: (&str, &str), features: &str) -> String {
    let (arch, machine) = target;
    format!(
        r#"{{"interface-types": ["uefi"], "mapping": {{"device": "flash",
           "executable": {{"filename": "{code}", "format": "raw"}},
           "nvram-template": {{"filename": "{vars}", "format": "raw"}}}},
           "targets": [{{"architecture": "{arch}", "machines": ["{machine}"]}}], "features": [{features}]}}"#
    )
}

const KEYS: &str = r#""secure-boot", "enrolled-keys", "requires-smm""#;
const ANY: (&str, &str) = ("x86_64", "pc-*");
const Q35: (&str, &str) = ("x86_64", "pc-q35-*");

/// A host: its name, its capabilities, its libvirt, and documents about its firmware.
type Row = (&'static str, &'static str, &'static str, Vec<(&'static str, String)>);

/// The hosts: `old`, whose images lie elsewhere; `new` with images of 4 MiB, some with keys; `plain` without those; `ancient`,
/// whose libvirt chooses nothing, with images of 2 MiB; `unknown`, of whose firmware nothing is known; and `arm`.
fn cluster(guest: &str) -> Cluster {
    let (code, vars) = ("/fw/CODE_4M.fd", "/fw/VARS_4M.fd");
    let (ms_code, ms_vars) = ("/fw/CODE_4M.ms.fd", "/fw/VARS_4M.ms.fd");
    let listing = |paths: &[&str]| ("firmware/packages.txt", paths.join("\n") + "\n");
    let hosts: &[Row] = &[
        (
            "old",
            PC,
            "9.0.0",
            vec![
                ("firmware/40.json", descriptor("/old/K.fd", "/old/K.vars", Q35, KEYS)),
                ("firmware/60.json", descriptor("/old/CODE.fd", "/old/VARS.fd", ANY, "")),
            ],
        ),
        (
            "new",
            PC,
            "9.0.0",
            vec![
                ("firmware/40.json", descriptor(ms_code, ms_vars, Q35, KEYS)),
                ("firmware/60.json", descriptor(code, vars, ANY, "")),
                listing(&[code, vars, ms_code, ms_vars]),
            ],
        ),
        (
            "plain",
            PC,
            "9.0.0",
            vec![("firmware/60.json", descriptor(code, vars, ANY, "")), listing(&[code, vars])],
        ),
        (
            "ancient",
            PC,
            "4.5.0",
            vec![("qemu.conf", "nvram = [ \"/fw/OVMF_CODE.fd:/fw/OVMF_VARS.fd\" ]\n".into())],
        ),
        ("unknown", PC, "9.0.0", Vec::new()),
        (
            "arm",
            ARM,
            "9.0.0",
            vec![(
                "firmware/60.json",
                descriptor("/fw/AAVMF_CODE.fd", "/fw/AAVMF_VARS.fd", ("aarch64", "virt-*"), ""),
            )],
        ),
    ];
    let mut files = vec![("hosts/old/guests/g.xml".to_owned(), guest.as_bytes().to_vec())];
    for (name, capabilities, libvirt, documents) in hosts {
        let version = format!("Using library: libvirt {libvirt}\nRunning hypervisor: QEMU 7.2.0\n");
        let usual = [("capabilities.xml", (*capabilities).to_owned()), ("version.txt", version)];
        let all = usual.iter().chain(documents);
        files.extend(all.map(|(path, text)| (format!("hosts/{name}/{path}"), text.as_bytes().to_vec())));
    }
    read_files("made-up", files)
}

fn guest(machine: &str, attributes: &str, inside: &str, features: &str) -> String {
    format!(
        "<domain type='kvm'>\n  <name>g</name>\n  <memory>65536</memory>\n  <os{attributes}>\n    \
         <type arch='x86_64' machine='{machine}'>hvm</type>\n    {inside}\n  </os>\n  \
         <features>\n    <acpi/>{features}\n  </features>\n</domain>\n"
    )
}

/// A guest that names these files.
fn named(machine: &str, loader: &str, nvram: &str) -> String {
    let inside = format!("<loader readonly='yes' type='pflash'>{loader}</loader>\n    {nvram}");
    guest(machine, "", &inside, "")
}

fn done(guest: &str, hosts: &[&str], firmware: Option<FirmwareWish>) -> Rewrite {
    let cluster = cluster(guest);
    let hosts: Vec<_> = hosts.iter().map(|name| cluster.host(name).expect("a host")).collect();
    let wish = Wish { firmware, virt_type: Some(VirtType::Kvm), ..Wish::default() };
    rewrite_guest(&cluster, &cluster.guests[0], &hosts, &wish).expect("rewritten").1
}

#[track_caller]
fn has(done: &Rewrite, parts: &[&str], none: &[&str]) {
    for part in parts {
        assert!(done.text.contains(part), "no {part} in {}", done.text);
    }
    for part in none {
        assert!(!done.text.contains(part), "{part} in {}", done.text);
    }
}

fn asks(done: &Rewrite, rule: &str) -> bool {
    done.steps.iter().any(|step| step.rule == rule)
}

const OLD: &str = "<nvram template='/old/VARS.fd'>/var/lib/libvirt/qemu/nvram/g_VARS.fd</nvram>";

#[test]
fn a_pair_that_the_host_does_not_have_gives_way_whole() {
    let chosen = done(&named("pc-q35-7.2", "/old/CODE.fd", OLD), &["new"], None);
    has(
        &chosen,
        &["<os firmware='efi'>", "<feature enabled='no' name='secure-boot'/>"],
        &["/old/", "<nvram"],
    );
    assert!(asks(&chosen, "nvram-contents") && !chosen.is_blocked());
    let by_name = done(&named("pc-q35-7.2", "/old/CODE.fd", OLD), &["ancient"], None);
    let pair = ["type='pflash'>/fw/OVMF_CODE.fd</loader>", "<nvram template='/fw/OVMF_VARS.fd'/>"];
    has(&by_name, &pair, &["/old/", "firmware='efi'"]);
    let again = done(&by_name.text, &["ancient"], None);
    assert_eq!(again.text, by_name.text, "twice");
}

#[test]
fn a_template_of_another_size_takes_its_image_with_it() {
    let mixed = "<nvram template='/fw/VARS.fd'/>";
    let done = done(&named("pc-q35-7.2", "/fw/CODE_4M.fd", mixed), &["new"], None);
    has(&done, &["<os firmware='efi'>"], &["/fw/"]);
}

#[test]
fn what_the_host_has_stays_and_so_does_what_is_unknown() {
    let there = named("pc-q35-7.2", "/fw/CODE_4M.fd", "<nvram template='/fw/VARS_4M.fd'/>");
    assert_eq!(done(&there, &["new"], None).text, there);
    let elsewhere = named("pc-q35-7.2", "/old/CODE.fd", OLD);
    assert_eq!(done(&elsewhere, &["unknown"], None).text, elsewhere);
    assert_eq!(done(&elsewhere, &["old"], None).text, elsewhere, "at home");
    let bios = guest("pc-i440fx-7.2", "", "<boot dev='hd'/>", "");
    assert_eq!(done(&bios, &["new", "ancient", "unknown"], None).text, bios, "a BIOS needs no common UEFI");
}

#[test]
fn secure_boot_stays_where_there_are_keys() {
    let loader = "<loader readonly='yes' secure='yes' type='pflash'>/old/K.ms.fd</loader>";
    let secure = guest("pc-q35-7.2", "", loader, "\n    <smm state='on'/>");
    let kept = done(&secure, &["new"], None);
    has(&kept, &["name='enrolled-keys'", "<feature enabled='yes' name='secure-boot'/>"], &["/old/"]);
    assert!(!asks(&kept, "secure-boot"));
    let lost = done(&secure, &["plain"], None);
    has(&lost, &["<feature enabled='no' name='secure-boot'/>"], &["enrolled-keys"]);
    assert!(asks(&lost, "secure-boot"));
    let asked = "<firmware>\n      <feature enabled='yes' name='secure-boot'/>\n    </firmware>";
    let auto = guest("pc-q35-7.2", " firmware='efi'", asked, "\n    <smm state='on'/>");
    assert_eq!(done(&auto, &["new"], None).text, auto);
    assert!(asks(&done(&auto, &["plain"], None), "secure-boot"));
}

#[test]
fn a_wish_is_met_by_what_the_new_host_has() {
    let explicit = Some(FirmwareWish::Explicit);
    let auto = done(&named("pc-q35-7.2", "/old/CODE.fd", OLD), &["new"], Some(FirmwareWish::Auto));
    has(&auto, &["firmware='efi'", "<nvram>/var/lib/libvirt/qemu/nvram/g_VARS.fd</nvram>"], &["<loader"]);
    let open = "<firmware>\n      <feature enabled='no' name='secure-boot'/>\n    </firmware>";
    let efi = guest("pc-q35-7.2", " firmware='efi'", open, "");
    let files = done(&efi, &["new"], explicit);
    let pair = ["type='pflash'>/fw/CODE_4M.fd</loader>", "template='/fw/VARS_4M.fd'"];
    has(&files, &pair, &["firmware='efi'"]);
    let bios = guest("pc-i440fx-7.2", "", "<boot dev='hd'/>", "");
    let uefi = done(&bios, &["ancient"], Some(FirmwareWish::Efi));
    has(&uefi, &["/fw/OVMF_CODE.fd</loader>", "<nvram template='/fw/OVMF_VARS.fd'/>"], &[]);
    assert!(asks(&uefi, "pc-bios"));
    let arm = done(&bios, &["arm"], explicit);
    let pair = ["/fw/AAVMF_CODE.fd</loader>", "<nvram template='/fw/AAVMF_VARS.fd'/>"];
    has(&arm, &pair, &["firmware='efi'"]);
}

#[test]
fn hosts_that_decide_unlike_leave_the_guest_as_it_is() {
    let bios = guest("pc-i440fx-7.2", "", "<boot dev='hd'/>", "");
    let efi = Some(FirmwareWish::Efi);
    let both = done(&bios, &["new", "ancient"], efi);
    assert!(both.is_blocked() && both.text == bios, "{both:?}");
    let alike = done(&bios, &["new", "plain"], efi);
    assert!(!alike.is_blocked(), "{:?}", alike.notices);
    has(&alike, &["<os firmware='efi'>"], &[]);
}

/// Guests of another distribution, made up: machine type, attributes of `<os>`, what is inside of it, `<features>`; and the images
/// that they start with on this host: moved as they are, chosen by libvirt, named, and as UEFI.
const MOVED: &[(&str, &str, &str, &str, &str)] = &[
    ("pc-i440fx-rhel7.6.0", "", "<boot dev='hd'/>", "", "bios bios bios 4m"),
    ("pc-q35-rhel9.4.0", "", FEDORA, "", "4m 4m 4m 4m"),
    ("pc-i440fx-rhel7.6.0", "", FEDORA, "", "4m 4m 4m 4m"),
    ("pc-q35-rhel9.4.0", "", FEDORA_KEYS, "<smm state='on'/>", "ms ms ms ms"),
    ("pc-q35-noble", "", DEBIAN_2M, "", "2m 4m 2m 2m"),
    ("pc-q35-noble", "", MIXED, "", "4m 4m 4m 4m"),
    ("pc-q35-rhel9.4.0", " firmware='efi'", OPEN, "", "4m 4m 4m 4m"),
];
const FEDORA: &str = "<loader readonly='yes' type='pflash'>/usr/share/edk2/ovmf/OVMF_CODE.fd</loader>\
    <nvram template='/usr/share/edk2/ovmf/OVMF_VARS.fd'/>";
const FEDORA_KEYS: &str = "<loader readonly='yes' secure='yes' type='pflash'>/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd</loader>\
    <nvram template='/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd'/>";
const DEBIAN_2M: &str = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>";
const MIXED: &str = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\
    <nvram template='/usr/share/edk2/ovmf/OVMF_VARS.fd'/>";
const OPEN: &str = "<firmware><feature enabled='no' name='secure-boot'/></firmware>";

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: needs libvirt and root; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn guests_start_with_the_firmware_of_their_new_host() {
    let mut files: Vec<_> = documents(&Root::new());
    for (name, _) in &mut files {
        name.insert_str(0, "hosts/here/");
    }
    for (nth, (machine, attributes, inside, features, _)) in MOVED.iter().enumerate() {
        let text =
            guest(machine, attributes, inside, features).replace(">g<", &format!(">portolan-moved-{nth}<"));
        files.push((format!("hosts/old/guests/{nth}.xml"), text.into_bytes()));
    }
    let cluster = read_files("made-up", files);
    let here = cluster.host("here").expect("this host");
    let wishes = [None, Some(FirmwareWish::Auto), Some(FirmwareWish::Explicit), Some(FirmwareWish::Efi)];
    let moved = |guest| {
        let ways = wishes.iter().map(|&firmware| {
            // By emulation: the KVM of a host that is a guest itself need not run them.
            let wish = Wish { firmware, virt_type: Some(VirtType::Qemu), ..Wish::default() };
            rewrite_guest(&cluster, guest, &[here], &wish).expect("rewritten").1.text
        });
        ways.collect::<Vec<_>>()
    };
    let all: Vec<_> = cluster.guests.iter().map(moved).collect();
    let running = started(&all.iter().flatten().cloned().collect());
    let found =
        all.iter().map(|ways| ways.iter().map(|text| word(&running[text])).collect::<Vec<_>>().join(" "));
    assert_eq!(found.collect::<Vec<_>>(), MOVED.iter().map(|row| row.4).collect::<Vec<_>>());
}
