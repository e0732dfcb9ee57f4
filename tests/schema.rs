//! `portolan schema`: the published forms, and that what is written has them.

mod form;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use portolan::compat::{Answer, Mode, Severity, Verdict};
use portolan::model::CpuMode;
use portolan::plan::review::Outcome;
use serde_json::Value;

use crate::common::{files, repository};
use crate::samples::printed;
use form::{cover, fields, wrong};
use written::written;

#[test]
fn the_schemas_in_docs_are_those_of_the_documents() {
    let fresh = tempfile::tempdir().expect("a folder");
    printed(&["schema", "--output", &fresh.path().to_string_lossy()], &[0]);
    let read = |folder: &Path| {
        let name = |path: &Path| path.strip_prefix(folder).expect("inside").to_owned();
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

fn schema(name: &str) -> Value {
    serde_json::from_str(&printed(&["schema", name], &[0])).expect("JSON")
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn against(name: &str, value: &Value) -> BTreeSet<String> {
    let (form, mut found) = (schema(name), BTreeSet::new());
    wrong(&form, &form, value, name, &mut found);
    found
}

fn stored(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).expect("a document")
}

/// The names of all schemas.
fn names() -> Vec<String> {
    let list = printed(&["schema"], &[0]);
    list.lines().map(|line| line.split(' ').next().expect("a name").to_owned()).collect()
}

/// Fields that are `null` or absent in all documents that are looked at.
const NEVER_SEEN: [&str; 6] = [
    "DifferenceRecord.note",
    "LeftRecord.kind",
    "LeftRecord.lacking",
    "MachineRecord.unknown",
    "PlanDocument.since",
    "StandingRecord.unknown",
];

#[test]
fn what_is_written_has_its_published_form_and_no_other() {
    let seen = written();
    let forms: BTreeMap<String, Value> =
        names().into_iter().map(|name| (name.clone(), schema(&name))).collect();
    let fits = |name: &str, value: &Value| {
        let mut found = BTreeSet::new();
        wrong(&forms[name], &forms[name], value, name, &mut found);
        found
    };
    for (name, from, value) in &seen {
        assert_eq!(fits(name, value), BTreeSet::new(), "{from}");
    }
    let (mut all, mut covered) = (BTreeSet::new(), BTreeSet::new());
    for (name, _, value) in &seen {
        all.append(&mut fields(name, &forms[*name]));
        cover(&forms[*name], &forms[*name], value, name, &mut covered);
    }
    assert_eq!(all.difference(&covered).collect::<Vec<_>>(), NEVER_SEEN.iter().collect::<Vec<_>>());
    for name in forms.keys() {
        let first =
            seen.iter().find(|(one, ..)| one == name).unwrap_or_else(|| panic!("nothing is a {name}"));
        for other in forms.keys().filter(|other| *other != name) {
            assert!(!fits(other, &first.2).is_empty(), "a {name} passes for a {other}");
        }
    }
}

#[test]
fn a_document_of_another_form_is_refused() {
    let text = stored("reports/captured/findings.json");
    for (what, from, to) in [
        ("another version", "\"version\": 2", "\"version\": 1"),
        ("another format", "portolan-findings", "portolan-finding"),
        ("a word that is none", "\"verdict\": \"live\"", "\"verdict\": \"alive\""),
        ("a field that is none", "\"verdict\": \"live\"", "\"verdict\": \"live\", \"more\": 1"),
        ("a text for a number", "\"line\": ", "\"line\": \"x\", \"old\": "),
        ("a field that is missing", "\"guest\": ", "\"who\": "),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{what}");
        assert!(!against("findings", &value(&changed)).is_empty(), "{what}");
    }
}

#[test]
fn every_schema_names_its_format_and_version_and_every_field_says_what_it_is() {
    for name in names() {
        let form = schema(&name);
        assert_eq!(form["properties"]["format"]["const"], format!("portolan-{name}"));
        assert_eq!(form["title"], format!("portolan {name} {}", form["properties"]["version"]["const"]));
        let definitions = form.get("$defs").and_then(Value::as_object).into_iter().flatten();
        for (record, one) in
            definitions.map(|(name, one)| (name.as_str(), one)).chain([(name.as_str(), &form)])
        {
            assert!(one.get("description").is_some(), "{name}: {record} says nothing");
            for (field, form) in one.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let said = form.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(said.ends_with('.'), "{name}: {record}.{field} says '{said}'");
                assert!(
                    !said.contains("`None`") && !said.contains("[`"),
                    "{name}: {record}.{field} speaks of Rust"
                );
                let empty = form.get("type").is_some_and(|kind| kind.to_string().contains("null"))
                    || form.get("anyOf").is_some_and(|any| any.to_string().contains("\"null\""));
                assert!(!empty || said.contains("`null`"), "{name}: {record}.{field} is null when?");
                let absent =
                    !one["required"].as_array().is_some_and(|all| all.iter().any(|one| one == field));
                let told = ["absent", "only of"].iter().any(|word| said.contains(word));
                assert!(!absent || told, "{name}: {record}.{field} is absent when?");
            }
        }
    }
}

#[test]
fn words_of_the_schemas_are_those_that_are_written() {
    let words = |name: &str, record: &str| -> BTreeSet<String> {
        let all = schema(name)["$defs"][record]["oneOf"].as_array().expect("words").clone();
        all.iter().map(|one| one["const"].as_str().expect("a word").to_owned()).collect()
    };
    let set = |all: &[&str]| all.iter().map(|&word| word.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(words("findings", "Mode"), set(&Mode::ALL.map(Mode::as_str)));
    assert_eq!(words("findings", "Verdict"), set(&Verdict::ALL.map(Verdict::as_str)));
    let answers = [Answer::Yes, Answer::Unknown, Answer::No];
    assert_eq!(words("findings", "Answer"), set(&answers.map(Answer::as_str)));
    let severities = [Severity::Blocker, Severity::Unknown, Severity::Warning, Severity::Note];
    assert_eq!(words("findings", "Severity"), set(&severities.map(Severity::as_str)));
    let modes = [CpuMode::Custom, CpuMode::HostModel, CpuMode::HostPassthrough, CpuMode::Maximum];
    assert_eq!(words("baseline", "CpuMode"), set(&modes.map(CpuMode::as_str)));
    let outcomes = [Outcome::Absorbed, Outcome::Unknown, Outcome::Stranded];
    assert_eq!(words("review", "Outcome"), set(&outcomes.map(Outcome::as_str)));
}
