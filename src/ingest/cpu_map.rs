//! libvirt's x86 CPU map as it is installed: `index.xml` and the files it includes.
//!
//! What the elements mean is read off `src/cpu/cpu_map.c` and `src/cpu/cpu_x86.c` of libvirt 11.3
//! (`x86ModelParse`, `x86FeatureParse`).

use std::collections::BTreeMap;
use std::path::Path;

use crate::model::{CpuMap, CpuidRegister, FeatureBit, MapFeature, MapModel, Signature};
use crate::text::xml::{Document, Element};

/// What keeps a CPU map from being read at all.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The folder, or a file in it.
    #[error("{path}: {error}")]
    File {
        /// The path.
        path: String,
        /// The system's complaint.
        error: std::io::Error,
    },
}

/// Reads the map in a folder such as `/usr/share/libvirt/cpu_map`.
///
/// # Errors
/// Where the folder or a file in it cannot be read.
pub fn read_cpu_map_folder(path: &Path) -> Result<CpuMap, IngestError> {
    let complain = |error| IngestError::File { path: path.display().to_string(), error };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(complain)? {
        let entry = entry.map_err(complain)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().extension().is_some_and(|extension| extension == "xml") {
            files.push((name, read_file(&entry.path()).map_err(complain)?));
        }
    }
    files.sort();
    Ok(read_cpu_map(&path.display().to_string(), &files).0)
}

