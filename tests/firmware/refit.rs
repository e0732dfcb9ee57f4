//! Guests of all kinds of firmware, said another way, defined and started.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use portolan::ingest::read_files;
use portolan::model::{Cluster, Guest, VirtType};
use portolan::rewrite::{Board, FirmwareWish, Profile, Rewrite, refit_firmware, rewrite};
use portolan::text::xml::Document;

use crate::common;
use crate::corpus_rewrite::virsh::{Root, errors};

/// A guest, made up: its name, architecture and machine type, attributes of `<os>`, what is inside of it, and `<features>`; and
/// the images that it starts with: as it is, chosen by libvirt, named, as UEFI, and on ARM. `=` is left as it is, `!` is
/// that for a reason that blocks, `none` does not start.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const ACPI: &str = "<features><acpi/></features>";
const SMM: &str = "<features><acpi/><smm state='on'/></features>";
const OVMF_2M: &str = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>";
const OVMF_4M: &str = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\
                       <nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'/>";
const OVMF_MS: &str =
    "<loader readonly='yes' secure='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.ms.fd</loader>";
const OVMF_SECURE: &str =
    "<loader readonly='yes' secure='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.secboot.fd</loader>";
const AAVMF: &str = "<loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>";
const AAVMF_MS: &str = "<loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.ms.fd</loader>\
                        <nvram template='/usr/share/AAVMF/AAVMF_VARS.ms.fd'/>";
const OPEN: &str = "<firmware><feature enabled='no' name='secure-boot'/></firmware>";
const KEYS: &str = "<firmware><feature enabled='yes' name='enrolled-keys'/>\
                    <feature enabled='yes' name='secure-boot'/></firmware>";
const NO_KEYS: &str = "<firmware><feature enabled='no' name='enrolled-keys'/>\
                       <feature enabled='yes' name='secure-boot'/></firmware>";
const EFI: &str = " firmware='efi'";

const GUESTS: &[Row] = &[
    ("bios-pc", "x86_64", "pc-i440fx-7.2", "", "", ACPI, "bios = = 4m arm"),
    ("bios-pc-without-features", "x86_64", "pc", "", "<boot dev='hd'/>", "", "bios = = 4m arm"),
    ("bios-q35", "x86_64", "q35", "", "", ACPI, "bios = = 4m arm"),
    ("bios-q35-chosen", "x86_64", "pc-q35-6.2", " firmware='bios'", "", ACPI, "none = ! 4m arm"),
    (
        "bios-rom",
        "x86_64",
        "pc-q35-7.2",
        "",
        "<loader type='rom'>/usr/share/seabios/bios-256k.bin</loader>",
        ACPI,
        "rom = = 4m arm",
    ),
    ("2m-pc", "x86_64", "pc-i440fx-7.2", "", OVMF_2M, ACPI, "2m 4m = = arm"),
    ("2m-q35", "x86_64", "pc-q35-7.2", "", OVMF_2M, ACPI, "2m 4m = = arm"),
    ("4m-pc", "x86_64", "pc", "", OVMF_4M, ACPI, "4m 4m = = arm"),
    ("4m-q35", "x86_64", "pc-q35-7.2", "", OVMF_4M, ACPI, "4m 4m = = arm"),
    ("enrolled-q35", "x86_64", "pc-q35-7.2", "", OVMF_MS, SMM, "ms ms = = arm-ms"),
    ("secure-q35", "x86_64", "q35", "", OVMF_SECURE, SMM, "secure secure = = arm"),
    ("auto-pc", "x86_64", "pc-i440fx-7.2", EFI, "", ACPI, "4m = 4m = arm"),
    ("auto-q35", "x86_64", "pc-q35-7.2", EFI, "", ACPI, "ms = ms = arm"),
    ("auto-q35-open", "x86_64", "q35", EFI, OPEN, ACPI, "4m = 4m = arm"),
    ("auto-q35-keys", "x86_64", "pc-q35-7.2", EFI, KEYS, ACPI, "ms = ms = arm-ms"),
    ("auto-q35-no-keys", "x86_64", "pc-q35-7.2", EFI, NO_KEYS, SMM, "secure = secure = arm"),
    ("arm", "aarch64", "virt-7.2", "", AAVMF, ACPI, "arm arm = = ="),
    ("arm-enrolled", "aarch64", "virt-7.2", "", AAVMF_MS, ACPI, "arm-ms arm-ms = = ="),
    ("arm-auto", "aarch64", "virt", EFI, "", ACPI, "arm-ms = arm-ms = arm-ms"),
    ("arm-auto-open", "aarch64", "virt-7.2", EFI, OPEN, ACPI, "arm = arm = ="),
    ("arm-auto-keys", "aarch64", "virt-7.2", EFI, KEYS, ACPI, "arm-ms = arm-ms = ="),
    ("arm-auto-no-keys", "aarch64", "virt-7.2", EFI, NO_KEYS, ACPI, "none = ! = ="),
];

