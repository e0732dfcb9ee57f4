//! The same question to virsh, on libvirt's own test driver, which needs no daemon.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use portolan::cpu::x86::Definition;
use portolan::model::Policy;

const VIRSH: [&str; 3] = ["virsh", "-c", "test:///default"];

/// The documents of hosts' CPUs as `virsh cpu-baseline` takes them: what is disabled cannot be said there.
pub(crate) fn documents(hosts: &[Definition]) -> String {
    let mut out = String::new();
    for host in hosts {
        out.push_str("<cpu>\n  <arch>x86_64</arch>\n");
        for (name, text) in [("model", &host.model), ("vendor", &host.vendor)] {
            let _ = writeln!(out, "  <{name}>{}</{name}>", text.as_deref().unwrap_or_default());
        }
        for name in host.named(Policy::Require) {
            let _ = writeln!(out, "  <feature name='{name}'/>");
        }
        out.push_str("</cpu>\n");
    }
    out
}

/// How long virsh takes to start and connect; `None` where there is none.
pub(crate) fn start() -> Option<Duration> {
    run(&[&VIRSH[..], &["version"]].concat()).map(|(time, _)| time)
}

/// How long `virsh cpu-baseline` takes with this file, and what it answers.
pub(crate) fn baseline(file: &Path) -> Option<(Duration, String)> {
    run(&[&VIRSH[..], &["cpu-baseline", file.to_str()?]].concat())
}

/// The same of `portolan cpu baseline --legacy`, by the map of libvirt `libvirt`.
pub(crate) fn ours(file: &Path, libvirt: &str) -> Option<(Duration, String)> {
    let file = file.to_str()?;
    run(&[env!("CARGO_BIN_EXE_portolan"), "cpu", "baseline", "--legacy", "--libvirt", libvirt, file])
}

/// The best of three runs.
fn run(command: &[&str]) -> Option<(Duration, String)> {
    let (program, arguments) = command.split_first()?;
    let once = || {
        let start = Instant::now();
        let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| (start.elapsed(), text))
    };
    let runs: Option<Vec<_>> = (0..3).map(|_| once()).collect();
    runs?.into_iter().min()
}
