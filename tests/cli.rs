//! The command line as a person meets it.

use crate::samples::{portolan, printed};

/// What the program prints on a terminal so many columns wide, with or without colours.
fn checked(sample: &str, columns: u16, more: &[&str]) -> String {
    let inventory = format!("inventories/{sample}");
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_portolan"));
    program.args(["check", &inventory]).args(more).current_dir(crate::common::repository());
    let output = program.env("COLUMNS", columns.to_string()).output().expect("runs");
    assert!(output.status.code().is_some_and(|code| code <= 1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no progress where there is no terminal");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn checks_read_well_at_any_width_with_and_without_colours() {
    let samples = [("captured", "archive"), ("kunpeng-rollout", "vdi-01"), ("two-generations", "rtp-01")];
    for (sample, guest) in samples {
        for columns in [80, 200] {
            let plain = checked(sample, columns, &[]);
            let wide = |line: &&str| line.chars().count() > usize::from(columns) && line.trim().contains(' ');
            assert_eq!(plain.lines().find(wide), None, "{sample} at {columns}");
            insta::assert_snapshot!(format!("check-{sample}-{columns}"), plain);
            let one = checked(sample, columns, &["--color=always", "--guest", guest]);
            insta::assert_snapshot!(
                format!("check-{sample}-{columns}-coloured"),
                one.replace('\u{1b}', "ESC")
            );
        }
    }
}

#[test]
fn as_much_is_said_as_is_wanted() {
    let said = |more: &[&str]| checked("captured", 80, more);
    let (quiet, usual) = (said(&["--quiet"]), said(&[]));
    assert!(usual.starts_with(&quiet) && quiet.lines().count() < 40);
    let check = ["check", "inventories/captured", "--guest", "archive", "--verbose"];
    insta::assert_snapshot!(printed(&check, &[0, 1]));
    let told = String::from_utf8_lossy(&portolan(&check).stderr).into_owned();
    assert!(told.contains("reading the inventory: "), "{told}");
    assert!(complaint(&["check", "inventories/captured", "-q", "-v"]).contains("cannot be used with"));
}

#[test]
fn colours_are_used_as_the_environment_and_the_option_say() {
    let colours = |variable: &str, more: &[&str]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_portolan"));
        program.args(["check", "inventories/captured"]).args(more).env(variable, "1");
        let output = program.current_dir(crate::common::repository()).output().expect("runs");
        String::from_utf8_lossy(&output.stdout).contains('\u{1b}')
    };
    assert!(colours("CLICOLOR_FORCE", &[]) && !colours("CLICOLOR_FORCE", &["--color", "never"]));
    assert!(!colours("NO_COLOR", &[]) && colours("NO_COLOR", &["--color", "always"]));
    assert!(complaint(&["chek", "--color", "always"]).contains("\u{1b}[1m"), "clap speaks in colours, too");
}

#[test]
fn shells_and_man_are_served() {
    for (shell, says) in
        [("bash", "complete -F _portolan"), ("zsh", "#compdef portolan"), ("fish", "complete -c portolan")]
    {
        let script = printed(&["completions", shell], &[0]);
        assert!(script.contains(says) && script.contains("explain"), "{shell}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    printed(&["man", "--output", &folder.path().to_string_lossy()], &[0]);
    let pages = crate::common::files(folder.path(), &|_| true);
    let page = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a page");
    assert!(pages.len() > 15, "a page for each command: {pages:?}");
    assert_eq!(page("portolan.1"), printed(&["man"], &[0]));
    assert!(page("portolan-check.1").contains("portolan check inventories/captured"), "with its examples");
    assert!(page("portolan-cpu-baseline.1").contains(".TH portolan-cpu-baseline 1"));
    assert!(page("portolan-plan.1").contains(".SH EXAMPLES"));
}

#[test]
fn every_help_teaches_by_an_example() {
    let alone = portolan(&[]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&alone.stderr).contains("portolan check inventories/kunpeng-rollout"));
    insta::assert_snapshot!(printed(&["--help"], &[0]));
}

#[test]
fn mistakes_are_told_with_the_line_and_what_to_do() {
    let mistakes = [
        &["check", "inventories/captued"][..],
        &["check", "inventories/captured", "--host", "somewhere"],
        &["plan", "inventories/captured", "--intent", "drain lba1"],
        &["plan", "inventories/captured", "--intent", "drian lab1"],
        &["verify", "reports/captured/pln.json", "--inventory", "inventories/captured"],
        &["verify", "tests/abi/virt.xml", "--inventory", "inventories/captured"],
        &["abi", "inventories/captured/cluster.toml", "tests/abi/virt.xml"],
        &["schema", "plam"],
    ];
    let told =
        mistakes.map(|arguments| format!("$ portolan {}\n{}\n", arguments.join(" "), complaint(arguments)));
    insta::assert_snapshot!(told.concat());
}

#[test]
fn a_broken_document_is_quoted() {
    let folder = tempfile::tempdir().expect("a folder");
    let guests = folder.path().join("hosts/made-up/guests");
    std::fs::create_dir_all(&guests).expect("made");
    std::fs::write(guests.join("web.xml"), "<domain type='kvm'>\n  <name>web</nam>\n</domain>\n")
        .expect("written");
    std::fs::write(folder.path().join("cluster.toml"), "name = 'made-up'\n[limits]\nmoves_per_hots = 2\n")
        .expect("written");
    insta::assert_snapshot!(printed(&["check", &folder.path().to_string_lossy()], &[0, 1]));
}

fn complaint(arguments: &[&str]) -> String {
    let output = portolan(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_cell_of_the_chart_is_explained_with_its_lines() {
    let text = printed(&["explain", "inventories/kunpeng-rollout", "build-arm-02", "taishan-02"], &[1]);
    insta::assert_snapshot!(text);
    let text = printed(&["explain", "inventories/kunpeng-rollout", "cache-01", "xeon-hsw-01"], &[1]);
    insta::assert_snapshot!(text);
    let text = printed(&["explain", "inventories/kunpeng-rollout", "mail-01", "taishan-01"], &[0]);
    insta::assert_snapshot!(text);
}

#[test]
fn the_way_back_and_a_reboot_there_are_told() {
    let cells = [
        ("two-generations", "db-01", "clx-01"),
        ("two-generations", "pin-01", "clx-01"),
        ("two-generations", "erp-01", "epyc-01"),
        ("captured", "web", "lab3"),
        ("captured", "archive", "lab3"),
        ("kunpeng-rollout", "build-arm-01", "taishan-02"),
    ];
    for (inventory, guest, host) in cells {
        let told = printed(&["explain", &format!("inventories/{inventory}"), guest, host], &[0, 1]);
        let from =
            told.find("\nThe way back").or_else(|| told.find("\nAfter a reboot")).unwrap_or(told.len());
        insta::assert_snapshot!(format!("{}{}", told.lines().next().unwrap_or_default(), &told[from..]));
    }
    let explain = ["explain", "inventories/two-generations", "db-01", "clx-01", "--format", "json"];
    let told: serde_json::Value = serde_json::from_str(&printed(&explain, &[0])).expect("JSON");
    assert_eq!(told["guests"][0]["verdicts"][0]["return"][0]["live"], "yes");
    assert_eq!((&told["way_back"][1]["after"], &told["way_back"][1]["live"]), (&"cold".into(), &"no".into()));
    insta::assert_json_snapshot!(told["reboot"]);
}

#[test]
fn one_guest_is_checked() {
    insta::assert_snapshot!(printed(&["check", "inventories/two-generations", "--guest", "db-02"], &[0, 1]));
    insta::assert_snapshot!(printed(
        &["check", "inventories/captured", "--guest", "late", "--host", "lab1"],
        &[0, 1]
    ));
    let one_way = ["check", "inventories/captured", "--guest", "archive"];
    insta::assert_snapshot!(printed(&one_way, &[0, 1]));
}

#[test]
fn a_check_is_filtered() {
    let check = ["check", "inventories/two-generations", "--guest", "db-02"];
    let with = |more: &[&str]| printed(&[&check[..], more].concat(), &[1]);
    insta::assert_snapshot!(with(&["--mode", "cold", "--severity", "blocker"]));
    let one = with(&["--rule", "local-disk"]);
    assert!(one.contains("(local-disk") && !one.contains("cpu-model-unusable"));
    assert!(
        complaint(&["check", "inventories/captured", "--rule", "local-dsik"])
            .contains("did you mean 'local-disk'?")
    );
}

#[test]
fn a_check_is_written_for_other_programs() {
    let check = |format: &str| {
        printed(&["check", "inventories/two-generations", "--guest", "db-02", "--format", format], &[1])
    };
    let sarif: serde_json::Value = serde_json::from_str(&check("sarif")).expect("JSON");
    let results = &sarif["runs"][0]["results"];
    let fingerprints: std::collections::BTreeSet<_> = results
        .as_array()
        .expect("results")
        .iter()
        .map(|one| one["partialFingerprints"].to_string())
        .collect();
    assert_eq!(fingerprints.len(), results.as_array().map_or(0, Vec::len), "each has its own");
    insta::assert_json_snapshot!(results);
    let junit = check("junit");
    roxmltree::Document::parse(&junit).expect("well-formed");
    insta::assert_snapshot!(junit);
}

#[test]
fn rules_are_listed_and_explained() {
    insta::assert_snapshot!(printed(&["explain"], &[0]));
    insta::assert_snapshot!(printed(&["explain", "arm-custom-cpu-model"], &[0]));
    assert!(complaint(&["explain", "arm-custom-cpu-modle"]).contains("did you mean 'arm-custom-cpu-model'?"));
}

#[test]
fn baselines_and_graphs_are_printed() {
    insta::assert_snapshot!(printed(&["baseline", "inventories/two-generations"], &[0]));
    insta::assert_snapshot!(printed(&["baseline", "inventories/kunpeng-rollout", "--format", "xml"], &[0]));
    insta::assert_snapshot!(printed(&["graph", "inventories/captured"], &[0]));
}

#[test]
fn plans_are_printed_and_verified() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_string_lossy().into_owned();
    let text = printed(&["plan", "inventories/two-generations", "--output", &output], &[0, 1]);
    insta::assert_snapshot!(text.replace(&output, "OUTPUT"));
    let plan = folder.path().join("plan.json").to_string_lossy().into_owned();
    printed(&["verify", &plan, "--inventory", "inventories/two-generations"], &[0]);
    printed(&["verify", &plan, "--inventory", "inventories/captured"], &[1]);
}

#[test]
fn a_changed_abi_is_shown_with_the_lines_of_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = ("tests/abi/virt.xml", folder.path().join("new.xml"));
    let text = std::fs::read_to_string(crate::common::repository().join(old)).expect("readable");
    let changes =
        [("<pmu state='off'/>", ""), ("a.raw", "b.raw"), ("<mac address='52:54:00:00:00:0a'/>", "")];
    let changed = changes.iter().fold(text, |text, (from, to)| text.replace(from, to));
    std::fs::write(&new, changed).expect("written");
    let new = new.to_string_lossy().into_owned();
    insta::assert_snapshot!(printed(&["abi", old, &new], &[1]).replace(&new, "NEW"));
    insta::assert_snapshot!(printed(&["abi", old, &new, "--format", "json"], &[1]).replace(&new, "NEW"));
    assert!(printed(&["abi", old, old], &[0]).contains("stays"));
    assert!(complaint(&["abi", old, "README.md"]).contains("README.md:1:1"));
}

#[test]
fn wrong_input_is_told_with_its_place() {
    assert!(complaint(&["check", "inventories"]).contains("is not an inventory"));
    assert!(complaint(&["check", "inventories/captured", "--guest", "wbe"]).contains("did you mean 'web'?"));
    assert!(
        complaint(&["plan", "inventories/captured", "--intent", "drian lab1"])
            .contains("'drian' is not an intent")
    );
    let broken = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
    std::fs::write(broken.path(), "<domain>\n  <name>x</nam>\n</domain>").expect("written");
    let path = broken.path().to_string_lossy().into_owned();
    assert!(complaint(&["rewrite", &path, "--profile", "aarch64-virt"]).contains(":2:"));
    let strange = complaint(&["rewrite", &path, "--profile", "aarch64-vrit"]);
    assert!(strange.contains("a similar value exists: 'aarch64-virt'"), "{strange}");
    assert!(strange.contains("rhel-9-q35"), "the profiles that exist are listed: {strange}");
}
