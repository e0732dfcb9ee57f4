//! Guests and hosts here are made up.

use super::super::{
    FirmwareChoice, FirmwareFiles, FirmwareWish, Profile, Rewrite, Wish, refit_firmware, rewrite_guest,
};
use crate::ingest::read_files;
use crate::model::{Cluster, VirtType};

const PC: &str = "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>\
    <arch name='x86_64'><emulator>/usr/bin/qemu-system-x86_64</emulator><machine>pc-i440fx-7.2</machine>\
    <machine canonical='pc-q35-7.2'>q35</machine><machine>pc-q35-7.2</machine><domain type='kvm'/></arch></guest></capabilities>";
const ARM: &str = "<capabilities><host><cpu><arch>aarch64</arch></cpu></host><guest><os_type>hvm</os_type>\
    <arch name='aarch64'><emulator>/usr/bin/qemu-system-aarch64</emulator><machine>virt-7.2</machine>\
    <domain type='kvm'/></arch></guest></capabilities>";

/// A descriptor of `CODE` and `VARS` in `folder` for one architecture and machine type, with these features.
fn descriptor(code: &str, vars: &str, target: (&str, &str), features: &str) -> String {
    let (arch, machine) = target;
    format!(
        r#"{{"interface-types": ["uefi"], "mapping": {{"device": "flash",
           "executable": {{"filename": "/fw/{code}", "format": "raw"}},
           "nvram-template": {{"filename": "/fw/{vars}", "format": "raw"}}}},
           "targets": [{{"architecture": "{arch}", "machines": ["{machine}"]}}], "features": [{features}]}}"#
    )
}

/// A host of libvirt 9.0 with these documents, and the guest on it.
fn cluster(capabilities: &str, documents: &[(&str, &str)], os: &str) -> Cluster {
    let guest = format!(
        "<domain type='kvm'>\n  <name>g</name>\n  {os}\n  <features>\n    <acpi/>\n  </features>\n</domain>\n"
    );
    let usual = [
        ("capabilities.xml", capabilities),
        ("version.txt", "Using library: libvirt 9.0.0\n"),
        ("guests/g.xml", &guest),
    ];
    let file = |(name, text): &(&str, &str)| (format!("hosts/h/{name}"), text.as_bytes().to_vec());
    read_files("made-up", usual.iter().chain(documents).map(file).collect())
}

fn refit(cluster: &Cluster, wish: FirmwareWish) -> Rewrite {
    refit_firmware(cluster, &cluster.guests[0], &cluster.hosts[0], wish).unwrap().1
}

fn to_arm(cluster: &Cluster) -> (Profile, Rewrite) {
    let wish = Wish { virt_type: Some(VirtType::Kvm), ..Wish::default() };
    rewrite_guest(cluster, &cluster.guests[0], &[&cluster.hosts[0]], &wish).unwrap()
}

fn os(attributes: &str, kind: &str, inside: &str) -> String {
    format!("<os{attributes}>\n    <type {kind}>hvm</type>\n    {inside}\n  </os>")
}

const Q35: &str = "arch='x86_64' machine='q35'";
const LOADER: &str =
    "<loader readonly='yes' type='pflash'>/fw/CODE.fd</loader>\n    <nvram>/vars/g.fd</nvram>";

