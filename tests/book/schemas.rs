//! The page of the documents for programs: their schemas, field by field.

use std::fmt::Write as _;

use serde_json::Value;

use crate::samples::printed;

const HEAD: &str = "# JSON documents, field by field

Made from the schemas that `portolan schema NAME` prints; they are files in [docs/schema](../schema), too. Every document names
its `format`, which is `portolan-NAME`, and the `version` of its form; its schema allows no other, and a program refuses a version that
it does not know. Fields are added with a new version only. A field that may be `null` or absent says when. What other
standards define has no schema here: SARIF (`check --format sarif`).
";

pub(super) fn page() -> String {
    let mut out = HEAD.to_owned();
    for line in printed(&["schema"], &[0]).lines() {
        let (name, about) =
            (line.split(' ').next().expect("a name"), line.split_once(", ").expect("words").1);
        let form: Value = serde_json::from_str(&printed(&["schema", name], &[0])).expect("JSON");
        let version = &form["properties"]["version"]["const"];
        let file = format!("[{name}-v{version}.json](../schema/{name}-v{version}.json)");
        let _ = write!(out, "\n## {name}\n\n{}\n\nFound in: {about}. Schema: {file}.\n", sentence(&form));
        table(&mut out, &form);
        for (record, one) in form["$defs"].as_object().into_iter().flatten() {
            let _ = write!(out, "\n### {record} in {name}\n\n{}\n", sentence(one));
            match one.get("oneOf").and_then(Value::as_array) {
                Some(words) => words_of(&mut out, words),
                None => table(&mut out, one),
            }
        }
    }
    out
}

/// The fields of a record.
fn table(out: &mut String, form: &Value) {
    let Some(fields) = form.get("properties").and_then(Value::as_object) else { return };
    out.push_str("\n| field | holds | is |\n| --- | --- | --- |\n");
    for (field, one) in fields {
        let _ = writeln!(out, "| `{field}` | {} | {} |", kind(one), sentence(one));
    }
}

/// The words that a value may be.
fn words_of(out: &mut String, words: &[Value]) {
    out.push_str("\n| word | is |\n| --- | --- |\n");
    for one in words {
        let word = one.get("const").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(out, "| `{word}` | {} |", sentence(one));
    }
}

fn sentence(form: &Value) -> String {
    form.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ").replace('|', "\\|")
}

/// What a field holds.
fn kind(form: &Value) -> String {
    if let Some(name) = form.get("$ref").and_then(Value::as_str) {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(any) = form.get("anyOf").or_else(|| form.get("oneOf")).and_then(Value::as_array) {
        return any.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    if let Some(items) = form.get("prefixItems").and_then(Value::as_array) {
        return format!("\\[{}\\]", items.iter().map(kind).collect::<Vec<_>>().join(", "));
    }
    let named = |name: &str| match (name, form.get("items")) {
        ("array", Some(items)) => format!("list of {}", kind(items)),
        ("integer", _) => "number".to_owned(),
        (name, _) => name.to_owned(),
    };
    match form.get("type") {
        Some(Value::String(name)) => named(name),
        Some(Value::Array(all)) => {
            all.iter().filter_map(Value::as_str).map(named).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    }
}
