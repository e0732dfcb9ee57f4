//! libvirt's CPU map for x86: the folder `cpu_map` that it installs (read against 9.0 and 11.3).
//!
//! `index.xml` names the other files in their order. A model may begin with another's data
//! (`<model name='…'/>`): vendor, features and signatures are inherited; `decode`, `check` and what
//! is marked `added` or `removed` are not. Where a model has an ancestor and adds nothing to its
//! data, it only renames it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::model::{CpuMap, CpuidRegister, FeatureBit, MapFeature, MapModel, Signature};
use crate::text::LineIndex;
use crate::text::xml::{Document, Element};

use super::element::yes_no;
use super::saying::hexadecimal;
use super::{IngestError, folder};

/// Reads the CPU map in the folder at `path`, such as `/usr/share/libvirt/cpu_map`.
///
/// # Errors
/// [`IngestError`] where the folder cannot be read or holds no map.
pub fn read_cpu_map_folder(path: &Path) -> Result<CpuMap, IngestError> {
    let wanted = |name: &str| is_xml(name).then_some(folder::DOCUMENT_BYTES);
    let text = |(name, bytes): folder::File| Some((name, String::from_utf8(bytes).ok()?));
    let files: Vec<_> = folder::files(path, &wanted, text)?.files.into_iter().flatten().collect();
    let (map, _) = read_cpu_map(&path.display().to_string(), &files);
    if map.models.is_empty() {
        return Err(IngestError::NoCpuMap { folder: path.to_owned() });
    }
    Ok(map)
}

fn is_xml(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "xml")
}

/// Reads a CPU map from its files, each with its name, and says what is wrong with which.
///
/// What is wrong is left out and the rest is read.
pub fn read_cpu_map(origin: &str, files: &[(String, String)]) -> (CpuMap, Vec<(String, String)>) {
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let map = CpuMap::new(origin);
    let mut builder =
        Builder { files, map, features: BTreeMap::new(), open: BTreeSet::new(), wrong: Vec::new() };
    if builder.files.contains_key("index.xml") {
        builder.file("index.xml");
    } else {
        builder.without_index();
    }
    (builder.map, builder.wrong)
}

struct Builder<'f> {
    files: BTreeMap<&'f str, &'f str>,
    map: CpuMap,
    /// Features by name.
    features: BTreeMap<String, u32>,
    /// Files that were read, so that none is read twice.
    open: BTreeSet<&'f str>,
    wrong: Vec<(String, String)>,
}

impl<'f> Builder<'f> {
    fn complain(&mut self, file: &str, message: impl Into<String>) {
        self.wrong.push((file.to_owned(), message.into()));
    }

    /// Vendors and features come before the models that use them.
    fn without_index(&mut self) {
        self.complain("index.xml", "there is no index.xml, so the order of the models is not libvirt's");
        let names: Vec<_> = self.files.keys().copied().filter(|name| name.starts_with("x86_")).collect();
        let first = ["x86_vendors.xml", "x86_features.xml"];
        first.into_iter().chain(names).for_each(|name| self.file(name));
    }

    fn file(&mut self, name: &str) {
        let Some((&name, &text)) = self.files.get_key_value(name) else {
            return self.complain(name, "the index names this file, which is not there");
        };
        if !self.open.insert(name) {
            return;
        }
        match Document::parse(text) {
            Ok(document) => self.children(name, document.root()),
            Err(error) => {
                let at = LineIndex::new(text).position(text, error.offset);
                self.complain(name, format!("line {}, column {}: {error}", at.line, at.column));
            }
        }
    }

    fn children(&mut self, file: &'f str, parent: Element<'_>) {
        for element in parent.children() {
            match element.name() {
                "arch" if element.value("name").as_deref() != Some("x86") => {}
                "arch" | "group" => self.children(file, element),
                "include" => {
                    if let Some(name) = element.value("filename") {
                        self.file(&name);
                    }
                }
                "vendor" => self.vendor(element),
                "feature" => self.feature(file, element),
                "model" => self.model(file, element),
                _ => {}
            }
        }
    }

    fn vendor(&mut self, element: Element<'_>) {
        if let (Some(name), Some(string)) = (element.value("name"), element.value("string")) {
            self.map.vendors.push((name.into_owned(), string.into_owned()));
        }
    }