#[test]
fn a_file_that_is_named_is_chosen_where_it_would_be() {
    let plain = descriptor("CODE.fd", "VARS.fd", ("x86_64", "pc-q35-*"), "");
    let keys = descriptor("K.fd", "K.vars", ("x86_64", "pc-q35-*"), r#""secure-boot", "enrolled-keys""#);
    let documents = [("firmware/40.json", keys.as_str()), ("firmware/60.json", plain.as_str())];
    let done = refit(&cluster(PC, &documents, &os("", Q35, LOADER)), FirmwareWish::Auto);
    assert!(done.text.contains("<os firmware='efi'>") && done.text.contains("<nvram>/vars/g.fd</nvram>"));
    assert!(done.text.contains("<feature enabled='no' name='secure-boot'/>"), "{}", done.text);
    assert!(done.steps.is_empty() && !done.is_blocked(), "{done:?}");
}

#[test]
fn another_file_than_the_one_named_needs_fresh_variables() {
    let other = descriptor("CODE_4M.fd", "VARS_4M.fd", ("x86_64", "pc-q35-*"), "");
    let done = refit(&cluster(PC, &[("firmware/60.json", &other)], &os("", Q35, LOADER)), FirmwareWish::Auto);
    assert!(done.steps.iter().any(|step| step.text.contains("--reset-nvram")), "{done:?}");
}

#[test]
fn what_would_be_chosen_is_not_guessed() {
    let cluster = cluster(PC, &[], &os("", Q35, LOADER));
    let done = refit(&cluster, FirmwareWish::Auto);
    assert!(done.is_blocked() && done.edits.is_empty(), "{done:?}");
    assert!(done.notices[0].text.contains("firmware/NAME.json"), "{:?}", done.notices);
}

#[test]
fn keys_that_nobody_tells_of_are_not_guessed() {
    let keys = descriptor(
        "S.fd",
        "K.vars",
        ("x86_64", "pc-q35-*"),
        r#""secure-boot", "enrolled-keys", "requires-smm""#,
    );
    let none = descriptor("S.fd", "VARS.fd", ("x86_64", "pc-q35-*"), r#""secure-boot", "requires-smm""#);
    let both = [("firmware/40.json", keys.as_str()), ("firmware/50.json", none.as_str())];
    let loader = "<loader readonly='yes' secure='yes' type='pflash'>/fw/S.fd</loader>";
    let guest = |nvram: &str| os("", Q35, &format!("{loader}{nvram}"));
    for documents in
        [&both[..], &[("firmware/60.json", descriptor("CODE.fd", "V", ("x86_64", "pc-q35-*"), "").as_str())]]
    {
        let done = refit(&cluster(PC, documents, &guest("")), FirmwareWish::Auto);
        assert!(done.is_blocked() && done.edits.is_empty(), "{done:?}");
    }
    let done = refit(&cluster(PC, &both, &guest("<nvram template='/fw/VARS.fd'/>")), FirmwareWish::Auto);
    assert!(done.text.contains("<feature enabled='no' name='enrolled-keys'/>"), "{}", done.text);
}

#[test]
fn a_descriptor_of_a_file_that_is_not_there_serves_nobody() {
    let lost = descriptor("LOST.fd", "VARS.fd", ("x86_64", "pc-q35-*"), "");
    let documents =
        [("firmware/60.json", lost.as_str()), ("firmware/packages.txt", "/fw\n/fw/CODE.fd\n/fw/VARS.fd\n")];
    let done = refit(&cluster(PC, &documents, &os(" firmware='efi'", Q35, "")), FirmwareWish::Explicit);
    assert!(done.is_blocked() && done.edits.is_empty(), "{done:?}");
    assert!(done.notices[0].text.contains("not on the host"), "{:?}", done.notices);
}

#[test]
fn what_needs_smm_is_named_with_it() {
    let secure = descriptor("S.fd", "VARS.fd", ("x86_64", "pc-q35-*"), r#""secure-boot", "requires-smm""#);
    let cluster = cluster(PC, &[("firmware/50.json", &secure)], &os(" firmware='efi'", Q35, ""));
    let done = refit(&cluster, FirmwareWish::Explicit);
    assert!(
        done.text.contains("<loader readonly='yes' secure='yes' type='pflash'>/fw/S.fd</loader>"),
        "{}",
        done.text
    );
    assert!(done.text.contains("<nvram template='/fw/VARS.fd'/>") && done.text.contains("<smm state='on'/>"));
    assert!(!done.text.contains("firmware="));
}

#[test]
fn a_bios_becomes_uefi_with_steps() {
    let plain = descriptor("CODE.fd", "VARS.fd", ("x86_64", "pc-i440fx-*"), "");
    let pc = os("", "arch='x86_64' machine='pc-i440fx-7.2'", "<boot dev='hd'/>");
    let done = refit(&cluster(PC, &[("firmware/60.json", &plain)], &pc), FirmwareWish::Efi);
    assert!(
        done.text.contains("<os firmware='efi'>") && done.text.contains("<boot dev='hd'/>"),
        "{}",
        done.text
    );
    assert_eq!(done.steps.len(), 2, "{:?}", done.steps);
    let none = refit(&cluster(PC, &[("firmware/60.json", &plain)], &os("", Q35, "")), FirmwareWish::Efi);
    assert!(none.is_blocked() && none.edits.is_empty(), "{none:?}");
}

const SECURE: &str = "<firmware>\n      <feature enabled='yes' name='secure-boot'/>\n    </firmware>";

#[test]
fn secure_boot_is_kept_where_it_is_certain() {
    let plain = descriptor("CODE.fd", "VARS.fd", ("aarch64", "virt-*"), "");
    let keys = descriptor("K.fd", "K.raw", ("aarch64", "virt-*"), r#""secure-boot", "enrolled-keys""#);
    let unseen = [("firmware/40.json", keys.as_str()), ("firmware/60.json", plain.as_str())];
    let guest = os(" firmware='efi'", Q35, SECURE);
    let (profile, done) = to_arm(&cluster(ARM, &unseen, &guest));
    assert_eq!((profile.firmware, profile.secure_firmware), (Some(FirmwareChoice::Automatic), None));
    assert!(done.text.contains("<feature enabled='no' name='secure-boot'/>"), "{}", done.text);
    assert!(done.steps.iter().any(|step| step.rule == "secure-boot"), "{:?}", done.steps);
    let listing = ("firmware/packages.txt", "/fw/K.fd\n/fw/K.raw\n/fw/CODE.fd\n/fw/VARS.fd\n");
    let (_, done) = to_arm(&cluster(ARM, &[unseen[0], unseen[1], listing], &guest));
    assert!(done.text.contains("<feature enabled='yes' name='enrolled-keys'/>"), "{}", done.text);
    assert!(done.steps.iter().all(|step| step.rule != "secure-boot"), "{:?}", done.steps);
}

#[test]
fn firmware_is_named_where_libvirt_would_choose_one_with_keys() {
    let keys = descriptor("K.fd", "K.raw", ("aarch64", "virt-*"), r#""secure-boot", "enrolled-keys""#);
    let conf = (
        "qemu.conf",
        "nvram = [ \"/fw/QEMU_EFI.fd:/fw/VARS.fd\", \"/fw/AAVMF_CODE.fd:/fw/AAVMF_VARS.fd\" ]\n",
    );
    let (profile, _) = to_arm(&cluster(ARM, &[("firmware/40.json", &keys), conf], &os("", Q35, "")));
    let padded = FirmwareFiles::raw("/fw/AAVMF_CODE.fd", "/fw/AAVMF_VARS.fd");
    assert_eq!(profile.firmware, Some(FirmwareChoice::Explicit(padded)));
}

#[test]
fn an_image_that_is_lost_or_does_not_fit_is_not_left_so() {
    let virt = "arch='aarch64' machine='virt-7.2'";
    let plain = descriptor("CODE.fd", "VARS.fd", ("aarch64", "virt-*"), "");
    let lost = os("", virt, "<loader readonly='yes' type='pflash'>/old/CODE.fd</loader>");
    let (_, done) = to_arm(&cluster(ARM, &[("firmware/60.json", &plain)], &lost));
    assert!(done.edits.iter().any(|edit| edit.rule == "loader-absent"), "{:?}", done.edits);
    assert!(done.text.contains("<os firmware='efi'>") && !done.text.contains("/old/"), "{}", done.text);
    let small = descriptor("QEMU_EFI.fd", "VARS.fd", ("aarch64", "virt-*"), "");
    let short = os("", virt, "<loader readonly='yes' type='pflash'>/fw/QEMU_EFI.fd</loader>");
    let (_, done) = to_arm(&cluster(ARM, &[("firmware/60.json", &small)], &short));
    assert!(done.is_blocked() && done.text.contains("/fw/QEMU_EFI.fd"), "{done:?}");
}
