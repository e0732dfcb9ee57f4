//! CPU maps in a form of this project's own: one line a vendor, a feature, a model, so that the
//! difference between two versions reads well.
//!
//! ```text
//! map libvirt 11.3.0
//! vendor Intel GenuineIntel
//! feature pclmuldq cpuid 0x1 0x0 ecx 1
//! feature vmx-activity-hlt msr 0x485 6
//! feature invtsc cpuid 0x80000007 0x0 edx 8 unmigratable
//! model Penryn Intel decode=host,guest compat signature=6/23 like=Conroe +cx16 +sse4.1 -x removed=mpx,intel-pt
//! model Penryn-v1 Intel decode=host signature=6/23 is=Penryn
//! ```
//!
//! A model's features are those of the model it is `like`, with the `+` and without the `-` ones;
//! `is` says the same and that the model only renames that one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::knowledge::data::{lines, number};
use crate::model::{CpuMap, CpuidRegister, FeatureBit, MapFeature, MapModel, Signature};

const REGISTERS: [(CpuidRegister, &str); 4] = [
    (CpuidRegister::Eax, "eax"),
    (CpuidRegister::Ebx, "ebx"),
    (CpuidRegister::Ecx, "ecx"),
    (CpuidRegister::Edx, "edx"),
];

/// A line of a table that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {text}")]
pub struct TableError {
    /// The line, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

/// Writes a map as a table.
pub fn write_table(map: &CpuMap) -> String {
    let mut out = format!("map {}\n", map.origin);
    for (name, string) in &map.vendors {
        let _ = writeln!(out, "vendor {name} {string}");
    }
    for feature in &map.features {
        let _ = writeln!(out, "feature {}", feature_words(feature));
    }
    for (at, model) in map.models.iter().enumerate() {
        let _ = writeln!(out, "model {}", model_words(map, at, model).join(" "));
    }
    out
}

fn feature_words(feature: &MapFeature) -> String {
    let stuck = if feature.migratable { "" } else { " unmigratable" };
    match feature.bit {
        FeatureBit::Msr { index, bit } => format!("{} msr {index:#x} {bit}{stuck}", feature.name),
        FeatureBit::Cpuid { eax_in, ecx_in, register, bit } => {
            let register = REGISTERS.iter().find(|(r, _)| *r == register).map_or("eax", |(_, name)| name);
            format!("{} cpuid {eax_in:#x} {ecx_in:#x} {register} {bit}{stuck}", feature.name)
        }
    }
}

fn model_words(map: &CpuMap, at: usize, model: &MapModel) -> Vec<String> {
    let mut words = vec![model.name.clone(), model.vendor.clone().unwrap_or_else(|| "-".to_owned())];
    let sides = [(model.decode_host, "host"), (model.decode_guest, "guest")];
    let sides: Vec<&str> = sides.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    words.push(format!("decode={}", sides.join(",")));
    words.extend(model.compat.then(|| "compat".to_owned()));
    words.extend(model.signatures.iter().map(signature_word));
    words.extend(feature_delta(map, at, model));
    for (prefix, list) in [("removed", &model.removed), ("added", &model.added)] {
        let joined = names(map, list).collect::<Vec<_>>().join(",");
        words.extend((!list.is_empty()).then(|| format!("{prefix}={joined}")));
    }
    words
}

fn signature_word(signature: &Signature) -> String {
    let Signature { family, model, stepping } = signature;
    match stepping {
        None => format!("signature={family}/{model}"),
        Some((first, last)) => format!("signature={family}/{model}/{first}-{last}"),
    }
}

/// The features as a difference to the model that needs the fewest words, of those before it.
fn feature_delta(map: &CpuMap, at: usize, model: &MapModel) -> Vec<String> {
    if let Some(other) = &model.alias_of {
        return vec![format!("is={other}")];
    }
    let lacks = |list: &[u32], of: &[u32]| -> Vec<u32> {
        list.iter().filter(|f| of.binary_search(f).is_err()).copied().collect()
    };
    let distance = |other: &&MapModel| {
        lacks(&model.features, &other.features).len() + lacks(&other.features, &model.features).len()
    };
    let before = map.models.get(..at).unwrap_or_default().iter().filter(|m| m.alias_of.is_none());
    let nearest = before.min_by_key(distance).filter(|other| distance(other) < model.features.len());
    let base = nearest.map_or(&[][..], |other| &other.features);
    let mut words: Vec<String> = nearest.map(|other| format!("like={}", other.name)).into_iter().collect();
    words.extend(names(map, &lacks(&model.features, base)).map(|name| format!("+{name}")));
    words.extend(names(map, &lacks(base, &model.features)).map(|name| format!("-{name}")));
    words
}

fn names<'m>(map: &'m CpuMap, list: &[u32]) -> impl Iterator<Item = &'m str> {
    let found: Vec<&str> =
        list.iter().filter_map(|&f| map.features.get(f as usize)).map(|f| f.name.as_str()).collect();
    found.into_iter()
}

