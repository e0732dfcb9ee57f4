//! Values against schemas: where they are not of the form, and which fields they have.

use std::collections::BTreeSet;

use serde_json::Value;

/// What the schemas here use of JSON Schema; `format` and `minimum` say no more than the type here.
const KNOWN: [&str; 20] = [
    "$schema",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "format",
    "minimum",
    "maximum",
    "default",
    "const",
    "enum",
    "anyOf",
    "oneOf",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "properties",
    "required",
];

/// Where a value is not of the form: what the schemas here use of JSON Schema, and nothing else.
pub(super) fn wrong(root: &Value, form: &Value, value: &Value, at: &str, found: &mut BTreeSet<String>) {
    for keyword in form.as_object().into_iter().flat_map(serde_json::Map::keys) {
        assert!(KNOWN.contains(&keyword.as_str()) || keyword == "additionalProperties", "{at}: {keyword}");
    }
    if let Some(name) = form.get("$ref").and_then(Value::as_str) {
        let form = root.pointer(name.trim_start_matches('#')).expect("a definition");
        return wrong(root, form, value, at, found);
    }
    if let Some(any) = form.get("anyOf").or_else(|| form.get("oneOf")).and_then(Value::as_array) {
        let fits = |form: &Value| {
            let mut found = BTreeSet::new();
            wrong(root, form, value, at, &mut found);
            found.is_empty()
        };
        if !any.iter().any(fits) {
            found.insert(format!("{at} has none of the forms"));
        }
        return;
    }
    if form.get("const").is_some_and(|only| only != value) {
        found.insert(format!("{at} is another word"));
    }
    if form.get("enum").and_then(Value::as_array).is_some_and(|words| !words.contains(value)) {
        found.insert(format!("{at} is another word"));
    }
    let types: Vec<&str> = match form.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let own = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.is_empty() && !types.contains(&own) {
        found.insert(format!("{at} is {own} and not {types:?}"));
    }
    if let (Some(items), Some(values)) = (form.get("items"), value.as_array()) {
        for value in values {
            wrong(root, items, value, &format!("{at}[]"), found);
        }
    }
    if let (Some(items), Some(values)) = (form.get("prefixItems").and_then(Value::as_array), value.as_array())
    {
        if items.len() != values.len() {
            found.insert(format!("{at} has {} items", values.len()));
        }
        for (number, (form, value)) in items.iter().zip(values).enumerate() {
            wrong(root, form, value, &format!("{at}[{number}]"), found);
        }
    }
    let Some(object) = value.as_object() else { return };
    let properties = form.get("properties").and_then(Value::as_object);
    for required in form.get("required").and_then(Value::as_array).into_iter().flatten() {
        if !object.contains_key(required.as_str().expect("a name")) {
            found.insert(format!("{at} lacks {required}"));
        }
    }
    for (key, value) in object {
        match properties.and_then(|all| all.get(key)) {
            Some(form) => wrong(root, form, value, &format!("{at}.{key}"), found),
            None => drop(found.insert(format!("{at} has {key} besides"))),
        }
    }
}

/// The fields that a value has, by the names of the records, into `found`.
pub(super) fn cover(root: &Value, form: &Value, value: &Value, record: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = form.get("$ref").and_then(Value::as_str) {
        let form = root.pointer(name.trim_start_matches('#')).expect("a definition");
        return cover(root, form, value, name.rsplit('/').next().expect("a name"), found);
    }
    if let Some(any) = form.get("anyOf").and_then(Value::as_array) {
        return any
            .iter()
            .filter(|form| form["type"] != "null")
            .for_each(|form| cover(root, form, value, record, found));
    }
    for value in value.as_array().into_iter().flatten() {
        cover(root, form.get("items").unwrap_or(&Value::Null), value, record, found);
    }
    for (field, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        found.insert(format!("{record}.{field}"));
        cover(root, &form["properties"][field], value, record, found);
    }
}

/// All fields of a schema.
pub(super) fn fields(name: &str, form: &Value) -> BTreeSet<String> {
    let records = form.get("$defs").and_then(Value::as_object).into_iter().flatten();
    let all = records.map(|(name, one)| (name.as_str(), one)).chain([(name, form)]);
    let of = |(record, one): (&str, &Value)| -> Vec<String> {
        let fields = one.get("properties").and_then(Value::as_object).into_iter().flatten();
        fields.map(|(field, _)| format!("{record}.{field}")).collect()
    };
    all.flat_map(of).collect()
}
