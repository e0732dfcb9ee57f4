//! The libvirt of this machine, asked whether it takes another XML for a saved guest.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::mutate::Mutation;

/// The folder that the guests' definitions name.
const FOLDER: &str = "/var/tmp/portolan-abi";
/// So much of a saved guest holds its XML; libvirt reads no more to exchange it.
const HEADER: u64 = 128 << 10;

/// What libvirt says of a mutated XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It takes it.
    Taken,
    /// The guest would see a difference: the message.
    Refused(String),
    /// It is no definition at all: that says nothing about the guest's ABI.
    Malformed(String),
}

/// A folder with images, gone when it is dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        let folder = PathBuf::from(FOLDER);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        for image in ["a.raw", "b.raw", "c.iso"] {
            // As large as a floppy, which one of them is.
            File::create(folder.join(image)).and_then(|file| file.set_len(1440 << 10)).expect("an image");
        }
        Self(folder)
    }

    /// Starts the guest, saves it, and returns the head of the saved file and the XML in it.
    pub(super) fn saved(&self, name: &str, definition: &str) -> (Vec<u8>, String) {
        let (xml, image) = (self.0.join("guest.xml"), self.0.join("guest.save"));
        fs::write(&xml, definition).expect("written");
        virsh(&["create", "--paused", &xml.display().to_string()]);
        virsh(&["save", name, &image.display().to_string()]);
        let text = virsh(&["save-image-dumpxml", &image.display().to_string()]);
        let mut head = Vec::new();
        let file = File::open(&image).expect("readable");
        file.take(HEADER).read_to_end(&mut head).expect("readable");
        (head, text)
    }

    /// What libvirt says of each mutation as the XML of the saved guest: two virsh at a time, each mutation with a copy of its own.
    pub(super) fn judge(&self, head: &[u8], mutations: &[Mutation]) -> Vec<Said> {
        let half = mutations.len().div_ceil(2).max(1);
        std::thread::scope(|scope| {
            let parts = mutations.chunks(half).enumerate();
            let asked: Vec<_> = parts
                .map(|(at, part)| scope.spawn(move || self.ask(&format!("part-{at}"), head, part)))
                .collect();
            asked.into_iter().flat_map(|part| part.join().expect("virsh answers")).collect()
        })
    }

    fn ask(&self, part: &str, head: &[u8], mutations: &[Mutation]) -> Vec<Said> {
        let folder = self.0.join(part);
        fs::create_dir_all(&folder).expect("a folder");
        let mut script = String::new();
        for (at, mutation) in mutations.iter().enumerate() {
            fs::write(folder.join(format!("{at}.save")), head).expect("written");
            fs::write(folder.join(format!("{at}.xml")), &mutation.text).expect("written");
            let _ =
                writeln!(script, "save-image-define {FOLDER}/{part}/{at}.save {at}.xml\necho --err @@{at}");
        }
        let complaints = batch(&folder, &script);
        let mut rest = complaints.as_str();
        let said = (0..mutations.len()).map(|at| {
            let mark = format!("error: @@{at}\n");
            let (complaint, after) = rest.split_once(&mark).expect("the mark after each command");
            rest = after;
            said(complaint)
        });
        said.collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn said(complaint: &str) -> Said {
    let Some(message) = complaint.lines().filter_map(|line| line.strip_prefix("error: ")).next_back() else {
        return Said::Taken;
    };
    let gone = ["End of file while reading", "Failed to connect socket", "Cannot recv data"];
    assert!(!gone.iter().any(|words| message.contains(words)), "libvirtd itself died: {message}");
    let about_abi = ["match source", "match the source", "differs"];
    let class = "unsupported configuration: ";
    match message.strip_prefix(class) {
        // Of a saved guest that is compared as well; `virsh migrate --live --xml` takes it.
        Some(why) if why.starts_with("Target domain current memory") => Said::Taken,
        Some(why) if about_abi.iter().any(|words| why.contains(words)) => Said::Refused(why.to_owned()),
        _ => Said::Malformed(message.to_owned()),
    }
}

/// What virsh writes to its standard error where it reads `script`.
fn batch(folder: &Path, script: &str) -> String {
    let path = |name: &str| folder.join(name);
    fs::write(path("script"), script).expect("written");
    let status = Command::new("virsh")
        .args(["-q", "-c", "qemu:///system"])
        .env("LC_ALL", "C")
        .env("TERM", "dumb")
        .current_dir(folder)
        .stdin(File::open(path("script")).expect("readable"))
        .stdout(Stdio::null())
        .stderr(File::create(path("err")).expect("writable"))
        .status();
    status.expect("virsh runs");
    fs::read_to_string(path("err")).expect("readable")
}

fn virsh(arguments: &[&str]) -> String {
    let output = Command::new("virsh").args(["-q", "-c", "qemu:///system"]).args(arguments).output();
    let output = output.expect("virsh runs");
    assert!(output.status.success(), "virsh {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
