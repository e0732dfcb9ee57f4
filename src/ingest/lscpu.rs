//! `lscpu` and `lscpu -J` (util-linux, read against 2.34 to 2.39).
//!
//! Of the frequencies it prints none is the one the host runs at, so none is taken.

use std::collections::BTreeSet;

use crate::model::{Arch, Known, Midr, Topology};
use crate::text::{SourceId, Span};

use super::arm_names;
use super::cpuinfo::{signature, vendor};
use super::problem::Complaint;
use super::saying::{Field, Reading, Saying, fields, hexadecimal, known, number, words};

/// Reads one document: text, or JSON where it begins with a brace.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    if text.trim_start().starts_with('{') {
        let tree = serde_json::from_str(text).map_err(|error| not_json(text, &error))?;
        let list = json_fields(text, &tree);
        let fields: Vec<Field<'_>> = list.iter().map(JsonField::field).collect();
        return Ok(saying(source, &fields));
    }
    Ok(saying(source, &fields(text, ':').collect::<Vec<_>>()))
}

fn saying(source: SourceId, fields: &[Field<'_>]) -> Saying {
    let field = |key| fields.iter().find(|field| field.key == key);
    let arch = field("Architecture").and_then(|f| f.parse(source, |name| Some(Arch::named(name))));
    let arm = arch.as_ref().is_some_and(|arch| arch.value.is_arm());
    let flags = |text| Some(words(text)).filter(|words| !words.is_empty());
    Saying {
        arch,
        processors: field("CPU(s)").and_then(|f| f.parse(source, number)),
        topology: topology(source, fields),
        vendor: field("Vendor ID").and_then(|f| f.parse(source, vendor)),
        signature: signature(
            source,
            (field("CPU family").copied(), field("Model").copied(), field("Stepping").copied()),
        ),
        flags: field("Flags").and_then(|f| f.parse(source, flags)),
        midrs: if arm { midrs(source, fields) } else { None },
        ..Saying::default()
    }
}

fn topology(source: SourceId, fields: &[Field<'_>]) -> Option<Known<Topology>> {
    let field = |key| fields.iter().find(|field| field.key == key);
    let count = |key| number::<u32>(field(key)?.value);
    let (cores, threads) = (count("Core(s) per socket")?, count("Thread(s) per core")?);
    let read = |text| Some(Topology { sockets: number(text)?, dies: 1, cores, threads });
    field("Socket(s)")?.parse(source, read)
}

/// Each `Model name` with the `Model` (the revision) and the `Stepping` (the variant) after it.
fn midrs(source: SourceId, fields: &[Field<'_>]) -> Option<Known<BTreeSet<Midr>>> {
    let mut found = BTreeSet::new();
    let mut span = None;
    for (at, field) in fields.iter().enumerate().filter(|(_, field)| field.key == "Model name") {
        let (before, after) = fields.split_at_checked(at)?;
        // Old lscpu prints `Model` before the name, new lscpu behind it.
        let own = after.iter().skip(1).take_while(|f| f.key != "Model name");
        let find = |key| own.clone().chain(before.iter().rev()).find(|f| f.key == key).map(|f| f.value);
        let implementer = arm_names::implementer(find("Vendor ID")?)?;
        let part = arm_names::part(implementer, field.value)?;
        let (variant, revision) = stepping(find("Stepping")?, find("Model"))?;
        found.insert(Midr::new(implementer, variant, part, revision));
        span = span.or(Some(field.span));
    }
    span.map(|span| known(source, span, found))
}

/// Variant and revision, from `r1p0`, or from `0x1` and the model.
fn stepping(stepping: &str, model: Option<&str>) -> Option<(u8, u8)> {
    if let Some((variant, revision)) = stepping.strip_prefix('r').and_then(|text| text.split_once('p')) {
        return Some((variant.parse().ok()?, revision.parse().ok()?));
    }
    let small = |text| u8::try_from(hexadecimal(text)?).ok();
    Some((small(stepping)?, small(model?)?))
}

/// A field of `lscpu -J`, and where its value stands.
struct JsonField {
    key: String,
    value: String,
    span: Span,
}

impl JsonField {
    fn field(&self) -> Field<'_> {
        Field { key: self.key.trim_end_matches(':'), value: &self.value, span: self.span }
    }
}

fn not_json(text: &str, error: &serde_json::Error) -> Complaint {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = before + error.column().saturating_sub(1);
    Complaint::new(Some(at), format!("not JSON: {error}"), "print the document again with lscpu -J")
}

fn json_fields(text: &str, tree: &serde_json::Value) -> Vec<JsonField> {
    let mut found = Vec::new();
    let mut from = 0;
    collect(text, tree.get("lscpu").unwrap_or(tree), &mut from, &mut found);
    found
}

/// The list's fields and, since util-linux 2.37, those in the `children` of each.
fn collect(text: &str, list: &serde_json::Value, from: &mut usize, found: &mut Vec<JsonField>) {
    for item in list.as_array().into_iter().flatten() {
        let string = |name| item.get(name).and_then(serde_json::Value::as_str);
        if let (Some(key), Some(value)) = (string("field"), string("data")) {
            let key_at = find(text, key, *from).unwrap_or(Span::new(*from, *from));
            let span = find(text, value, key_at.range().end).unwrap_or(key_at);
            *from = span.range().end;
            found.push(JsonField { key: key.to_owned(), value: value.to_owned(), span });
        }
        if let Some(children) = item.get("children") {
            collect(text, children, from, found);
        }
    }
}

/// The next place from `from` on at which `value` stands as a JSON string.
fn find(text: &str, value: &str, from: usize) -> Option<Span> {
    let spelled = serde_json::Value::from(value).to_string();
    let start = from + text.get(from..)?.find(&spelled)? + 1;
    Some(Span::new(start, start + spelled.len() - 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "Architecture:        aarch64\nCPU(s):              8\nThread(s) per core:  1\n\
        Core(s) per socket:  4\nSocket(s):           2\nVendor ID:           HiSilicon\nModel:               0\n\
        Model name:          Kunpeng-920\nStepping:            0x1\nCPU max MHz:         2600.0000\n\
        Flags:               fp asimd\n";

    /// Made up.
    const JSON: &str = r#"{"lscpu": [{"field": "Architecture:", "data": "aarch64"},
        {"field": "CPU(s):", "data": "2"},
        {"field": "Vendor ID:", "data": "ARM", "children": [{"field": "Model name:", "data": "Neoverse-N1",
         "children": [{"field": "Model:", "data": "1"}, {"field": "Stepping:", "data": "r3p1"}]}]}]}"#;

    fn midr(saying: &Saying) -> Vec<u32> {
        saying.midrs.iter().flat_map(|known| &known.value).map(|midr| midr.0).collect()
    }

    #[test]
    fn names_and_steppings_make_the_register() {
        let saying = read(source(), MADE_UP).expect("read");
        assert_eq!(midr(&saying), [0x481f_d010]);
        assert_eq!(
            saying.topology.map(|k| k.value),
            Some(Topology { sockets: 2, dies: 1, cores: 4, threads: 1 })
        );
        assert_eq!(saying.vendor.map(|k| k.value).as_deref(), Some("HiSilicon"));
        assert!(saying.frequency.is_none());
        let two = "Architecture: aarch64\nVendor ID: ARM\nModel name: Cortex-A53\nModel: 4\nStepping: r0p4\n\
            Model name: Cortex-A72\nModel: 3\nStepping: r0p3\n";
        assert_eq!(midr(&read(source(), two).expect("read")), [0x410f_d034, 0x410f_d083]);
    }

    #[test]
    fn an_unknown_core_and_an_x86_have_no_register() {
        let unknown = MADE_UP.replace("Kunpeng-920", "Kunpeng-made-up");
        assert!(read(source(), &unknown).expect("read").midrs.is_none());
        let x86 = MADE_UP.replace("aarch64", "x86_64");
        assert!(read(source(), &x86).expect("read").midrs.is_none());
    }

    #[test]
    fn json_says_the_same_and_where() {
        let saying = read(source(), JSON).expect("read");
        assert_eq!(midr(&saying), [0x413f_d0c1]);
        let arch = saying.arch.expect("said");
        assert_eq!(&JSON[arch.place.span.range()], "aarch64");
        let complaint = read(source(), "{\n\"lscpu\": [").expect_err("cut off");
        assert!(complaint.at >= Some(2));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP), json in any_text(JSON)) {
            let _ = read(source(), &text);
            let _ = read(source(), &json);
        }
    }
}
