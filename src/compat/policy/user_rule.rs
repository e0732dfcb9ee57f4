//! Rules of the user's own: data that are asked as the rules of the table are.

use crate::compat::definition::Definition;
use crate::compat::finding::{Finding, Findings};
use crate::compat::pair::{Individual, Pair, Placement, Subject};
use crate::model::{
    Ask, DocumentKind, Fact, GuestPath, HostFact, Known, Lookup, Memory, Quantity, Relation, UserRule, Value,
    Version,
};
use crate::text::xml::Element;

/// What the rule finds about a class of guests, wherever they would go.
pub(in crate::compat) fn of_guests(rule: &UserRule, subject: &Subject<'_>) -> Vec<Finding> {
    match &rule.ask {
        Ask::Guest(path) if !path.personal => of_definition(rule, path, subject.stored),
        _ => Vec::new(),
    }
}

/// What the rule finds about one guest beyond its class.
pub(in crate::compat) fn of_guest(rule: &UserRule, guest: &Individual<'_>) -> Vec<Finding> {
    match &rule.ask {
        Ask::Guest(path) if path.personal => of_definition(rule, path, guest.stored()),
        _ => Vec::new(),
    }
}

/// What the rule finds about a pair of classes.
pub(in crate::compat) fn of_pair(rule: &UserRule, pair: &Pair<'_>) -> Vec<Finding> {
    match &rule.ask {
        Ask::Host(fact @ HostFact { lookup: Lookup::Platform(lookup), .. }) => {
            of_host(rule, fact, &lookup(pair.target))
        }
        _ => Vec::new(),
    }
}

/// What the rule finds about one guest and one host beyond their classes.
pub(in crate::compat) fn of_placement(rule: &UserRule, placement: &Placement<'_>) -> Vec<Finding> {
    match &rule.ask {
        Ask::Host(fact @ HostFact { lookup: Lookup::Host(lookup), .. }) => {
            of_host(rule, fact, &lookup(placement.target))
        }
        _ => Vec::new(),
    }
}

/// Whether the rule looks at what a class does not tell.
pub(super) fn is_personal(rule: &UserRule) -> bool {
    match &rule.ask {
        Ask::Guest(path) => path.personal,
        Ask::Host(fact) => matches!(fact.lookup, Lookup::Host(_)),
    }
}

fn findings(rule: &UserRule) -> Findings {
    Findings::like(Finding {
        rule: rule.id.value.clone().into(),
        asked: rule.id.value.clone().into(),
        severity: rule.severity,
        modes: rule.modes,
        message: String::new(),
        evidence: Vec::new(),
        remedy: rule.remedy.clone().into(),
        rewritten: false,
        missing: None,
    })
}

fn of_host(rule: &UserRule, fact: &HostFact, said: &Fact<Value>) -> Vec<Finding> {
    let mut found = findings(rule);
    let name = fact.name;
    match said {
        // Of all facts only a kernel's release is a text to be compared as something else.
        Fact::Known(known) => look(rule, known, (name, DocumentKind::Uname), &mut found),
        Fact::Unknown(document) => {
            let what = format!("the fact '{name}' of the host");
            found.missing(*document, &what, None).and(Some(rule.place()), "asks for it");
        }
    }
    found.take()
}

fn of_definition(rule: &UserRule, path: &GuestPath, definition: Definition<'_>) -> Vec<Finding> {
    let mut found = findings(rule);
    let values = values(path, definition);
    if rule.relation == Relation::Absent {
        if values.is_empty() {
            let label = format!("has no '{}'", path.text);
            found.fire(&rule.message, definition.place_of_root(), label).and(Some(rule.place()), "the rule");
        }
        return found.take();
    }
    for (known, unit) in values {
        let known = match (&rule.relation, unit) {
            (Relation::MoreThan(Quantity::Memory(_)) | Relation::LessThan(Quantity::Memory(_)), unit) => {
                amount(known, &unit)
            }
            _ => known.map(Value::Text),
        };
        look(rule, &known, (&path.text, DocumentKind::Domain), &mut found);
    }
    found.take()
}

/// Everything that stands at the path, with the unit that its element names.
fn values(path: &GuestPath, definition: Definition<'_>) -> Vec<(Known<String>, String)> {
    let elements = definition.below(path.elements.iter().map(String::as_str));
    let value = |element: Element<'_>| match &path.attribute {
        Some(attribute) => definition.attribute(element, attribute),
        None => definition.text(element),
    };
    let unit = |element: Element<'_>| element.value("unit").unwrap_or_default().into_owned();
    elements.into_iter().filter_map(|element| Some((value(element)?, unit(element)))).collect()
}

/// A text as an amount of memory, where it is one; libvirt counts in KiB where no unit is named.
fn amount(known: Known<String>, unit: &str) -> Known<Value> {
    known.map(|text| Memory::parse(&text, unit).map_or(Value::Text(text), Value::Memory))
}

/// Objects to the value, or says that it cannot be compared. `document` would tell a better one.
fn look(rule: &UserRule, known: &Known<Value>, (name, document): (&str, DocumentKind), found: &mut Findings) {
    match objects(&rule.relation, &known.value) {
        Some(true) => {
            let firing =
                found.fire(&rule.message, Some(known.place), format!("'{name}' is '{}'", known.value));
            firing.and(Some(rule.place()), "the rule");
        }
        Some(false) => {}
        None => {
            let what = format!("how '{}' ('{name}') compares", known.value);
            found.missing(document, &what, Some(known.place)).and(Some(rule.place()), "the rule");
        }
    }
}

/// Whether the relation holds of the value; `None` where the two cannot be compared.
fn objects(relation: &Relation, value: &Value) -> Option<bool> {
    match relation {
        Relation::Is(text) => Some(is(value, text)),
        Relation::IsNot(text) => Some(!is(value, text)),
        Relation::In(texts) => Some(texts.iter().any(|text| is(value, text))),
        Relation::Matches(pattern) => Some(pattern.fits(&value.to_string())),
        Relation::Exists => Some(true),
        Relation::Absent => Some(false),
        Relation::OlderThan(version) => Some(version_of(value)? < *version),
        Relation::NewerThan(version) => Some(version_of(value)? > *version),
        Relation::MoreThan(quantity) => Some(order(value, quantity)?.is_gt()),
        Relation::LessThan(quantity) => Some(order(value, quantity)?.is_lt()),
    }
}

fn is(value: &Value, text: &str) -> bool {
    match value {
        Value::Text(own) => own == text,
        Value::Version(own) => Version::parse(text) == Some(*own),
        Value::Number(own) => text.parse() == Ok(*own),
        Value::Memory(own) => Memory::parse_text(text) == Some(*own),
    }
}

fn version_of(value: &Value) -> Option<Version> {
    match value {
        Value::Version(version) => Some(*version),
        Value::Text(text) => Version::parse(text),
        Value::Number(_) | Value::Memory(_) => None,
    }
}

fn order(value: &Value, quantity: &Quantity) -> Option<std::cmp::Ordering> {
    match (value, quantity) {
        (Value::Number(own), Quantity::Number(other)) => Some(own.cmp(other)),
        (Value::Text(own), Quantity::Number(other)) => Some(own.trim().parse::<u64>().ok()?.cmp(other)),
        (Value::Memory(own), Quantity::Memory(other)) => Some(own.cmp(other)),
        _ => None,
    }
}
