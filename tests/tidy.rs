//! The rules of the house that a machine can hold: which room uses which, who knows which crate, how long things are.

use std::fs;
use std::path::Path;

use crate::common;

/// The rooms; each uses only itself and those before it.
const ROOMS: [&str; 11] =
    ["text", "model", "ingest", "knowledge", "cpu", "compat", "rewrite", "plan", "report", "generate", "cli"];

/// Crates and functions that only some rooms may know.
const KNOWN_TO: [(&str, &[&str]); 7] = [
    ("quick_xml", &["text"]),
    ("petgraph", &["compat", "plan"]),
    ("std::fs", &["ingest", "cli"]),
    ("std::env", &["cli"]),
    ("clap", &["cli"]),
    ("anstream", &["cli"]),
    ("std::time", &["cli"]),
];

/// Every source file with its room and its path.
fn sources() -> Vec<(String, String, String)> {
    let source = common::repository().join("src");
    let is_rust = |path: &Path| path.extension().is_some_and(|e| e == "rs");
    let read = |path: std::path::PathBuf| {
        let name = path.strip_prefix(&source).expect("inside").to_string_lossy().into_owned();
        let room = name.split(['/', '.']).next().unwrap_or_default().to_owned();
        (room, name, fs::read_to_string(&path).expect("readable"))
    };
    common::files(&source, &is_rust).into_iter().map(read).collect()
}

/// The part of a file that is the product: without its tests and comments.
fn code(text: &str) -> String {
    let product = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = product.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_room_looks_up() {
    let place = |room: &str| ROOMS.iter().position(|one| *one == room);
    let mut wrong = Vec::new();
    for (room, name, text) in sources() {
        let Some(own) = place(&room) else { continue };
        for used in code(&text).split("crate::").skip(1) {
            let used = used.trim_start_matches('{').split(|c: char| !c.is_alphanumeric() && c != '_').next();
            if used.and_then(place).is_some_and(|used| used > own) {
                wrong.push(format!("{name} uses {}", used.unwrap_or_default()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn only_some_rooms_know_some_crates() {
    let mut wrong = Vec::new();
    for (room, name, text) in sources() {
        for (what, rooms) in KNOWN_TO {
            if code(&text).contains(&format!("{what}::")) && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{name} knows {what}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_room_stands_in_the_facade() {
    let facade = fs::read_to_string(common::repository().join("src/lib.rs")).expect("readable");
    for room in ROOMS {
        assert!(facade.contains(&format!("pub mod {room};")), "{room}");
    }
}

#[test]
fn files_and_functions_are_short() {
    let mut long = Vec::new();
    for (_, name, text) in sources() {
        if text.lines().count() > 600 {
            long.push(format!("{name}: {} lines", text.lines().count()));
        }
        let mut start: Option<(usize, usize, String)> = None;
        for (at, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let opens = line.contains("fn ") && line.contains('(') && !line.trim_start().starts_with("//");
            if opens && start.is_none() {
                start = Some((at, indent, line.trim().to_owned()));
            }
            if let Some((from, outer, what)) = &start
                && indent == *outer
                && line.trim_start().starts_with('}')
            {
                if at - from > 80 {
                    long.push(format!("{name}: {what} has {} lines", at - from));
                }
                start = None;
            } else if let Some((_, outer, _)) = &start
                && indent == *outer
                && (line.trim_end().ends_with(';') || line.trim_end().ends_with("{}"))
            {
                start = None;
            }
        }
    }
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn the_project_speaks_only_of_itself() {
    let root = common::repository();
    let tracked = std::process::Command::new("git").args(["ls-files"]).current_dir(root).output();
    // Where there is no git there is nothing to commit either.
    let Ok(tracked) = tracked else { return };
    let tracked = String::from_utf8_lossy(&tracked.stdout).into_owned();
    // The words are put together here so that this file does not hold them.
    let words = [["/wo", "rk/"], ["crates", ".io/"], ["static.", "rust-lang"], ["/ro", "ot/"]]
        .map(|parts| parts.concat());
    let mut wrong = Vec::new();
    for name in tracked.lines().filter(|name| *name != "Cargo.lock") {
        let Ok(text) = fs::read_to_string(root.join(name)) else { continue };
        for word in words.iter().filter(|word| text.contains(word.as_str())) {
            wrong.push(format!("{name} speaks of {word}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
