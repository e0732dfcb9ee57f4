//! virsh as the judge: one process for many questions, for starting one takes longer than answering.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use super::mix::{Answer, Judge, Mix};

/// What virsh prints before each command that it reads; nothing that it answers with holds it.
const PROMPT: &str = "virsh # ";
/// What is written to the standard error between the answers of two commands.
const MARK: &str = "error: @@";

/// The virsh of this machine.
pub(super) struct Virsh;

impl Judge for Virsh {
    fn answers(&mut self, mixes: &[Mix]) -> Vec<Answer> {
        let mut answers = vec![None; mixes.len()];
        for uri in ["test:///default", "qemu:///system"] {
            let (places, asked): (Vec<_>, Vec<_>) =
                mixes.iter().enumerate().filter(|(_, mix)| mix.uri() == uri).unzip();
            for (at, answer) in places.into_iter().zip(ask(uri, &asked)) {
                answers[at] = Some(answer);
            }
        }
        answers.into_iter().map(|answer| answer.expect("each URI is asked")).collect()
    }
}

fn ask(uri: &str, mixes: &[&Mix]) -> Vec<Answer> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut script = String::new();
    for (at, mix) in mixes.iter().enumerate() {
        fs::write(folder.path().join(format!("{at}.xml")), mix.text()).expect("written");
        let _ = writeln!(script, "{} {at}.xml\necho --err @@{at}", mix.command());
    }
    let (out, err) = batch(folder.path(), uri, &script);
    // A piece each for a command and its mark, before them nothing and after them the last prompt.
    let said: Vec<&str> = out.split(PROMPT).skip(1).step_by(2).take(mixes.len()).collect();
    assert_eq!(said.len(), mixes.len(), "virsh answers each command: {err}");
    let mut rest = err.as_str();
    let answer = |(at, out): (usize, &str)| {
        let mark = format!("{MARK}{at}\n");
        let (complaint, after) = rest.split_once(&mark).expect("the mark after each command");
        rest = after;
        answer(out.split_once('\n').map_or("", |(_, out)| out), complaint)
    };
    said.into_iter().enumerate().map(answer).collect()
}

/// What virsh writes to both of its outputs where it reads `script`. Files, not pipes: none can fill up.
fn batch(folder: &Path, uri: &str, script: &str) -> (String, String) {
    let path = |name: &str| folder.join(name);
    fs::write(path("script"), script).expect("written");
    let status = Command::new("virsh")
        .args(["-q", "-c", uri])
        .env("TERM", "dumb")
        .env("LC_ALL", "C")
        .current_dir(folder)
        .stdin(Stdio::from(File::open(path("script")).expect("readable")))
        .stdout(File::create(path("out")).expect("writable"))
        .stderr(File::create(path("err")).expect("writable"))
        .status();
    status.expect("virsh runs");
    let read = |name: &str| fs::read_to_string(path(name)).expect("readable");
    (read("out"), read("err"))
}

/// The answer of one command. With `--error` an incompatible CPU is told on the standard error.
fn answer(out: &str, complaint: &str) -> Answer {
    let last = complaint.lines().filter_map(|line| line.strip_prefix("error: ")).next_back();
    match last.map(reason) {
        Some(("the CPU is incompatible with host CPU", why)) => Answer::Incompatible(why.to_owned()),
        Some((_, why)) => Answer::Refused(why.to_owned()),
        None if out.starts_with('<') => Answer::Cpu(out.to_owned()),
        None if out.contains("is identical to") => Answer::Identical,
        None if out.contains("is a superset of") => Answer::Superset,
        None => Answer::Refused(format!("virsh says {out:?}")),
    }
}

/// The class of a libvirt error and what it says.
fn reason(message: &str) -> (&str, &str) {
    let classes = [
        "the CPU is incompatible with host CPU",
        "internal error",
        "invalid argument",
        "operation failed",
        "unsupported configuration",
        "XML error",
    ];
    let parts = message.split_once(": ");
    parts.filter(|(class, _)| classes.contains(class)).unwrap_or(("", message))
}

/// What `virsh` with these arguments prints, where it does not fail.
pub(super) fn printed(arguments: &[&str]) -> Option<String> {
    let output = Command::new("virsh").args(["-q", "-c", "qemu:///system"]).args(arguments).output();
    let output = output.expect("virsh runs");
    let text = || String::from_utf8(output.stdout).expect("UTF-8");
    output.status.success().then(text)
}