#[allow(clippy::disallowed_methods, reason = "ingest is the room that reads files")]
fn read_file(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

/// Reads a map from the texts of its files (name and text): the map, and the files that are wrong
/// with what is wrong in them.
pub fn read_cpu_map(origin: &str, files: &[(String, String)]) -> (CpuMap, Vec<(String, String)>) {
    let mut reader = Reader::default();
    origin.clone_into(&mut reader.map.origin);
    let by_name: BTreeMap<&str, &str> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let index = by_name.get("index.xml").copied().unwrap_or_default();
    for name in reader.in_file("index.xml", index, |_, root| included(root)).unwrap_or_default() {
        match by_name.get(name.as_str()) {
            Some(text) => drop(reader.in_file(&name, text, Reader::file)),
            None => reader.complain(&name, "it is included by index.xml, but not there"),
        }
    }
    (reader.map, reader.problems)
}

/// The files that the x86 part of the index includes, in order.
fn included(root: Element<'_>) -> Vec<String> {
    let mut arches = root.children_named("arch");
    let x86 = arches.find(|arch| arch.value("name").is_some_and(|name| name == "x86"));
    let entries = x86.into_iter().flat_map(Element::children).flat_map(|child| match child.name() {
        "include" => vec![child],
        "group" => child.children_named("include").collect(),
        _ => Vec::new(),
    });
    entries.filter_map(|e| e.value("filename")).map(std::borrow::Cow::into_owned).collect()
}

#[derive(Default)]
struct Reader {
    map: CpuMap,
    features: BTreeMap<String, u32>,
    file: String,
    problems: Vec<(String, String)>,
}

impl Reader {
    fn in_file<T>(
        &mut self,
        name: &str,
        text: &str,
        read: impl FnOnce(&mut Self, Element<'_>) -> T,
    ) -> Option<T> {
        name.clone_into(&mut self.file);
        match Document::parse(text) {
            Ok(document) => Some(read(self, document.root())),
            Err(error) => {
                self.complain(name, &error.to_string());
                None
            }
        }
    }

    fn complain(&mut self, file: &str, message: &str) {
        self.problems.push((file.to_owned(), message.to_owned()));
    }

    fn file(&mut self, root: Element<'_>) {
        for element in root.children() {
            let name = element.value("name").unwrap_or_default().into_owned();
            let read = match element.name() {
                "vendor" => self.vendor(element, &name),
                "feature" => self.feature(element, &name),
                "model" => self.model(element, &name),
                _ => Some(()),
            };
            if read.is_none() {
                let message = format!("<{} name='{name}'> cannot be understood", element.name());
                self.complain(&self.file.clone(), &message);
            }
        }
    }

    fn vendor(&mut self, element: Element<'_>, name: &str) -> Option<()> {
        let string = element.value("string")?.into_owned();
        self.map.vendors.push((name.to_owned(), string));
        Some(())
    }

    fn feature(&mut self, element: Element<'_>, name: &str) -> Option<()> {
        let bit = element.children().find_map(feature_bit)?;
        let migratable = element.value("migratable").is_none_or(|value| value != "no");
        self.features.insert(name.to_owned(), u32::try_from(self.map.features.len()).ok()?);
        self.map.features.push(MapFeature { name: name.to_owned(), migratable, bit });
        Some(())
    }

    fn model(&mut self, element: Element<'_>, name: &str) -> Option<()> {
        let mut model = self.ancestor(element)?;
        name.clone_into(&mut model.name);
        if let Some(vendor) = element.child("vendor") {
            model.vendor = Some(vendor.value("name")?.into_owned());
        }
        let signatures = element.children_named("signature").map(signature).collect::<Option<Vec<_>>>()?;
        if !signatures.is_empty() {
            model.signatures = signatures;
        }
        let decodes = |side| element.at("decode").and_then(|d| d.value(side)).is_none_or(|v| v == "on");
        (model.decode_host, model.decode_guest) = (decodes("host"), decodes("guest"));
        model.compat =
            element.child("check").is_some_and(|c| c.value("partial").is_some_and(|v| v == "compat"));
        self.model_features(element, &mut model)?;
        self.map.models.push(model);
        Some(())
    }

    fn ancestor(&self, element: Element<'_>) -> Option<MapModel> {
        let Some(parent) = element.child("model") else { return Some(empty_model()) };
        let name = parent.value("name")?;
        let parent = self.map.models.iter().find(|model| model.name == name)?.clone();
        let plain = ["feature", "vendor", "signature"].iter().all(|child| element.child(child).is_none());
        let features = parent.features.iter().filter(|f| !parent.removed.contains(f)).copied().collect();
        let alias_of = plain.then(|| parent.name.clone());
        Some(MapModel { features, removed: Vec::new(), added: Vec::new(), alias_of, ..parent })
    }

    fn model_features(&self, element: Element<'_>, model: &mut MapModel) -> Option<()> {
        for feature in element.children_named("feature") {
            let index = *self.features.get(&*feature.value("name")?)?;
            let says = |flag: &str| feature.value(flag).is_some_and(|value| value == "yes");
            let list = match (says("removed"), says("added")) {
                (true, _) => &mut model.removed,
                (_, true) => &mut model.added,
                _ => &mut model.features,
            };
            list.push(index);
        }
        // The order of `removed` shows in libvirt's results; that of the features is the map's.
        model.features.sort_unstable();
        model.features.dedup();
        Some(())
    }
}

fn empty_model() -> MapModel {
    MapModel {
        name: String::new(),
        vendor: None,
        features: Vec::new(),
        removed: Vec::new(),
        added: Vec::new(),
        decode_host: true,
        decode_guest: true,
        compat: false,
        signatures: Vec::new(),
        alias_of: None,
    }
}

/// Every feature of libvirt's maps is one bit of one register.
fn feature_bit(element: Element<'_>) -> Option<FeatureBit> {
    let number = |name: &str| element.value(name).and_then(|value| number(&value));
    let registers = ["eax", "ebx", "ecx", "edx"].map(|name| number(name).unwrap_or(0));
    let at = registers.iter().position(|&mask| mask != 0)?;
    let bit = u8::try_from(registers[at].trailing_zeros()).ok()?;
    match element.name() {
        "cpuid" => Some(FeatureBit::Cpuid {
            eax_in: number("eax_in")?,
            ecx_in: number("ecx_in").unwrap_or(0),
            register: [CpuidRegister::Eax, CpuidRegister::Ebx, CpuidRegister::Ecx, CpuidRegister::Edx][at],
            bit,
        }),
        "msr" => Some(FeatureBit::Msr { index: number("index")?, bit: if at == 3 { bit + 32 } else { bit } }),
        _ => None,
    }
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn signature(element: Element<'_>) -> Option<Signature> {
    let number = |name: &str| element.value(name).and_then(|value| number(&value));
    let stepping = match element.value("stepping") {
        None => None,
        Some(range) => {
            let (first, last) = range.split_once('-').unwrap_or((&range, &range));
            Some((first.parse().ok()?, last.parse().ok()?))
        }
    };
    Some(Signature { family: number("family")?, model: number("model")?, stepping })
}