    fn feature(&mut self, file: &str, element: Element<'_>) {
        let Some(name) = element.value("name").map(std::borrow::Cow::into_owned) else { return };
        let Some(bit) = element.children().find_map(bit) else {
            return self.complain(file, format!("feature '{name}' has no bit"));
        };
        let migratable = element.value("migratable").and_then(|v| yes_no(&v)).unwrap_or(true);
        let index = u32::try_from(self.map.features.len()).unwrap_or(u32::MAX);
        if self.features.insert(name.clone(), index).is_some() {
            return self.complain(file, format!("feature '{name}' stands twice"));
        }
        self.map.features.push(MapFeature { name, migratable, bit });
    }

    fn model(&mut self, file: &str, element: Element<'_>) {
        let Some(name) = element.value("name").map(std::borrow::Cow::into_owned) else { return };
        let inherits = element.child("model").and_then(|e| e.value("name"));
        let ancestor =
            inherits.as_deref().and_then(|n| self.map.models.iter().find(|m| m.name == n)).cloned();
        if let (Some(named), None) = (&inherits, &ancestor) {
            self.complain(file, format!("model '{name}' begins with '{named}', which is not known"));
            return;
        }
        let (own, added, removed) = self.listed(file, element);
        let data = own_data(&own, ancestor.as_ref());
        let decode = |key| element.child("decode").and_then(|e| yes_no(&e.value(key)?)).unwrap_or(true);
        let signatures: Vec<_> = element.children_named("signature").filter_map(signature).collect();
        let vendor = element.child("vendor").and_then(|e| e.value("name")).map(std::borrow::Cow::into_owned);
        let alias = ancestor.as_ref().filter(|ancestor| ancestor.features == data);
        self.map.models.push(MapModel {
            name,
            vendor: vendor.or_else(|| ancestor.as_ref()?.vendor.clone()),
            alias_of: alias.map(|ancestor| ancestor.name.clone()),
            features: data,
            removed: removed.into_iter().collect(),
            added: added.into_iter().collect(),
            decode_host: decode("host"),
            decode_guest: decode("guest"),
            compat: element.child("check").is_some_and(|e| e.value("partial").as_deref() == Some("compat")),
            signatures: if signatures.is_empty() { inherited(ancestor) } else { signatures },
        });
    }

    /// The features listed as the model's own, as added and as removed.
    fn listed(&mut self, file: &str, model: Element<'_>) -> (BTreeSet<u32>, BTreeSet<u32>, BTreeSet<u32>) {
        let (mut own, mut added, mut removed) = Default::default();
        for element in model.children_named("feature") {
            let Some(name) = element.value("name") else { continue };
            let Some(&index) = self.features.get(name.as_ref()) else {
                self.complain(file, format!("feature '{name}' is not known"));
                continue;
            };
            let marked = |mark| element.value(mark).as_deref() == Some("yes");
            let set: &mut BTreeSet<u32> = match (marked("added"), marked("removed")) {
                (true, _) => &mut added,
                (false, true) => &mut removed,
                (false, false) => &mut own,
            };
            set.insert(index);
        }
        (own, added, removed)
    }
}

fn inherited(ancestor: Option<MapModel>) -> Vec<Signature> {
    ancestor.map(|ancestor| ancestor.signatures).unwrap_or_default()
}

fn own_data(own: &BTreeSet<u32>, ancestor: Option<&MapModel>) -> Vec<u32> {
    let kept = |a: &MapModel| {
        a.features.iter().copied().filter(|f| !a.removed.contains(f)).collect::<BTreeSet<u32>>()
    };
    let inherited = ancestor.map(kept).unwrap_or_default();
    own.union(&inherited).copied().collect()
}

/// Of a feature with several bits, the first.
fn bit(element: Element<'_>) -> Option<FeatureBit> {
    let value = |name| u32::try_from(hexadecimal(&element.value(name)?)?).ok();
    let first =
        |name| value(name).filter(|&mask| mask != 0).and_then(|m| u8::try_from(m.trailing_zeros()).ok());
    match element.name() {
        "cpuid" => {
            let register = REGISTERS.iter().find_map(|&(name, register)| Some((register, first(name)?)));
            register.and_then(|(register, bit)| {
                let ecx_in = value("ecx_in").unwrap_or(0);
                Some(FeatureBit::Cpuid { eax_in: value("eax_in")?, ecx_in, register, bit })
            })
        }
        "msr" => {
            let bit = first("eax").or_else(|| first("edx").map(|bit| bit + 32))?;
            Some(FeatureBit::Msr { index: value("index")?, bit })
        }
        _ => None,
    }
}

const REGISTERS: [(&str, CpuidRegister); 4] = [
    ("eax", CpuidRegister::Eax),
    ("ebx", CpuidRegister::Ebx),
    ("ecx", CpuidRegister::Ecx),
    ("edx", CpuidRegister::Edx),
];

