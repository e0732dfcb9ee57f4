//! A cluster of real libvirt hosts on this machine, made unlike one another, and taken down whatever happens.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rayon::prelude::*;

use crate::common;

/// The hosts: lab1, lab2, lab3.
pub(super) const HOSTS: usize = 3;
/// How many hosts run this system's libvirt and QEMU, and how many a newer distribution's: what is tried in turn. The
/// newer one is made by debootstrap, which wants a network; and what runs beside this may change what the lab copies.
const WAYS: [[usize; 2]; 4] = [[2, 1], [2, 1], [3, 0], [3, 0]];

/// The script that starts the hosts: `PORTOLAN_LAB`, or `../shared/lab/lab` beside the repository.
fn script() -> PathBuf {
    let given = std::env::var_os("PORTOLAN_LAB").map(PathBuf::from);
    let found = given.unwrap_or_else(|| common::repository().join("../shared/lab/lab"));
    assert!(found.is_file(), "no lab in {}", found.display());
    found
}

/// The hosts, which end with it.
pub(super) struct Lab {
    script: PathBuf,
    state: PathBuf,
    /// The folder of the newer distribution, which stays for the next time.
    newer: PathBuf,
    /// How many hosts run this system's libvirt.
    own: usize,
}

impl Lab {
    /// Starts the hosts; those that an earlier run left, if it was killed, end first.
    pub(super) fn new() -> Self {
        let newer = std::env::var_os("LAB_NEWER").map(PathBuf::from);
        let mut lab = Self {
            script: script(),
            state: PathBuf::from("/var/tmp/portolan-destination"),
            newer: newer.unwrap_or_else(|| PathBuf::from("/var/tmp/portolan-lab-newer")),
            own: HOSTS,
        };
        let up = WAYS.into_iter().find(|way| lab.up(*way));
        [lab.own, _] = up.expect("the lab starts");
        lab
    }

    /// Starts so many hosts, if it can, in place of those that there are.
    fn up(&self, [own, newer]: [usize; 2]) -> bool {
        self.run(["down"]);
        let mut command = Command::new("timeout");
        command.arg("900").arg(&self.script).args(["up", &own.to_string(), &newer.to_string()]);
        let output = self.within(&mut command).output().expect("timeout runs");
        if !output.status.success() {
            println!("lab up {own} {newer}: {}", String::from_utf8_lossy(&output.stderr));
        }
        output.status.success()
    }

    /// Whether the host runs a newer distribution's libvirt and QEMU.
    pub(super) fn is_newer(&self, host: usize) -> bool {
        host > self.own
    }

    fn within<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("LAB_STATE", &self.state).env("LAB_NEWER", &self.newer).stdin(Stdio::null())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.script);
        self.within(&mut command);
        command
    }

    fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        let mut command = self.command();
        checked(command.args(arguments))
    }

    /// The folder that all hosts see at this path.
    pub(super) fn shared(&self) -> PathBuf {
        self.state.join("shared")
    }

    /// What the host sees as `/var/lib/libvirt/images`, and no other host.
    pub(super) fn images(&self, host: usize) -> PathBuf {
        self.state.join(host.to_string()).join("lib/images")
    }

    /// What QEMU itself complained of while a guest arrived at a host. libvirt may only know that the socket broke.
    pub(super) fn qemu_said(&self, host: usize, guest: &str) -> String {
        let log = self.state.join(format!("{host}/log/qemu/{guest}.log"));
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.lines().filter(|line| line.contains("qemu-system-") && line.contains(": error ")).collect()
    }

    /// The URI of a host, as this machine reaches it.
    pub(super) fn uri(host: usize) -> String {
        format!("qemu+tcp://{}/system", Self::address(host))
    }

    /// The host's address.
    pub(super) fn address(host: usize) -> String {
        format!("10.213.7.{}", 10 + host)
    }

    /// What virsh says when it is asked of a host.
    pub(super) fn virsh(host: usize, arguments: &[&str]) -> Output {
        let mut command = Command::new("virsh");
        command.args(["-q", "-c", &Self::uri(host)]).args(arguments).stdin(Stdio::null());
        command.output().expect("virsh runs")
    }

    /// What virsh prints, which must not fail.
    pub(super) fn printed(host: usize, arguments: &[&str]) -> String {
        let output = Self::virsh(host, arguments);
        assert!(output.status.success(), "lab{host}: virsh {arguments:?}: {}", told(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Defines an object of a host from its XML: `net`, `pool`, `nwfilter`, `secret`.
    pub(super) fn define(&self, host: usize, what: &str, xml: &str) {
        let file = self.state.join(format!("{what}.xml"));
        fs::write(&file, xml).expect("written");
        Self::printed(host, &[&format!("{what}-define"), &file.display().to_string()]);
    }

    /// Runs a command in the namespaces of a host.
    pub(super) fn exec(&self, host: usize, arguments: &[&str]) -> String {
        let host = host.to_string();
        self.run(["exec", &host].into_iter().chain(arguments.iter().copied()))
    }

    /// Collects the documents of all hosts as `capture.sh` does.
    pub(super) fn capture(&self, folder: &Path) {
        for host in 1..=HOSTS {
            let mut command = Command::new("bash");
            self.within(&mut command).arg(common::repository().join("inventories/captured/capture.sh"));
            command.arg("--with-firmware").arg(folder).arg(format!("lab{host}=qemu:///system"));
            command.arg("--").arg(&self.script).args(["exec", &host.to_string()]);
            if self.is_newer(host) {
                command.arg("chroot").arg(&self.newer);
            }
            checked(&mut command);
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // `down` would destroy one guest after the other.
        (1..=HOSTS).into_par_iter().for_each(|host| {
            let guests = Self::virsh(host, &["list", "--name"]).stdout;
            for guest in String::from_utf8_lossy(&guests).split_whitespace() {
                Self::virsh(host, &["destroy", guest]);
            }
        });
        let _ = self.command().arg("down").status();
    }
}

/// The standard output of a command that must not fail.
fn checked(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Makes a disk image.
pub(super) fn image(arguments: &[&str]) {
    checked(Command::new("qemu-img").args(["create", "-q"]).args(arguments));
}

/// Makes an encrypted image, whose passphrase is "portolan". qemu-img measures how fast the processor is, and gives up
/// on a busy machine.
pub(super) fn encrypted_image(path: &str) {
    let how = [
        "--object",
        "secret,id=s,data=portolan",
        "-f",
        "luks",
        "-o",
        "key-secret=s,iter-time=10",
        path,
        "4M",
    ];
    let made = |_: &u32| {
        Command::new("qemu-img").args(["create", "-q"]).args(how).status().is_ok_and(|s| s.success())
    };
    assert!((0..20_u32).any(|attempt| made(&attempt)), "no encrypted image");
}

/// What virsh complains of, on one line.
pub(super) fn told(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().filter_map(|line| line.strip_prefix("error: ")).collect::<Vec<_>>().join("; ")
}
