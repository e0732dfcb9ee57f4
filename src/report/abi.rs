//! Whether one domain XML may take the other's place under a running guest: for people, and for programs.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::places::{Located, Places};
use super::quote::quote;
use crate::compat::{AbiDifference, AbiSaid, AbiSide, abi_differences, abi_findings};
use crate::text::xml::Document;
use crate::text::{Place, SourceId};

/// The version of the form that is written.
pub(super) const VERSION: u32 = 1;

/// Whether one domain XML may take the other's place under a running guest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AbiDocument {
    /// What the document is: `portolan-abi`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// Whether the guest's ABI stays: `yes`, `no`, or `unknown` where it hangs on what libvirt fills in.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub kept: &'static str,
    /// What differs, in the order in which libvirt looks.
    pub differences: Vec<AbiDifferenceRecord>,
}

/// One difference.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AbiDifferenceRecord {
    /// libvirt's name of the property, for people.
    pub property: String,
    /// Whether it differs whatever libvirt fills in.
    pub certain: bool,
    /// What the guest has.
    pub source: AbiSideRecord,
    /// What it would have.
    pub target: AbiSideRecord,
}

/// What one document says.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AbiSideRecord {
    /// What it says; `null` where it says that there is none, or nothing.
    pub value: Option<String>,
    /// Whether libvirt fills in a value.
    pub left_to_libvirt: bool,
    /// Where it says so, or would.
    pub at: Located,
}

/// What a new XML does to a guest's ABI, in short.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AbiRecord {
    /// Whether the guest's ABI stays: `yes`, `no`, or `unknown` where it hangs on what libvirt fills in.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub kept: &'static str,
    /// libvirt's names of what differs or may differ, each once; empty where nothing does.
    pub changed: Vec<String>,
}

/// Whether nothing differs, something does, or only libvirt can tell.
fn kept(differences: &[AbiDifference]) -> &'static str {
    match differences {
        [] => "yes",
        all if all.iter().any(AbiDifference::is_certain) => "no",
        _ => "unknown",
    }
}

/// Two documents for programs.
pub fn abi_document(
    differences: &[AbiDifference],
    (source, target): (SourceId, SourceId),
    places: &Places<'_>,
) -> AbiDocument {
    let side = |side: &AbiSide, source| AbiSideRecord {
        value: match &side.said {
            AbiSaid::Value(value) => Some(value.clone()),
            AbiSaid::Nothing | AbiSaid::LeftToLibvirt => None,
        },
        left_to_libvirt: side.said == AbiSaid::LeftToLibvirt,
        at: places.locate(Place { source, span: side.span }),
    };
    let record = |one: &AbiDifference| AbiDifferenceRecord {
        property: one.property.clone(),
        certain: one.is_certain(),
        source: side(&one.source, source),
        target: side(&one.target, target),
    };
    AbiDocument {
        format: "portolan-abi",
        version: VERSION,
        kept: kept(differences),
        differences: differences.iter().map(record).collect(),
    }
}

/// Two documents for people: each difference with its lines in both, and what follows.
pub fn abi_text(
    differences: &[AbiDifference],
    (source, target): (SourceId, SourceId),
    places: &Places<'_>,
) -> String {
    let mut out = String::new();
    for finding in abi_findings(differences, source, target) {
        let _ = writeln!(out, "{}\n", quote(&finding, places));
    }
    let certain = differences.iter().filter(|one| one.is_certain()).count();
    let left = differences.len() - certain;
    let said = match kept(differences) {
        "yes" => "The guest's ABI stays: libvirt takes the new XML for the running guest.".to_owned(),
        "no" if left == 0 => format!("The guest's ABI changes in {certain}: cold start only."),
        "no" => {
            format!("The guest's ABI changes in {certain}, and {left} more hang on libvirt: cold start only.")
        }
        _ => format!("Whether the guest's ABI stays is not known: {left} hang on what libvirt fills in."),
    };
    out + &said + "\n"
}

/// What `new` does to the ABI of the guest that runs as `old`; unknown where one of them is no XML.
pub(super) fn abi_record(old: &str, new: &str) -> AbiRecord {
    let (Ok(old), Ok(new)) = (Document::parse(old), Document::parse(new)) else {
        return AbiRecord { kept: "unknown", changed: Vec::new() };
    };
    let differences = abi_differences(&old, &new);
    let mut changed: Vec<String> = Vec::new();
    for one in &differences {
        if !changed.contains(&one.property) {
            changed.push(one.property.clone());
        }
    }
    AbiRecord { kept: kept(&differences), changed }
}

/// The record in one line.
pub(super) fn abi_line(record: &AbiRecord) -> String {
    const SHOWN: usize = 4;
    let more = match record.changed.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let names = record.changed.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ") + &more;
    match record.kept {
        "yes" => "this keeps the guest's ABI: it could go into a live migration (--xml)".to_owned(),
        "no" => format!("this changes the guest's ABI: cold start only ({names})"),
        _ => format!("whether this keeps the guest's ABI hangs on what libvirt fills in ({names})"),
    }
}
