//! `portolan rewrite` as a person meets it: standard input, output and error, exit codes, and files. Every guest is made up.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use portolan::model::VirtType;
use portolan::rewrite::{Profile, rewrite};
use tempfile::TempDir;

/// A made-up web server on i440fx.
const OFFICE: &str = include_str!("fixtures/rewrite/office.xml");

/// A guest that only gets another version of its board, which is safe; `metadata` goes into it.
fn sensor(metadata: &str) -> String {
    format!(
        "<domain type='kvm'>\n  <name>sensor</name>\n{metadata}  <memory unit='KiB'>1048576</memory>\n  <os firmware='efi'>\n    \
         <type arch='aarch64' machine='virt-99.0'>hvm</type>\n  </os>\n  <features>\n    <acpi/>\n    <gic version='3'/>\n  \
         </features>\n  <cpu mode='host-passthrough'/>\n  <devices/>\n</domain>\n"
    )
}

/// A small PC with a disk, a NIC and a serial line.
fn till(metadata: &str) -> String {
    format!(
        "<domain type='kvm'>\n  <name>till</name>\n{metadata}  <memory unit='KiB'>1048576</memory>\n  <os>\n    \
         <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  </os>\n  <features>\n    <acpi/>\n  </features>\n  \
         <cpu mode='host-passthrough'/>\n  <clock offset='utc'>\n    <timer name='hpet' present='no'/>\n  </clock>\n  <devices>\n    \
         <disk type='file' device='disk'>\n      <source file='/srv/till.raw'/>\n      <target dev='sda' bus='sata'/>\n    \
         </disk>\n    <interface type='network'>\n      <source network='shop'/>\n      <model type='e1000e'/>\n    \
         </interface>\n    <serial type='pty'/>\n  </devices>\n</domain>\n"
    )
}

/// libosinfo's metadata.
fn os(id: &str) -> String {
    format!(
        "  <metadata>\n    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\n      \
         <libosinfo:os id='{id}'/>\n    </libosinfo:libosinfo>\n  </metadata>\n"
    )
}

