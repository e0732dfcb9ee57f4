//! The files, folders and block devices that a guest names, made up for it.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use portolan::text::xml::{Attribute, Document, Element, escape_attribute};
use portolan::text::{Splice, splice};

/// What every host has, or what is no file of the host's making.
const THERE: &[&str] = &["/dev/urandom", "/dev/random", "/dev/null", "/usr/share/", "/sys/"];
/// How many block devices a guest may name.
pub(super) const BLOCKS: usize = 8;
const SIZE: u64 = 10 << 20;

/// A folder of made-up files, and some loop devices.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    blocks: Vec<String>,
}

impl Stage {
    /// On a disk, for images in memory cannot be opened without a cache.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("pc").tempdir_in("/var/tmp").expect("a folder");
        let block = |nth| {
            let file = folder.path().join(format!("block-{nth}"));
            sparse(&file, SIZE);
            let output =
                Command::new("losetup").args(["--find", "--show"]).arg(&file).output().expect("losetup");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let blocks = (0..BLOCKS).map(block).collect();
        Self { folder, blocks }
    }

    /// The guest with every path of a host in it replaced by one that is there.
    pub(crate) fn furnish(&self, text: &str) -> String {
        let document = Document::parse(text).expect("a domain");
        let (splices, mut disks) = (RefCell::new(Vec::new()), 0);
        for element in document.elements() {
            for attribute in element.attributes() {
                let is_path = attribute.value().starts_with('/');
                if !is_path || THERE.iter().any(|known| attribute.value().starts_with(known)) {
                    continue;
                }
                if let Some(new) = self.place(element, attribute, &mut disks) {
                    let text = escape_attribute(&new).into_owned();
                    splices.borrow_mut().push(Splice { span: attribute.value_span(), text });
                }
            }
            if let Some(span) = element.content().filter(|_| is_nvdimm(element)) {
                let file = self.file("nvdimm");
                sparse(&file, 1 << 30);
                splices.borrow_mut().push(Splice { span, text: file.display().to_string() });
            }
        }
        splice(text, &splices.into_inner()).expect("one beside the other")
    }

    /// Each disk has a file or device of its own, for QEMU locks them.
    fn place(&self, element: Element<'_>, attribute: Attribute<'_>, disks: &mut usize) -> Option<String> {
        let of_disk =
            element.parent().filter(|up| matches!(up.name(), "disk" | "backingStore" | "dataStore"));
        match (of_disk, attribute.name()) {
            (Some(disk), "file") if element.name() == "source" => {
                *disks += 1;
                let file = self.file(&format!("disk-{disks}"));
                image(&file, &format(disk));
                Some(file.display().to_string())
            }
            (Some(disk), "dev") if element.name() == "source" => {
                *disks += 1;
                let block = self.blocks.get(*disks - 1)?;
                image(Path::new(block), &format(disk));
                Some(block.clone())
            }
            (_, "dir") => {
                let folder = self.file("folder");
                fs::create_dir_all(&folder).expect("a folder");
                Some(folder.display().to_string())
            }
            (_, "path" | "file" | "socket") => {
                let name = attribute.value().trim_start_matches('/').replace('/', "-");
                Some(self.file(&name).display().to_string())
            }
            _ => None,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = Command::new("losetup").arg("--detach").args(&self.blocks).status();
    }
}

fn is_nvdimm(path: Element<'_>) -> bool {
    path.name() == "path" && path.parent().and_then(Element::parent).is_some_and(|up| up.name() == "memory")
}

fn format(disk: Element<'_>) -> String {
    let said = disk.child("driver").or_else(|| disk.child("format")).and_then(|said| said.value("type"));
    said.map_or_else(|| "raw".to_owned(), std::borrow::Cow::into_owned)
}

fn image(file: &Path, format: &str) {
    let size = SIZE.to_string();
    if format == "raw" && !file.starts_with("/dev") {
        let _ = fs::remove_file(file);
        return sparse(file, SIZE);
    }
    // Formats that qemu-img does not make are empty.
    let made = Command::new("qemu-img").args(["create", "-q", "-f", format]).arg(file).arg(&size).output();
    if !made.is_ok_and(|made| made.status.success()) && !file.starts_with("/dev") {
        sparse(file, SIZE);
    }
}

fn sparse(file: &Path, size: u64) {
    fs::File::create(file).and_then(|file| file.set_len(size)).expect("a file");
}
