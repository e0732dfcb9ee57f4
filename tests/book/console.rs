//! Blocks of commands and their outputs: lines after `$ `, which go on in lines after `> `, and what they print.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::common::repository;

const FENCE: &str = "```console";

pub(super) fn is_in(page: &Path) -> bool {
    std::fs::read_to_string(page).is_ok_and(|text| text.lines().any(|line| line == FENCE))
}

/// The page with what its commands print today, run one after another in a folder of their own that has the samples.
pub(super) fn run(page: &Path) -> String {
    let text = std::fs::read_to_string(page).expect("a page");
    let scratch = tempfile::tempdir().expect("a folder");
    for samples in ["inventories", "reports"] {
        symlink(repository().join(samples), scratch.path().join(samples)).expect("linked");
    }
    let mut out = String::new();
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        if line.trim_end() != FENCE {
            continue;
        }
        while let Some(line) = lines.next_if(|line| line.trim_end() != "```") {
            let Some(first) = line.strip_prefix("$ ") else { continue };
            out.push_str(line);
            let mut command = first.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with("> ") || *line == ">\n") {
                out.push_str(more);
                command.push_str(more.strip_prefix("> ").unwrap_or("\n"));
            }
            out.push_str(&printed(page, &command, scratch.path()));
        }
    }
    out
}

/// What a shell prints, and standard error with it.
fn printed(page: &Path, command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_portolan")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1\n{command}")]).current_dir(folder);
    shell.env("PATH", path).env("COLUMNS", "100").env("LC_ALL", "C").env("NO_COLOR", "1");
    let output = shell.output().expect("runs");
    let code = output.status.code().unwrap_or(-1);
    assert!(code <= 1, "{}: `{}` ends with {code}", page.display(), command.trim());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(!text.contains("\n```"), "{}: `{}` prints a fence", page.display(), command.trim());
    let lines = text.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}