/// Reads a table that [`write_table`] wrote; lines that begin with `#` are comments.
///
/// # Errors
/// [`TableError`] for the first line that cannot be read.
pub fn read_table(text: &str) -> Result<CpuMap, TableError> {
    let mut reader = Reader::default();
    for (at, line) in lines(text) {
        reader.line(line).ok_or_else(|| TableError { line: at, text: line.chars().take(80).collect() })?;
    }
    Ok(reader.map)
}

#[derive(Default)]
struct Reader {
    map: CpuMap,
    features: BTreeMap<String, u32>,
    models: BTreeMap<String, usize>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.split_once(' ')?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        match (kind, words.as_slice()) {
            ("map", _) => rest.clone_into(&mut self.map.origin),
            ("vendor", [name, string]) => {
                self.map.vendors.push(((*name).to_owned(), (*string).to_owned()));
            }
            ("feature", [name, words @ ..]) => self.feature(name, words)?,
            ("model", [name, vendor, words @ ..]) => self.model(name, vendor, words)?,
            _ => return None,
        }
        Some(())
    }

    fn feature(&mut self, name: &str, words: &[&str]) -> Option<()> {
        let stuck = words.last() == Some(&"unmigratable");
        let words = if stuck { words.split_last()?.1 } else { words };
        let bit = match words {
            ["msr", index, bit] => FeatureBit::Msr { index: number(index)?, bit: bit.parse().ok()? },
            ["cpuid", leaf, sub_leaf, register, bit] => FeatureBit::Cpuid {
                eax_in: number(leaf)?,
                ecx_in: number(sub_leaf)?,
                register: REGISTERS.iter().find(|(_, name)| name == register)?.0,
                bit: bit.parse().ok()?,
            },
            _ => return None,
        };
        self.features.insert(name.to_owned(), u32::try_from(self.map.features.len()).ok()?);
        self.map.features.push(MapFeature { name: name.to_owned(), migratable: !stuck, bit });
        Some(())
    }

    fn model(&mut self, name: &str, vendor: &str, words: &[&str]) -> Option<()> {
        let mut model = MapModel {
            name: name.to_owned(),
            vendor: (vendor != "-").then(|| vendor.to_owned()),
            features: Vec::new(),
            removed: Vec::new(),
            added: Vec::new(),
            decode_host: false,
            decode_guest: false,
            compat: false,
            signatures: Vec::new(),
            alias_of: None,
        };
        words.iter().try_for_each(|word| self.model_word(&mut model, word))?;
        model.features.sort_unstable();
        self.models.insert(name.to_owned(), self.map.models.len());
        self.map.models.push(model);
        Some(())
    }

    fn model_word(&self, model: &mut MapModel, word: &str) -> Option<()> {
        if word == "compat" {
            model.compat = true;
        } else if let Some(sides) = word.strip_prefix("decode=") {
            model.decode_host = sides.split(',').any(|side| side == "host");
            model.decode_guest = sides.split(',').any(|side| side == "guest");
        } else if let Some(signature) = word.strip_prefix("signature=") {
            model.signatures.push(read_signature(signature)?);
        } else if let Some(other) = word.strip_prefix("is=") {
            model.alias_of = Some(other.to_owned());
            model.features = self.like(other)?;
        } else if let Some(other) = word.strip_prefix("like=") {
            model.features = self.like(other)?;
        } else if let Some(name) = word.strip_prefix('+') {
            model.features.push(*self.features.get(name)?);
        } else if let Some(name) = word.strip_prefix('-') {
            let index = *self.features.get(name)?;
            model.features.retain(|&f| f != index);
        } else if let Some(names) = word.strip_prefix("removed=") {
            model.removed = self.indices(names)?;
        } else {
            model.added = self.indices(word.strip_prefix("added=")?)?;
        }
        Some(())
    }

    fn indices(&self, names: &str) -> Option<Vec<u32>> {
        names.split(',').map(|name| self.features.get(name).copied()).collect()
    }

    fn like(&self, name: &str) -> Option<Vec<u32>> {
        self.models.get(name).map(|&at| self.map.models[at].features.clone())
    }
}

fn read_signature(text: &str) -> Option<Signature> {
    let mut parts = text.split('/');
    let (family, model) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let stepping = match parts.next() {
        None => None,
        Some(range) => {
            let (first, last) = range.split_once('-')?;
            Some((first.parse().ok()?, last.parse().ok()?))
        }
    };
    Some(Signature { family, model, stepping })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_makes_no_sense_is_named() {
        let error = read_table("map x\nfeature a msr 0x1 0\nmodel m - decode=host +b\n").unwrap_err();
        assert_eq!(error.line, 3);
    }
}
