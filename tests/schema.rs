//! `portolan schema`: the published forms, and that what is written has them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::{files, repository};
use crate::samples::printed;

#[test]
fn the_schemas_in_docs_are_those_of_the_documents() {
    let fresh = tempfile::tempdir().expect("a folder");
    printed(&["schema", "--output", &fresh.path().to_string_lossy()], &[0]);
    let read = |folder: &std::path::Path| {
        let name = |path: &std::path::Path| path.strip_prefix(folder).expect("inside").to_owned();
        let files = files(folder, &|_| true).into_iter();
        files
            .map(|path| (name(&path), std::fs::read_to_string(&path).expect("text")))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let stored = read(&repository().join("docs/schema"));
    assert!(read(fresh.path()) == stored, "run `portolan schema --output docs/schema`");
    let list = printed(&["schema"], &[0]);
    assert_eq!(list.lines().count(), stored.len());
    for line in list.lines() {
        let name = line.split(' ').next().expect("a name");
        assert!(stored.values().any(|text| *text == printed(&["schema", name], &[0])), "{name}");
    }
}

/// Where a value is not of the form: what the schemas here use of JSON Schema, and nothing else.
fn wrong(root: &Value, form: &Value, value: &Value, at: &str, found: &mut BTreeSet<String>) {
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
    let types: Vec<&str> = match form.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let own = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
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

fn against(name: &str, text: &str) -> BTreeSet<String> {
    let form: Value = serde_json::from_str(&printed(&["schema", name], &[0])).expect("JSON");
    let value: Value = serde_json::from_str(text).expect("JSON");
    let mut found = BTreeSet::new();
    wrong(&form, &form, &value, name, &mut found);
    found
}

#[test]
fn plans_and_rollouts_have_their_published_forms_and_every_field_says_what_it_is() {
    for sample in ["kunpeng-rollout", "two-generations", "captured"] {
        let plan = repository().join("reports").join(sample).join("plan.json");
        let text = std::fs::read_to_string(plan).expect("a plan");
        assert_eq!(against("plan", &text), BTreeSet::new());
        assert!(!against("rollout", &text).is_empty());
    }
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let inventory = "inventories/two-generations";
    printed(&["plan", inventory, "--intent", "evacuate hsw-01", "--output", output], &[0, 1]);
    let text = std::fs::read_to_string(folder.path().join("plan.json")).expect("written");
    assert_eq!(against("rollout", &text), BTreeSet::new());
    for name in ["plan", "rollout"] {
        let form: Value = serde_json::from_str(&printed(&["schema", name], &[0])).expect("JSON");
        let definitions = form["$defs"].as_object().expect("definitions").iter();
        for (record, one) in definitions.map(|(name, one)| (name.as_str(), one)).chain([(name, &form)]) {
            for (field, form) in one.get("properties").and_then(Value::as_object).into_iter().flatten() {
                assert!(form.get("description").is_some(), "{record}.{field} says nothing");
            }
        }
    }
}