/// What a run said.
#[derive(Debug, PartialEq)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the program in `folder`, with `input` on standard input and these variables in its environment.
fn run(folder: &TempDir, arguments: &[&str], input: &str, environment: &[(&str, &str)]) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portolan"))
        .arg("rewrite")
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("read");
    let output = child.wait_with_output().expect("ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn said(folder: &TempDir, arguments: &[&str]) -> Said {
    run(folder, arguments, "", &[])
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// What the library makes of it.
fn rewritten(text: &str, profile: &str) -> String {
    let profile = Profile::named(profile, VirtType::Kvm).expect("a built-in profile");
    rewrite(text, &profile).expect("a domain").text
}

const ARM: [&str; 2] = ["--profile", "aarch64-virt"];

#[test]
fn the_new_xml_goes_to_standard_output_and_all_else_to_standard_error() {
    let folder = folder(&[("office.xml", OFFICE.as_bytes())]);
    let from_file = said(&folder, &["office.xml", "--profile", "aarch64-virt", "--allow-unsafe"]);
    assert_eq!((from_file.code, &from_file.out), (Some(0), &rewritten(OFFICE, "aarch64-virt")));
    insta::assert_snapshot!(from_file.err);
    let from_input = run(&folder, &["-", "--profile", "aarch64-virt", "--allow-unsafe"], OFFICE, &[]);
    assert_eq!(from_input, from_file);
    assert_eq!(names(folder.path()), ["office.xml"]);
}

#[test]
fn characters_that_terminals_do_not_show_stay_in_the_xml() {
    let text = sensor("  <title>a\u{7f}b\u{85}c</title>\r\n");
    let out = run(&folder(&[]), &["-", "--profile", "aarch64-virt"], &text, &[]).out;
    assert!(out.contains("<title>a\u{7f}b\u{85}c</title>\r\n"), "{out:?}");
    let diff = run(&folder(&[]), &["-", "--profile", "aarch64-virt", "--diff"], &text, &[]).out;
    assert!(diff.contains("   <title>a\u{7f}b\u{85}c</title>\r\n"), "{diff:?}");
}

#[test]
fn unsafe_edits_are_listed_and_written_only_where_that_is_allowed() {
    let (till, sensor) = (till(""), sensor(""));
    let folder = folder(&[("till.xml", till.as_bytes()), ("sensor.xml", sensor.as_bytes())]);
    let barred = said(&folder, &[&["till.xml"], &ARM[..]].concat());
    assert_eq!((barred.code, barred.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(barred.err);
    let safe = said(&folder, &[&["sensor.xml"], &ARM[..]].concat());
    assert_eq!((safe.code, safe.out), (Some(0), rewritten(&sensor, "aarch64-virt")));
    let both = [&["till.xml", "sensor.xml", "--output", "new"], &ARM[..]].concat();
    assert_eq!(said(&folder, &both).code, Some(1));
    assert_eq!(names(&folder.path().join("new")), ["sensor.xml"]);
    assert_eq!(said(&folder, &[&both[..], &["--allow-unsafe"]].concat()).code, Some(0));
    assert_eq!(names(&folder.path().join("new")), ["sensor.xml", "till.xml"]);
    let written = fs::read_to_string(folder.path().join("new/till.xml")).expect("readable");
    assert_eq!(written, rewritten(&till, "aarch64-virt"));
    // What writes no XML shows all of it.
    for shape in [&["--diff"][..], &["--format", "text"], &["--format", "json"]] {
        let shown = said(&folder, &[&["till.xml"], &ARM[..], shape].concat());
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(!shown.out.is_empty());
    }
    let diff = said(&folder, &[&["till.xml", "--diff", "--output", "other"], &ARM[..]].concat());
    assert!(diff.code == Some(1) && diff.out.contains("+++ b/till.xml"), "{diff:?}");
    assert!(!folder.path().join("other").exists());
}

#[test]
fn several_files_need_a_place_for_each() {
    let (office, sensor) = (OFFICE.as_bytes(), sensor(""));
    let folder = folder(&[
        ("office.xml", office),
        ("old/office.xml", office),
        ("sensor.xml", sensor.as_bytes()),
        ("blocked/sensor.xml/here", b""),
    ]);
    let no_place = said(&folder, &[&["office.xml", "sensor.xml"], &ARM[..]].concat());
    assert_eq!((no_place.code, no_place.out.as_str()), (Some(2), ""));
    let same = [&["office.xml", "old/office.xml", "--output", "new", "--allow-unsafe"], &ARM[..]].concat();
    let same = said(&folder, &same);
    assert_eq!((same.code, folder.path().join("new").exists()), (Some(2), false));
    let twice = said(&folder, &[&["office.xml", "./office.xml", "--diff"], &ARM[..]].concat());
    assert_eq!((twice.code, twice.out.as_str()), (Some(2), ""));
    let barred = said(&folder, &[&["sensor.xml", "--output", "blocked"], &ARM[..]].concat());
    assert_eq!(barred.code, Some(2));
    assert_eq!(names(&folder.path().join("blocked")), ["sensor.xml"], "nothing half-written is left");
    insta::assert_snapshot!([no_place.err, same.err, twice.err].concat());
}

#[test]
fn a_broken_file_is_told_with_its_place_and_the_others_go_on() {
    let sensor = sensor("");
    let folder = folder(&[
        ("sensor.xml", sensor.as_bytes()),
        ("latin.xml", b"<domain>\n  <name>caf\xe9</name>\n</domain>\n"),
        ("empty.xml", b"  \n"),
        ("cut.xml", &OFFICE.as_bytes()[..500]),
        ("unclosed.xml", b"<domain>\n  <name>x</name>\n"),
        ("network.xml", b"<!-- a network -->\n<network/>\n"),
        ("untyped.xml", b"<domain>\n  <name>x</name>\n</domain>\n"),
        ("folder/guest.xml", b""),
        ("last.xml", sensor.as_bytes()),
    ]);
    let files = [
        "latin.xml",
        "sensor.xml",
        "empty.xml",
        "cut.xml",
        "unclosed.xml",
        "network.xml",
        "untyped.xml",
        "folder",
        "absent.xml",
        "last.xml",
    ];
    let told = said(&folder, &[&files[..], &ARM[..], &["--output", "new"]].concat());
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
    insta::assert_snapshot!(told.err);
    assert_eq!(names(&folder.path().join("new")), ["last.xml", "sensor.xml"]);
    let alone = said(&folder, &[&["latin.xml"], &ARM[..]].concat());
    assert_eq!((alone.code, alone.err.lines().next()), (Some(2), told.err.lines().next()));
    let nothing = run(&folder, &[&["-"], &ARM[..]].concat(), "", &[]);
    assert_eq!(nothing.code, Some(2));
    assert!(nothing.err.starts_with("error: standard input:1:1: it is empty"), "{}", nothing.err);
    let pinned = ["--cpu", "new/sensor.xml"];
    assert_eq!(said(&folder, &[&["empty.xml"], &pinned[..]].concat()).code, Some(2));
}

#[test]
fn a_check_writes_nothing_and_says_which_files_would_change() {
    let (office, done) = (OFFICE.as_bytes(), rewritten(OFFICE, "aarch64-virt"));
    let sensor = sensor("");
    let files = [("office.xml", office), ("done.xml", done.as_bytes()), ("sensor.xml", sensor.as_bytes())];
    let folder = folder(&files);
    let all = [&["sensor.xml", "done.xml", "office.xml", "--check"], &ARM[..]].concat();
    let told = said(&folder, &all);
    assert_eq!((told.code, told.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(told.out);
    let nothing = said(&folder, &[&["done.xml", "--check"], &ARM[..]].concat());
    assert_eq!(nothing, Said { code: Some(0), out: String::new(), err: String::new() });
    let with_diff = said(&folder, &[&all[..], &["--diff"]].concat());
    assert!(with_diff.out.starts_with("--- a/sensor.xml\n+++ b/sensor.xml\n") && with_diff.code == Some(1));
    assert!(with_diff.err.starts_with("sensor.xml: would change (1 edit)\n"), "{}", with_diff.err);
    assert_eq!(said(&folder, &[&all[..], &["--output", "new"]].concat()).code, Some(2), "they contradict");
    let broken = said(&folder, &[&all[..], &["absent.xml"]].concat());
    assert_eq!((broken.code, broken.out), (Some(2), told.out));
    assert_eq!(names(folder.path()), ["done.xml", "office.xml", "sensor.xml"]);
    for (name, text) in files {
        assert_eq!(fs::read(folder.path().join(name)).expect("readable"), text);
    }
}

/// The old text with the replacements of a document.
fn replaced(old: &str, document: &serde_json::Value) -> String {
    let at = |one: &serde_json::Value, end: &str| {
        usize::try_from(one["span"][end]["byte"].as_u64().expect("a byte")).expect("small")
    };
    let edits = document["edits"].as_array().expect("edits");
    let mut all: Vec<&serde_json::Value> =
        edits.iter().flat_map(|edit| edit["replacements"].as_array().expect("replacements")).collect();
    all.sort_by_key(|one| (at(one, "start"), at(one, "end")));
    let (mut new, mut done) = (String::new(), 0);
    for one in all {
        new += &old[done..at(one, "start")];
        new += one["text"].as_str().expect("text");
        done = at(one, "end");
    }
    new + &old[done..]
}

#[test]
fn a_document_tells_every_edit_to_the_byte() {
    let till = till(&os("http://debian.org/debian/12"));
    let folder = folder(&[("till.xml", till.as_bytes()), ("office.xml", OFFICE.as_bytes())]);
    let json = |arguments: &[&str]| -> serde_json::Value {
        let text = said(&folder, &[arguments, &["--format", "json"], &ARM[..]].concat()).out;
        serde_json::from_str(&text).expect("JSON")
    };
    let barred = json(&["till.xml"]);
    insta::assert_json_snapshot!(barred);
    let allowed = json(&["till.xml", "--allow-unsafe"]);
    assert_eq!(allowed["xml"], rewritten(&till, "aarch64-virt"));
    assert_eq!(allowed["edits"], barred["edits"]);
    let document = json(&["office.xml"]);
    assert_eq!(replaced(OFFICE, &document), rewritten(OFFICE, "aarch64-virt"));
    for edit in document["edits"].as_array().expect("edits") {
        let start = &edit["span"]["start"];
        let byte = usize::try_from(start["byte"].as_u64().expect("a byte")).expect("small");
        let before = &OFFICE[..byte];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        assert_eq!((&start["line"], &start["column"]), (&line.into(), &column.into()), "{edit}");
    }
    let both = said(&folder, &[&["till.xml", "office.xml", "--format", "json"], &ARM[..]].concat()).out;
    let stream = serde_json::Deserializer::from_str(&both).into_iter::<serde_json::Value>();
    let guests: Vec<String> = stream.flatten().map(|one| one["guest"].to_string()).collect();
    assert_eq!(guests, ["\"till\"", "\"office\""], "in the order given");
}

#[test]
fn diffs_are_coloured_where_colours_are_wanted_only() {
    let folder = folder(&[("shop/till.xml", till("").as_bytes())]);
    let diff = |environment: &[(&str, &str)]| {
        let told = run(&folder, &[&["shop/till.xml", "--diff"], &ARM[..]].concat(), "", environment);
        assert_eq!(told.code, Some(0), "{told:?}");
        told.out
    };
    let plain = diff(&[]);
    assert!(plain.starts_with("--- a/shop/till.xml\n+++ b/shop/till.xml\n@@ ") && !plain.contains('\u{1b}'));
    let coloured = diff(&[("CLICOLOR_FORCE", "1")]);
    assert!(coloured.contains("\u{1b}[32m+"), "{coloured}");
    assert_eq!(diff(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
    let both = said(&folder, &[&["shop/till.xml", "--diff", "--format", "json"], &ARM[..]].concat());
    assert_eq!((both.code, both.out.as_str()), (Some(2), ""));
}

#[test]
fn what_the_guest_will_notice_is_told_for_its_own_system() {
    let folder = folder(&[]);
    let told = |metadata: &str| {
        let arguments = [&["-", "--reasons", "--allow-unsafe"], &ARM[..]].concat();
        run(&folder, &arguments, &till(metadata), &[]).err
    };
    let both = told("");
    insta::assert_snapshot!(both);
    let has = |text: &str| ["      Linux: ", "      Windows: "].map(|system| text.contains(system));
    assert_eq!(has(&both), [true, true]);
    assert_eq!(has(&told(&os("http://debian.org/debian/12"))), [true, false]);
    assert_eq!(has(&told(&os("http://microsoft.com/win/11"))), [false, true]);
    assert_eq!(has(&told(&os("http://freebsd.org/freebsd/14.0"))), [false, false]);
    assert_eq!(has(&told(&os("http://example.org/made-up/1"))), [true, true]);
}

#[test]
fn guests_of_an_inventory_are_held_to_the_same() {
    let sample = crate::common::repository().join("inventories/kunpeng-rollout");
    let sample = sample.to_string_lossy();
    let folder = folder(&[]);
    let to = [&*sample, "--to", "taishan-01"];
    let with = |more: &[&str]| said(&folder, &[&to[..], more].concat());
    let barred = with(&["--guest", "web-01"]);
    assert_eq!((barred.code, barred.out.as_str()), (Some(1), ""));
    assert!(barred.err.contains("web-01: not written, for "), "{}", barred.err);
    assert_eq!(with(&["--guest", "build-arm-02"]).code, Some(0), "another version of its board is safe");
    let checked = with(&["--guest", "build-arm-02", "--guest", "web-01", "--check"]);
    assert_eq!(checked.code, Some(1));
    let changed: Vec<&str> = checked.out.lines().filter_map(|line| line.split(": ").next()).collect();
    let paths = ["hosts/taishan-01/guests/build-arm-02.xml", "hosts/xeon-hsw-01/guests/web-01.xml"];
    assert_eq!(changed, paths);
    let several = with(&[]);
    assert_eq!((several.code, several.out.as_str()), (Some(2), ""));
    let written = with(&["--guest", "build-arm-02", "--guest", "web-01", "--output", "new"]);
    assert_eq!((written.code, written.out.as_str()), (Some(1), ""));
    assert_eq!(names(&folder.path().join("new")), ["build-arm-02.xml"]);
    let pinned = said(&folder, &[&*sample, "--baseline", "--diff"]);
    assert!(pinned.code.is_some_and(|code| code < 2), "{pinned:?}");
}

#[test]
fn the_help_has_examples_and_every_part() {
    let help = said(&folder(&[]), &["--help"]);
    assert_eq!(help.code, Some(0));
    for part in portolan::rewrite::Part::ALL {
        assert!(help.out.contains(&format!("- {}:", part.name())), "{}", help.out);
    }
    assert!(help.out.contains("virsh dumpxml --inactive web | portolan rewrite - --profile"), "{}", help.out);
    let strange = said(&folder(&[]), &[&["x.xml", "--only", "cpus"], &ARM[..]].concat());
    assert!(strange.code == Some(2) && strange.err.contains("a similar value exists: 'cpu'"), "{strange:?}");
}