fn signature(element: Element<'_>) -> Option<Signature> {
    let number = |name| element.value(name)?.parse::<u32>().ok();
    let range = |text: &str| {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
    };
    let stepping = element.value("stepping").and_then(|text| range(&text));
    Some(Signature { family: number("family")?, model: number("model")?, stepping })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Made up.
    fn made_up() -> Vec<(String, String)> {
        let files = [
            ("index.xml", "<cpus><arch name='x86'><include filename='x86_features.xml'/><group name='g'>
                <include filename='x86_old.xml'/><include filename='x86_gone.xml'/></group></arch>
                <arch name='arm'><include filename='arm.xml'/></arch></cpus>"),
            ("x86_features.xml", "<cpus><vendor name='Maker' string='GenuineMaker'/>
                <feature name='one'><cpuid eax_in='0x01' ecx_in='0x00' edx='0x00000001'/></feature>
                <feature name='two' migratable='no'><cpuid eax_in='0x07' ecx_in='0x01' ebx='0x00000200'/></feature>
                <feature name='three'><msr index='0x10a' eax='0x00000000' edx='0x00000002'/></feature></cpus>"),
            ("x86_old.xml", "<cpus><model name='Old'><decode host='on' guest='off'/><check partial='compat'/>
                <signature family='6' model='15' stepping='0-4'/><vendor name='Maker'/><feature name='one'/>
                <feature name='two' removed='yes'/><feature name='three' added='yes'/><feature name='none'/></model>
                <model name='Old-v1'><model name='Old'/></model>
                <model name='New'><model name='Old'/><signature family='6' model='16'/><feature name='three'/></model>
                <model name='Orphan'><model name='Nobody'/></model></cpus>"),
            ("arm.xml", "<cpus><model name='arm'/></cpus>"),
        ];
        files.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec()
    }

    #[test]
    fn models_inherit_what_libvirt_lets_them() {
        let (map, wrong) = read_cpu_map("made up", &made_up());
        let names: Vec<_> = map.models.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["Old", "Old-v1", "New"]);
        let [old, alias, new] = map.models.as_slice() else { panic!("three") };
        assert_eq!((&old.features, &old.removed, &old.added), (&vec![0], &vec![1], &vec![2]));
        assert_eq!((old.decode_host, old.decode_guest, old.compat), (true, false, true));
        assert_eq!(old.signatures[0].stepping, Some((0, 4)));
        assert_eq!(alias.alias_of.as_deref(), Some("Old"));
        assert_eq!((alias.signatures.len(), alias.compat, alias.decode_guest), (1, false, true));
        assert!(alias.removed.is_empty() && alias.added.is_empty());
        assert_eq!((&new.features, new.alias_of.as_deref()), (&vec![0, 2], None));
        assert_eq!(new.signatures[0].model, 16);
        assert_eq!(new.vendor.as_deref(), Some("Maker"));
        let files: Vec<_> = wrong.iter().map(|(file, _)| file.as_str()).collect();
        assert_eq!(files, ["x86_old.xml", "x86_old.xml", "x86_gone.xml"]);
    }

    #[test]
    fn bits_are_found_in_their_register() {
        let (map, _) = read_cpu_map("made up", &made_up());
        let bits: Vec<_> = map.features.iter().map(|f| f.bit).collect();
        let register = CpuidRegister::Ebx;
        assert_eq!(bits[1], FeatureBit::Cpuid { eax_in: 7, ecx_in: 1, register, bit: 9 });
        assert_eq!(bits[2], FeatureBit::Msr { index: 0x10a, bit: 33 });
        assert!(map.features[0].migratable && !map.features[1].migratable);
    }

    #[test]
    fn a_file_that_includes_itself_is_read_once() {
        let text = "<cpus><arch name='x86'><include filename='index.xml'/></arch></cpus>";
        let (map, wrong) = read_cpu_map("made up", &[("index.xml".to_owned(), text.to_owned())]);
        assert!(map.models.is_empty() && wrong.is_empty());
    }

    #[test]
    fn the_map_of_this_machine_is_read() {
        let folder = Path::new("/usr/share/libvirt/cpu_map");
        if !folder.is_dir() {
            return;
        }
        let map = read_cpu_map_folder(folder).expect("libvirt's own");
        assert!(map.models.len() >= 58 && map.features.len() >= 212, "{}", map.models.len());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in crate::ingest::tests::any_text(
            "<cpus><arch name='x86'><model name='a'><model name='a'/><signature family='6' stepping='1-'/></model></arch></cpus>"
        )) {
            let _ = read_cpu_map("made up", &[("index.xml".to_owned(), text)]);
        }
    }
}
