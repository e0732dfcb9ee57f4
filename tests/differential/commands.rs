//! The two that are asked, each by its command line: one process a question.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::machine::Machine;
use super::mix::{Answer, By, Judge, Mix, Work};

/// What the file with the documents is called, for both.
const FILE: &str = "cpus.xml";

/// Whom virsh asks for what the machine is.
const URI: &str = "qemu:///system";

/// The virsh of this machine.
pub(super) struct Virsh;

impl Judge for Virsh {
    fn answer(&self, mix: &Mix) -> Answer {
        let mut command = Command::new("virsh");
        command.args(["-q", "-c", mix.uri()]).args(mix.command(FILE)).env("LC_ALL", "C");
        run(command, mix)
    }
}

/// Portolan, on behalf of a machine.
pub(super) struct Portolan<'m>(pub(super) &'m Machine);

impl Judge for Portolan<'_> {
    fn answer(&self, mix: &Mix) -> Answer {
        let machine = self.0;
        let mut command = Command::new(env!("CARGO_BIN_EXE_portolan"));
        command.args(["cpu", if mix.is_compare() { "compare" } else { "baseline" }]);
        command.args(mix.options()).arg("--cpu-map").arg(&machine.cpu_map);
        match (&mix.by, mix.is_compare()) {
            (By::Hypervisor(_), _) => command.arg("--on").arg(machine.cache(mix).expect("answered")),
            (By::Test, _) => command.args(["--legacy", "--driver", "test"]),
            (_, true) => command.arg("--legacy").arg("--on").arg(&machine.capabilities),
            (_, false) => command.arg("--legacy"),
        };
        if !matches!(mix.work, Work::Model { .. }) {
            command.arg(FILE);
        }
        run(command, mix)
    }
}

fn run(mut command: Command, mix: &Mix) -> Answer {
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(text) = mix.text() {
        fs::write(folder.path().join(FILE), text).expect("written");
    }
    let output = command.current_dir(folder.path()).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Answer::new(text(output.stdout), &text(output.stderr), output.status.code(), FILE)
}

/// What `virsh` with these arguments prints, where it does not fail.
pub(super) fn printed(arguments: &[&str]) -> Option<String> {
    let output = Command::new("virsh").args(["-q", "-c", URI]).args(arguments).output();
    let output = output.expect("virsh runs");
    let text = || String::from_utf8(output.stdout).expect("UTF-8");
    output.status.success().then(text)
}

/// The same, into a file of this name.
pub(super) fn printed_to(path: &Path, arguments: &[&str]) -> Option<String> {
    let text = printed(arguments)?;
    fs::write(path, &text).expect("written");
    Some(text)
}
