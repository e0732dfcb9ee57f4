//! `portolan schema`: the published forms, and that what is written has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use portolan::compat::{Answer, Mode, Severity, Verdict};
use portolan::model::CpuMode;
use portolan::plan::review::Outcome;
use serde_json::Value;

use crate::common::{files, repository};
use crate::samples::printed;

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
fn wrong(root: &Value, form: &Value, value: &Value, at: &str, found: &mut BTreeSet<String>) {
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

const SAMPLES: [&str; 3] = ["captured", "kunpeng-rollout", "two-generations"];

/// The files of the reports, and what they are.
const FILES: [(&str, &str); 4] = [
    ("plan", "plan.json"),
    ("findings", "findings.json"),
    ("hosts", "hosts.json"),
    ("baseline", "baseline.json"),
];

/// What commands print that end with one of these codes; `INVENTORY` is each of the samples, `DIR` a folder with a
/// made-up inventory in it, `~` a space within an argument. What they print may be several documents, or a list.
const COMMANDS: [(&str, &str); 36] = [
    ("findings", "check INVENTORY --format json"),
    ("findings", "check INVENTORY --mode live --severity blocker --format json"),
    ("graph", "graph INVENTORY --format json"),
    ("review", "review INVENTORY --losses 2 --format json"),
    ("baseline", "baseline INVENTORY --groups 3 --format json"),
    ("baseline", "baseline INVENTORY --qemu 10.0 --libvirt 11.3 --format json"),
    (
        "baseline",
        "baseline inventories/two-generations --without hsw-01 --with inventories/captured --format json",
    ),
    ("baseline-lock", "baseline inventories/two-generations --groups 2 --lock DIR/lock.json"),
    ("baseline-drift", "baseline inventories/two-generations --verify DIR/lock.json --format json"),
    ("baseline-drift", "baseline inventories/captured --verify DIR/lock.json --format json"),
    ("pin", "rewrite inventories/two-generations --baseline --format json"),
    ("pin", "rewrite inventories/kunpeng-rollout --baseline --groups 2 --allow-unsafe --format json"),
    ("rewrite", "rewrite inventories/kunpeng-rollout --to taishan-01 --allow-unsafe --format json"),
    ("rewrite", "rewrite inventories/captured --firmware explicit --format json"),
    ("rewrite", "rewrite inventories/two-generations --firmware efi --allow-unsafe --format json"),
    ("rewrite", "rewrite tests/abi/i440fx.xml --profile x86_64-q35 --format json"),
    ("abi", "abi tests/abi/i440fx.xml tests/abi/q35.xml --format json"),
    ("abi", "abi tests/abi/q35.xml tests/abi/q35.xml --format json"),
    ("findings", "explain inventories/kunpeng-rollout build-arm-02 taishan-02 --format json"),
    ("findings", "explain inventories/two-generations db-01 clx-01 --format json"),
    ("findings", "explain inventories/captured archive lab3 --format json"),
    (
        "findings",
        "check inventories/two-generations --policy tests/fixtures/policy/portolan.toml --format json",
    ),
    (
        "review",
        "review inventories/two-generations --policy tests/fixtures/policy/portolan.toml --format json",
    ),
    (
        "plan",
        "plan inventories/two-generations --intent drain~hsw-01~hsw-02~clx-01 --output DIR/plan --format json",
    ),
    ("plan", "plan inventories/two-generations --since DIR/plan/plan.json --output DIR/since --format json"),
    (
        "rollout",
        "plan inventories/two-generations --intent evacuate~hsw-01 --output DIR/rollout --format json",
    ),
    ("baseline", "baseline DIR/made-up --groups 12 --format json"),
    ("findings", "check DIR/made-up --format json"),
    ("review", "review DIR/made-up --losses 2 --format json"),
    ("pin", "rewrite DIR/made-up --baseline --format json"),
    (
        "pin",
        "rewrite inventories/two-generations/hosts/hsw-01/guests/db-01.xml --cpu reports/two-generations/baseline/Intel.xml --allow-unsafe --format json",
    ),
    ("findings", "explain DIR/made-up win-00008-00 skx-00004 --format json"),
    ("plan", "plan DIR/made-up --intent drain~clx-00000 --output DIR/limits --format json"),
    (
        "rollout",
        "plan inventories/two-generations --intent evacuate~hsw-01~hsw-02~clx-01 --output DIR/left --format json",
    ),
    ("rule", "explain --format json"),
    ("rule", "explain cpu-model-unusable --format json"),
];

/// The documents that a command printed: one after the other, or in a list.
fn documents(text: &str) -> Vec<Value> {
    let all = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let each = all.map(|one| one.expect("JSON")).map(|one| match one {
        Value::Array(list) => list,
        one => vec![one],
    });
    each.flatten().collect()
}

/// What a command printed, or wrote in place of it.
fn answer(command: &str, inventory: &str, folder: &str) -> Vec<Value> {
    let command = command.replace("INVENTORY", inventory).replace("DIR", folder);
    let words: Vec<String> = command.split(' ').map(|word| word.replace('~', " ")).collect();
    let printed = printed(&words.iter().map(String::as_str).collect::<Vec<_>>(), &[0, 1]);
    let written =
        command.split_once(" --lock ").map(|(_, path)| std::fs::read_to_string(path).expect("a lock"));
    documents(written.as_ref().unwrap_or(&printed))
}

/// A document, what it is to be, and where it is from.
type Seen = (&'static str, String, Value);

/// Writes a made-up inventory that has limits and a policy, and lacks documents.
fn made_up(folder: &Path) {
    let path = folder.to_str().expect("UTF-8");
    printed(
        &["generate", "--hosts", "12", "--guests-per-host", "4", "--arm-share", "0.5", "--output", path],
        &[0],
    );
    let settings = std::fs::read_to_string(folder.join("cluster.toml")).expect("settings");
    let limits =
        "[limits]\nmoves_out_per_host = 3\nmoves_in_per_host = 3\nmoves_per_rack = 3\nmoves_at_once = 5\n";
    std::fs::write(folder.join("cluster.toml"), settings.replace("[limits]\n", limits)).expect("written");
    std::fs::write(folder.join("portolan.toml"), "[thresholds]\ncpu_overcommit = 3.0\n").expect("written");
    std::fs::remove_dir_all(folder.join("hosts/skx-00004/domcapabilities")).expect("removed");
    std::fs::remove_file(folder.join("hosts/altra-00005/uname.txt")).expect("removed");
}

/// The documents of the reports, and those that all commands print.
fn written() -> Vec<Seen> {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    made_up(&folder.path().join("made-up"));
    let report = |sample: &str, (name, file): (&'static str, &str)| {
        let path = format!("reports/{sample}/{file}");
        (name, path.clone(), value(&stored(&path)))
    };
    let reports = SAMPLES.iter().flat_map(|sample| FILES.map(|one| report(sample, one)));
    let told = COMMANDS.iter().flat_map(|&(name, command)| {
        let of = if command.contains("INVENTORY") { &SAMPLES[..] } else { &SAMPLES[..1] };
        let all = of.iter().flat_map(|sample| answer(command, &format!("inventories/{sample}"), output));
        let all: Vec<Seen> = all.map(|one| (name, command.to_owned(), one)).collect();
        assert!(!all.is_empty(), "{command} prints nothing");
        all
    });
    reports.chain(told).collect()
}

/// Fields that are `null` or absent in all of that.
const NEVER_SEEN: [&str; 6] = [
    "DifferenceRecord.note",
    "LeftRecord.kind",
    "LeftRecord.lacking",
    "MachineRecord.unknown",
    "PlanDocument.since",
    "StandingRecord.unknown",
];

/// The fields that a value has, by the names of the records, into `found`.
fn cover(root: &Value, form: &Value, value: &Value, record: &str, found: &mut BTreeSet<String>) {
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
fn fields(name: &str, form: &Value) -> BTreeSet<String> {
    let records = form.get("$defs").and_then(Value::as_object).into_iter().flatten();
    let all = records.map(|(name, one)| (name.as_str(), one)).chain([(name, form)]);
    let of = |(record, one): (&str, &Value)| -> Vec<String> {
        let fields = one.get("properties").and_then(Value::as_object).into_iter().flatten();
        fields.map(|(field, _)| format!("{record}.{field}")).collect()
    };
    all.flat_map(of).collect()
}

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
        ("another version", "\"version\": 1", "\"version\": 2"),
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
