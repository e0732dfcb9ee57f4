//! Files of an older plan that lie where a new one was written. They are told of and left: whoever made them may want them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::output::Terminal;

/// What plans and rollouts write, by folder and name; `*` stands for anything.
const WRITTEN: [(&str, &[&str]); 3] = [
    (
        "",
        &[
            "baseline.json",
            "chart.svg",
            "findings.json",
            "graph.dot",
            "graph.svg",
            "hosts.json",
            "ladder.svg",
            "moves.csv",
            "plan.json",
            "plan.txt",
            "report.html",
            "report.md",
            "timeline*.svg",
            "verdicts.csv",
        ],
    ),
    ("baseline", &["*.xml"]),
    ("guests", &["*.diff", "*.xml"]),
];

/// Says which files in the folder an older plan has written, and this one has not.
pub(super) fn tell(folder: &Path, written: &BTreeSet<String>, terminal: &mut Terminal) {
    let old = of(folder, written);
    let Some(first) = old.first() else { return };
    let others = match old.len() - 1 {
        0 => " is".to_owned(),
        more => format!(" and {more} more are"),
    };
    terminal.note(&format!("note: {}{others} of an older plan\n", folder.join(first).display()));
}

fn of(folder: &Path, written: &BTreeSet<String>) -> BTreeSet<String> {
    let mut old = BTreeSet::new();
    for (inside, names) in WRITTEN {
        let Ok(files) = fs::read_dir(folder.join(inside)) else { continue };
        let names_of = files.flatten().filter_map(|file| file.file_name().into_string().ok());
        let like = |name: &String| names.iter().any(|pattern| is_like(name, pattern));
        let paths = names_of
            .filter(like)
            .map(|name| if inside.is_empty() { name } else { format!("{inside}/{name}") });
        old.extend(paths.filter(|path| !written.contains(path)));
    }
    old
}

fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.starts_with(start) && name.ends_with(end),
        None => name == pattern,
    }
}