fn text((name, arch, machine, of_os, inside, features, _): &Row) -> String {
    let cpu = if *arch == "aarch64" { "<cpu mode='custom'><model>cortex-a57</model></cpu>" } else { "" };
    format!(
        "<domain type='qemu'><name>portolan-{name}</name><memory>65536</memory><os{of_os}><type arch='{arch}' \
         machine='{machine}'>hvm</type>{inside}</os>{features}{cpu}</domain>"
    )
}

/// The documents of this host.
pub(super) fn documents(driver: &Root) -> Vec<(String, Vec<u8>)> {
    let ask = |command: &str| {
        let said = &driver.ask(&[vec![command.to_owned()]])[0][0];
        let start = said.find('<').or_else(|| said.find("Compiled")).expect("an answer");
        said[start..].to_owned()
    };
    let offers =
        |arch, machine| ask(&format!("domcapabilities --virttype qemu --arch {arch} --machine {machine}"));
    let listed = Command::new("dpkg").args(["-L", "ovmf", "qemu-efi-aarch64"]).output().expect("dpkg runs");
    let mut files = vec![
        ("capabilities.xml".to_owned(), ask("capabilities").into_bytes()),
        ("version.txt".to_owned(), ask("version").into_bytes()),
        ("domcapabilities/pc.xml".to_owned(), offers("x86_64", "pc").into_bytes()),
        ("domcapabilities/q35.xml".to_owned(), offers("x86_64", "q35").into_bytes()),
        ("domcapabilities/virt.xml".to_owned(), offers("aarch64", "virt").into_bytes()),
        ("firmware/packages.txt".to_owned(), listed.stdout),
    ];
    for path in common::files(Path::new("/usr/share/qemu/firmware"), &|_| true) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((format!("firmware/{name}"), fs::read(path).expect("readable")));
    }
    files
}

/// This host with these guests, by name.
fn inventory(documents: &[(String, Vec<u8>)], guests: &[(String, String)]) -> Cluster {
    let of_host = |(name, text): &(String, Vec<u8>)| (format!("hosts/here/{name}"), text.clone());
    let guest = |(name, text): &(String, String)| {
        (format!("hosts/here/guests/{name}.xml"), text.clone().into_bytes())
    };
    read_files("made-up", documents.iter().map(of_host).chain(guests.iter().map(guest)).collect())
}

/// What a guest has when it runs: the image, and what its variables were made from. Or why it does not.
pub(super) type Running = Result<(String, String), String>;

/// What becomes of each of these definitions when it is defined and started, three at a time.
pub(super) fn started(texts: &BTreeSet<String>) -> BTreeMap<String, Running> {
    let shares = (0..3).map(|worker| texts.iter().skip(worker).step_by(3).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares.map(|share| scope.spawn(move || started_by_one(&share))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    })
}

fn started_by_one(texts: &[&String]) -> Vec<(String, Running)> {
    let driver = Root::new();
    let talk = |(nth, text): (usize, &&String)| {
        let file = driver.path().join(format!("guest-{nth}.xml"));
        fs::write(&file, text).expect("written");
        let document = Document::parse(text).expect("XML");
        let name = document.root().child("name").expect("a name").text().into_owned();
        let define = format!("define --validate {}", file.display());
        let rest = ["start --paused", "dumpxml", "destroy", "undefine --nvram"];
        std::iter::once(define).chain(rest.map(|command| format!("{command} {name}"))).collect()
    };
    let said = driver.ask(&texts.iter().enumerate().map(talk).collect::<Vec<_>>());
    texts.iter().zip(said).map(|(text, answers)| ((*text).clone(), running(&answers))).collect()
}

fn running(answers: &[String]) -> Running {
    if let Some(error) = answers[..2].iter().find_map(|answer| errors(answer)) {
        return Err(error);
    }
    let start = answers[2].find("<domain").expect("a domain");
    let end = answers[2].rfind("</domain>").expect("its end") + "</domain>".len();
    let document = Document::parse(&answers[2][start..end]).expect("XML");
    let os = document.root().child("os").expect("an <os>");
    let file_name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let loader = os.child("loader").map(|loader| file_name(&loader.text())).unwrap_or_default();
    let template = os.child("nvram").and_then(|nvram| nvram.value("template").map(|path| file_name(&path)));
    Ok((loader, template.unwrap_or_default()))
}

