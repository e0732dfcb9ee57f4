//! From raw documents to facts: one reader a kind of document, and the layout on disk or inside a
//! sosreport.
//!
//! Nothing here aborts on what a document says. A document that does not parse becomes a
//! [`Problem`] and the rest goes on; what no document tells stays unknown.

mod activity;
mod archive;
mod arm_names;
mod blockers;
mod capabilities;
mod cpu_data;
mod cpu_definition;
mod cpu_inputs;
mod cpu_map;
mod cpu_refusal;
mod cpuinfo;
mod dmesg;
mod dmidecode;
mod documents;
mod domain;
mod domain_capabilities;
mod element;
mod firmware_descriptor;
mod firmware_names;
mod folder;
mod freepages;
mod guest_list;
mod host;
mod inventory;
mod ip_address;
mod layout;
mod listing;
mod lscpu;
mod lsmod;
mod moment;
mod mounts;
mod names;
mod names_of_hosts;
mod network;
mod nodeinfo;
mod os_release;
mod package_listing;
mod policy;
mod pool;
mod problem;
mod qemu_capabilities;
mod qemu_conf;
mod qemu_names;
mod racks;
mod readers;
mod saying;
mod settings;
mod sysctl;
mod toml_value;
mod uname;
mod version;
mod wrong_key;

use std::io;
use std::path::{Path, PathBuf};

use crate::model::{Cluster, Guest, Problem};
use crate::text::{Shelf, Sources};

pub use cpu_data::read_cpu_data;
pub use cpu_inputs::{CpuInput, read_cpu_inputs, read_domain_capabilities};
pub use cpu_map::{read_cpu_map, read_cpu_map_folder};
pub use cpu_refusal::is_known_arch;
pub use qemu_capabilities::read_qemu_capabilities;

/// Why a folder cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The folder cannot be read.
    #[error("cannot read the folder '{}': {error}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The folder holds neither hosts nor guests.
    #[error(
        "'{}' is not an inventory: an inventory is a folder with the documents of each host in hosts/HOST/ \
         (or a sosreport, hosts/HOST.tar.xz), and those of guests that are on no host yet in guests/",
        folder.display()
    )]
    NotAnInventory {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder holds no CPU map.
    #[error("'{}' holds no CPU map of libvirt: there is no model in it", folder.display())]
    NoCpuMap {
        /// The folder.
        folder: PathBuf,
    },
}

/// Reads the inventory in `folder`.
///
/// # Errors
/// [`IngestError`] where the folder cannot be read or is not an inventory. What is wrong with a
/// document is in [`Cluster::problems`].
pub fn read(folder: &Path) -> Result<Cluster, IngestError> {
    read_with(folder, None)
}

/// Reads the inventory in `folder`, with this policy (its path and text) in place of its own.
///
/// # Errors
/// As [`read`].
pub fn read_with(folder: &Path, policy: Option<(String, String)>) -> Result<Cluster, IngestError> {
    let limit = |path: &str| {
        let document = layout::item(path).map(|_| folder::DOCUMENT_BYTES);
        document.or_else(|| layout::is_archive(path).then_some(folder::ARCHIVE_BYTES))
    };
    let shelf = Shelf::default();
    let found = folder::files(folder, &limit, |file| documents::raw(&shelf, file))?;
    if !folder::has_folder(folder, "hosts") && !folder::has_folder(folder, "guests") {
        return Err(IngestError::NotAnInventory { folder: folder.to_owned() });
    }
    let mut problems = found.problems;
    let found = documents::documents(&shelf, found.files, &mut problems);
    Ok(inventory::cluster(&folder::name(folder), found, problems, policy))
}

/// Reads an inventory called `name` from memory: the path of each file inside it, and its bytes.
///
/// Paths that are not of interest are ignored.
pub fn read_files(name: &str, files: Vec<(String, Vec<u8>)>) -> Cluster {
    let (shelf, mut problems) = (Shelf::default(), Vec::new());
    let files = files.into_iter().map(|file| documents::raw(&shelf, file)).collect();
    let found = documents::documents(&shelf, files, &mut problems);
    inventory::cluster(name, found, problems, None)
}

/// Reads a guest from a definition that is kept nowhere yet, such as one that was rewritten: it becomes a document of this path.
///
/// # Errors
/// The [`Problem`] with the definition.
pub fn read_definition(
    sources: &mut Sources,
    (path, text): (String, String),
    host: Option<&str>,
) -> Result<Guest, Problem> {
    let source = sources.add(path.as_str(), text);
    domain::read(sources, Some(source), None, &path, host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Host, Problem};
    use crate::text::{SourceId, Sources};
    use proptest::prelude::*;

    /// Some document's name.
    pub(super) fn source() -> SourceId {
        Sources::default().add("made-up", "")
    }

    /// Any text, and a document with a part cut out of it and something else put there.
    pub(super) fn any_text(document: &'static str) -> impl Strategy<Value = String> {
        let cut = (0..=document.len(), 0..=document.len(), "(\\PC|[\\n:<>=\"',ß0-9]){0,6}").prop_map(
            |(from, to, put)| {
                let edge = |at: usize| (0..=at).rev().find(|&at| document.is_char_boundary(at)).unwrap_or(0);
                let (from, to) = (edge(from.min(to)), edge(from.max(to)));
                format!("{}{put}{}", &document[..from], &document[to..])
            },
        );
        prop_oneof!["\\PC{0,40}", "(\\PC|\\n|:|=|<|>|0x){0,40}", cut]
    }

    /// The host `h` that has these made-up documents.
    pub(super) fn made_up_host(documents: &[(&str, &str)]) -> (Host, Vec<Problem>) {
        let file = |(path, text): &(&str, &str)| (format!("hosts/h/{path}"), text.as_bytes().to_vec());
        let mut cluster = read_files("made-up", documents.iter().map(file).collect());
        (cluster.hosts.remove(0), cluster.problems)
    }

    #[test]
    fn a_folder_that_is_no_inventory_is_refused_with_what_one_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = read(folder.path()).expect_err("empty");
        assert!(error.to_string().contains("is not an inventory: an inventory is a folder with"), "{error}");
        assert!(matches!(read(&folder.path().join("gone")), Err(IngestError::Unreadable { .. })));
    }
}
