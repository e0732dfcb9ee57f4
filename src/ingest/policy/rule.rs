//! `[[rule]]`: a rule of the user's own.

use toml::de::DeValue;

use super::table::{Form, Table};
use super::{filled, severity};
use crate::ingest::domain::is_personal;
use crate::ingest::toml_value::{Value, memory, string, strings, whole};
use crate::model::{
    Ask, GuestPath, HOST_FACTS, HostFact, Memory, Mode, Modes, Pattern, Quantity, Relation, Severity,
    UserRule, ValueKind, Version,
};
use crate::text::nearest;

pub(super) const FORM: Form = Form {
    name: "rule",
    keys: &[
        "id",
        "summary",
        "message",
        "remedy",
        "severity",
        "modes",
        "guest",
        "host",
        "is",
        "is-not",
        "in",
        "matches",
        "exists",
        "absent",
        "older-than",
        "newer-than",
        "more-than",
        "less-than",
    ],
    consequence: "; the rule is not asked",
};

/// Reads what a relation compares with.
type Read = fn(&Value<'_>) -> Option<Relation>;

/// Every relation: its key, what stands behind it, and what reads that.
const RELATIONS: [(&str, &str, Read); 10] = [
    ("is", "a text or a number", |value| operand(value).map(Relation::Is)),
    ("is-not", "a text or a number", |value| operand(value).map(Relation::IsNot)),
    ("in", "a list of texts", |value| strings(value).filter(|list| !list.is_empty()).map(Relation::In)),
    ("matches", "a text, in which * stands for anything", |value| {
        string(value).map(|text| Relation::Matches(Pattern::new(text)))
    }),
    ("exists", "true", |value| yes(value).then_some(Relation::Exists)),
    ("absent", "true", |value| yes(value).then_some(Relation::Absent)),
    ("older-than", "a version, such as \"8.2\"", |value| version(value).map(Relation::OlderThan)),
    ("newer-than", "a version, such as \"8.2\"", |value| version(value).map(Relation::NewerThan)),
    ("more-than", "a number, or an amount of memory such as \"4 GiB\"", |value| {
        quantity(value).map(Relation::MoreThan)
    }),
    ("less-than", "a number, or an amount of memory such as \"4 GiB\"", |value| {
        quantity(value).map(Relation::LessThan)
    }),
];

/// Reads one rule.
pub(super) fn read(table: &mut Table<'_, '_>) -> Option<UserRule> {
    let id = table.required("id", "words of small letters and digits, joined by '-'", identifier);
    let summary = table.required("summary", "a text", filled);
    let message = table.optional("message", "a text", filled);
    let remedy = table.optional("remedy", "a text", filled);
    let bad = |value: &Value<'_>| string(value).and_then(|word| severity(&word));
    let severity = table.optional("severity", "\"blocker\", \"warning\" or \"note\"", bad);
    let modes = table.optional("modes", "a list of \"live\", \"cold\" and \"rebuild\"", modes);
    let (ask, relation) = (ask(table), relation(table));
    let (ask, (relation, at), id, summary) = (ask?, relation?, id?, summary?.value);
    if let Err(message) = fits(&ask, &relation) {
        table.complain(at, &message);
        return None;
    }
    let objected = || format!("change what '{}' objects to", id.value);
    Some(UserRule {
        message: message.map_or_else(|| summary.clone(), |known| known.value),
        remedy: remedy.map_or_else(objected, |known| known.value),
        severity: severity.map_or(Severity::Warning, |known| known.value),
        modes: modes.map_or(Modes::ALL, |known| known.value),
        id,
        summary,
        ask,
        relation,
    })
}

fn ask(table: &mut Table<'_, '_>) -> Option<Ask> {
    match table.which(&["guest", "host"])[..] {
        [("guest", _)] => {
            let expected =
                "a path below <domain>: names of elements joined by '/', and @attribute where that is meant";
            Some(Ask::Guest(table.optional("guest", expected, path)?.value))
        }
        [("host", at)] => {
            let name = table.optional("host", "the name of a fact", string)?.value;
            let fact = HOST_FACTS.iter().find(|fact| fact.name == name);
            if fact.is_none() {
                table.complain(at, &no_fact(&name));
            }
            fact.map(Ask::Host)
        }
        [] => {
            table.complain(table.start(), "it names neither 'guest', a path, nor 'host', a fact");
            None
        }
        [_, (_, second), ..] | [(_, second)] => {
            table.complain(second, "it names both 'guest' and 'host'; a rule looks at one of them");
            None
        }
    }
}

fn no_fact(name: &str) -> String {
    let names: Vec<&str> = HOST_FACTS.iter().map(|fact| fact.name).collect();
    let hint = nearest(name, names.iter().copied()).map(|hint| format!("; did you mean '{hint}'?"));
    format!(
        "there is no fact '{name}' of a host{}",
        hint.unwrap_or_else(|| format!("; there are {}", names.join(", ")))
    )
}

/// The relation, and where it stands.
fn relation(table: &mut Table<'_, '_>) -> Option<(Relation, usize)> {
    let keys = RELATIONS.map(|(key, ..)| key);
    match table.which(&keys)[..] {
        [(key, at)] => {
            let (_, expected, read) = RELATIONS.iter().find(|(name, ..)| *name == key)?;
            Some((table.optional(key, expected, read)?.value, at))
        }
        [] => {
            table.complain(table.start(), &format!("it names no relation; there are {}", keys.join(", ")));
            None
        }
        [_, (second, at), ..] => {
            table.complain(at, &format!("'{second}' is a second relation; a rule has one"));
            None
        }
    }
}

/// Whether the relation can hold of what is asked; else why not.
fn fits(ask: &Ask, relation: &Relation) -> Result<(), String> {
    let Ask::Host(HostFact { name, kind, .. }) = ask else { return Ok(()) };
    let comparable = |text: &String| match kind {
        ValueKind::Text | ValueKind::Release => true,
        ValueKind::Version => Version::parse(text).is_some(),
        ValueKind::Number => text.parse::<u64>().is_ok(),
        ValueKind::Memory => Memory::parse_text(text).is_some(),
    };
    let good = match relation {
        Relation::Is(text) | Relation::IsNot(text) => comparable(text),
        Relation::In(texts) => texts.iter().all(comparable),
        Relation::Matches(_) => !matches!(kind, ValueKind::Number | ValueKind::Memory),
        // A fact that is not known is no fact that is absent.
        Relation::Exists | Relation::Absent => false,
        Relation::OlderThan(_) | Relation::NewerThan(_) => {
            matches!(kind, ValueKind::Release | ValueKind::Version)
        }
        Relation::MoreThan(Quantity::Number(_)) | Relation::LessThan(Quantity::Number(_)) => {
            *kind == ValueKind::Number
        }
        Relation::MoreThan(Quantity::Memory(_)) | Relation::LessThan(Quantity::Memory(_)) => {
            *kind == ValueKind::Memory
        }
    };
    let what = match kind {
        ValueKind::Text => "a text",
        ValueKind::Release => "a text that begins with a version",
        ValueKind::Version => "a version, such as \"8.2\"",
        ValueKind::Number => "a number",
        ValueKind::Memory => "an amount of memory, such as \"4 GiB\"",
    };
    if good { Ok(()) } else { Err(format!("this cannot be asked of the host's '{name}', which is {what}")) }
}

fn identifier(value: &Value<'_>) -> Option<String> {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    string(value).filter(|id| id.split('-').all(word))
}

fn path(value: &Value<'_>) -> Option<GuestPath> {
    let text = string(value)?;
    let (elements, attribute) = match text.rsplit_once('@') {
        Some((elements, attribute)) => (elements, Some(attribute)),
        None => (text.as_str(), None),
    };
    let elements: Vec<&str> = if elements.is_empty() { Vec::new() } else { elements.split('/').collect() };
    let named = |name: &&str| {
        let letter = |c: char| c.is_alphanumeric() || ":_-.".contains(c);
        !name.is_empty() && name.chars().all(letter)
    };
    let is_path =
        elements.iter().chain(&attribute).all(named) && (attribute.is_some() || !elements.is_empty());
    // `domain` is where paths begin, and there is no element of that name within.
    (is_path && elements.first() != Some(&"domain")).then(|| GuestPath {
        personal: is_personal(&elements, attribute),
        elements: elements.iter().map(|&name| name.to_owned()).collect(),
        attribute: attribute.map(str::to_owned),
        text: text.clone(),
    })
}

fn modes(value: &Value<'_>) -> Option<Modes> {
    let one = |word: &String| Mode::ALL.into_iter().find(|mode| mode.as_str() == word).map(Modes::only);
    let words = strings(value)?;
    let all: Option<Vec<Modes>> = words.iter().map(one).collect();
    all?.into_iter().reduce(Modes::or)
}

fn operand(value: &Value<'_>) -> Option<String> {
    string(value).or_else(|| whole(value).map(|number| number.to_string()))
}

fn yes(value: &Value<'_>) -> bool {
    matches!(value.get_ref(), DeValue::Boolean(true))
}

fn version(value: &Value<'_>) -> Option<Version> {
    Version::parse(&string(value)?)
}

fn quantity(value: &Value<'_>) -> Option<Quantity> {
    whole(value).map(Quantity::Number).or_else(|| memory(value).map(Quantity::Memory))
}