const WISHES: [(&str, FirmwareWish); 3] =
    [("auto", FirmwareWish::Auto), ("explicit", FirmwareWish::Explicit), ("efi", FirmwareWish::Efi)];

/// A guest said in each way, and on ARM.
fn outcomes(cluster: &Cluster, name: &str) -> Vec<(&'static str, Rewrite)> {
    let (guest, host) = (of(cluster, name), &cluster.hosts[0]);
    let refit = |(way, wish)| (way, refit_firmware(cluster, guest, host, wish).expect("a domain").1);
    let board = Board::virt(VirtType::Qemu);
    let profile = Profile::for_host(&host.name, &host.platform, &board).expect("a host with ARM");
    let arm = rewrite(&cluster.sources.get(guest.source).text, &profile).expect("a domain");
    WISHES.into_iter().map(refit).chain([("arm", arm)]).collect()
}

fn of<'c>(cluster: &'c Cluster, name: &str) -> &'c Guest {
    cluster.guests.iter().find(|guest| guest.name == name).expect("read")
}

/// The image and the template of its variables, in a word. Those of one make are always together.
const PAIRS: &[(&str, &str, &str)] = &[
    ("bios", "", ""),
    ("rom", "bios-256k.bin", ""),
    // By the pairs that are built into libvirt, which it does not write down.
    ("2m", "OVMF_CODE.fd", ""),
    ("4m", "OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
    ("ms", "OVMF_CODE_4M.ms.fd", "OVMF_VARS_4M.ms.fd"),
    ("secure", "OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.fd"),
    ("arm", "AAVMF_CODE.fd", "AAVMF_VARS.fd"),
    ("arm-ms", "AAVMF_CODE.ms.fd", "AAVMF_VARS.ms.fd"),
];

pub(super) fn word(running: &Running) -> &str {
    let pair = |(loader, template): &(String, String)| {
        let found = PAIRS.iter().find(|(_, code, vars)| code == loader && vars == template);
        found.map_or("a pair that is not one", |(word, ..)| *word)
    };
    running.as_ref().map_or("none", pair)
}

fn is_blocked(rewrite: &Rewrite) -> bool {
    rewrite.notices.iter().any(|notice| notice.blocks)
}

/// Rewriting twice changes nothing.
fn assert_settled(documents: &[(String, Vec<u8>)], outcomes: &[(String, &'static str, String)]) {
    for way in ["auto", "explicit", "efi", "arm"] {
        let of_way = outcomes.iter().filter(|(_, one, _)| *one == way);
        let guests: Vec<_> = of_way.map(|(name, _, text)| (name.clone(), text.clone())).collect();
        let cluster = inventory(documents, &guests);
        for (name, text) in guests {
            let again =
                self::outcomes(&cluster, &name).into_iter().find(|(one, _)| *one == way).expect("an outcome");
            assert_eq!(again.1.text, text, "{name} to {way} twice");
        }
    }
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: needs libvirt and root; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn guests_start_with_their_firmware_said_another_way() {
    let documents = documents(&Root::new());
    let guests: Vec<_> = GUESTS.iter().map(|row| (format!("portolan-{}", row.0), text(row))).collect();
    let cluster = inventory(&documents, &guests);
    let mut all = Vec::new();
    for (name, _) in &guests {
        all.extend(outcomes(&cluster, name).into_iter().map(|(way, done)| (name.clone(), way, done)));
    }
    let texts = guests.iter().map(|(_, text)| text).chain(all.iter().map(|(_, _, done)| &done.text));
    let running = started(&texts.cloned().collect());
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (row, (name, old)) in GUESTS.iter().zip(&guests) {
        let ways = all.iter().filter(|(one, ..)| one == name).map(|(_, _, done)| match done.text == *old {
            true if is_blocked(done) => "!",
            true => "=",
            false => word(&running[&done.text]),
        });
        let found: Vec<&str> = std::iter::once(word(&running[old])).chain(ways).collect();
        count += found.iter().filter(|word| !["=", "!", "none"].contains(word)).count();
        if found.join(" ") != row.6 {
            wrong.push(format!("{name}: {found:?}, but expected {}", row.6));
        }
    }
    println!("{count} definitions start, of {} guests", guests.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_settled(
        &documents,
        &all.into_iter().map(|(name, way, done)| (name, way, done.text)).collect::<Vec<_>>(),
    );
}
