//! `portolan generate`: made-up inventories.

use std::fs;

use crate::common;
use crate::samples::{portolan, printed};

/// Runs it with these arguments, and more than it needs of nothing.
fn generate(folder: &str, arguments: &[&str]) -> (i32, String) {
    let output = portolan(&[&["generate", "--output", folder], arguments].concat());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn a_generated_cluster_says_that_it_is_made_up_and_a_host_of_it_is_drained() {
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = folder.path().join("cluster").to_string_lossy().into_owned();
    let told =
        printed(&["generate", "--hosts", "10", "--guests-per-host", "4", "--output", &inventory], &[0]);
    assert!(told.contains("10 hosts, 40 guests"), "{told}");
    let files = common::files(inventory.as_ref(), &|_| true);
    assert!(told.contains(&format!("{} documents", files.len())), "{told}");
    for file in ["README.md", "cluster.toml"] {
        let text = fs::read_to_string(folder.path().join("cluster").join(file)).expect("written");
        assert!(text.to_lowercase().contains("made up") || text.contains("made-up"), "{file}");
    }
    let mut hosts: Vec<_> = fs::read_dir(folder.path().join("cluster/hosts"))
        .expect("hosts")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    hosts.sort();
    let intent = format!("drain {}", hosts[0]);
    let plan = folder.path().join("plan").to_string_lossy().into_owned();
    let text = printed(&["plan", &inventory, "--intent", &intent, "--output", &plan], &[0, 1]);
    assert!(text.contains("live") && text.contains("Wave 1"), "{text}");
}

#[test]
fn what_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "mine").expect("written");
    let at = folder.path().to_string_lossy().into_owned();
    let (code, text) = generate(&at, &["--hosts", "10"]);
    assert_eq!(code, 2);
    assert!(text.contains("the folder is not empty; name a new one"), "{text}");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
}

#[test]
fn arguments_that_nothing_can_be_made_of_are_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().to_string_lossy().into_owned();
    let cases: [(&[&str], &str); 6] = [
        (&["--hosts", "9"], "9 hosts: from 10 to 100000 are made"),
        (&["--hosts", "100001"], "100001 hosts: from 10 to 100000 are made"),
        (&["--hosts", "10", "--guests-per-host", "0"], "0 guests on each host: from 1 to 200 are made"),
        (&["--hosts", "10", "--fill", "0.96"], "a fill of 0.96: more than 0.95 leaves no room"),
        (&["--hosts", "10", "--arm-share", "1.5"], "a share is a number from 0 to 1"),
        (&["--hosts", "many"], "invalid value 'many'"),
    ];
    for (arguments, expected) in cases {
        let (code, text) = generate(&at, arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
}

#[test]
fn it_is_for_those_who_look_for_it() {
    assert!(!printed(&["--help"], &[0]).contains("generate"));
    assert!(printed(&["generate", "--help"], &[0]).contains("made-up cluster"));
}
