//! SARIF 2.1.0 (OASIS): what code hosting services show beside the lines of the documents.

use serde_json::{Value, json};

use super::alike::{Alike, alike};
use super::places::{Located, Places};
use super::selection::Selection;
use super::words::some;
use crate::compat::{Chart, Evidence, Family, Finding, Mode, Rule, Severity, rules};
use crate::model::{Problem, UserRule};
use crate::text::Place;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What is selected, as one run. A reason is one result for all guests of a class and all hosts of which it is true.
pub fn sarif(chart: &Chart<'_>, selection: &Selection, places: &Places<'_>) -> Value {
    let results = alike(chart, selection);
    let inventory = selection.inventory_findings(chart);
    let inventory = inventory.into_iter().map(|finding| of_inventory(finding, places));
    let results: Vec<Value> = inventory.chain(results.iter().map(|one| result(chart, one, places))).collect();
    let problems: Vec<Value> = chart.problems().into_iter().map(notification).collect();
    let rules = rules().map(descriptor).chain(chart.user_rules().map(of_user));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "portolan",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": problems,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.explanation },
        "help": { "text": format!("What would change it: {}.", rule.remedy) },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "family": rule.family.as_str() },
    })
}

/// A rule of the user's own. Nothing explains it but its summary.
fn of_user(rule: &UserRule) -> Value {
    json!({
        "id": rule.id.value,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.message },
        "help": { "text": format!("What would change it: {}.", rule.remedy) },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "family": Family::Policy.as_str() },
    })
}

/// SARIF knows error, warning and note; what is unknown stands against nothing and speaks for nothing.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker => "error",
        Severity::Unknown | Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(chart: &Chart<'_>, one: &Alike, places: &Places<'_>) -> Value {
    let (finding, cluster) = (&one.finding, chart.cluster);
    let guests = some(one.guests.iter().map(|&guest| cluster.guests[guest].name.as_str()));
    let hosts = some(one.hosts.iter().map(|&host| cluster.hosts[host].name.as_str()));
    let modes: Vec<&str> = finding.modes.iter().map(Mode::as_str).collect();
    let related = finding.evidence.iter().skip(1).map(|evidence| related(evidence, places));
    json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": format!(
            "{guests} to {hosts}: {} ({}). What would change it: {}.",
            finding.message, modes.join(", "), finding.remedy
        )},
        "locations": finding.evidence.first().map(|first| location(first.place, places)).into_iter().collect::<Vec<_>>(),
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": { "portolan/v1": fingerprint(chart, one) },
        "properties": {
            "severity": finding.severity.as_str(),
            "modes": modes,
            "guests": one.guests.len(),
            "hosts": one.hosts.len(),
        },
    })
}

/// A reason about the inventory as a whole.
fn of_inventory(finding: &Finding, places: &Places<'_>) -> Value {
    let first = finding.evidence.first();
    json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": format!("{}. What would change it: {}.", finding.message, finding.remedy) },
        "locations": first.map(|first| location(first.place, places)).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": {
            "portolan/v1": format!("{:016x}", fnv(&format!("{}\n{}", finding.rule, finding.message))),
        },
        "properties": { "severity": finding.severity.as_str() },
    })
}

fn location(place: Place, places: &Places<'_>) -> Value {
    let Located { file, line, column, element, .. } = places.locate(place);
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&file) },
        "region": { "startLine": line, "startColumn": column },
    }});
    if let Some(element) = element {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": element }]);
    }
    location
}

fn related(evidence: &Evidence, places: &Places<'_>) -> Value {
    let mut location = location(evidence.place, places);
    location["message"] = json!({ "text": evidence.label });
    location
}

/// A path as a relative URI: what RFC 3986 does not allow in a path is percent-encoded.
fn uri(path: &str) -> String {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(byte);
    path.bytes()
        .map(|byte| if allowed(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The same for the same reason about the same guest in tomorrow's inventory, though its line may
/// have moved and hosts may have joined.
fn fingerprint(chart: &Chart<'_>, one: &Alike) -> String {
    let Finding { rule, message, modes, .. } = &one.finding;
    let guest = &chart.cluster.guests[one.guests[0]].name;
    format!("{:016x}", fnv(&format!("{rule}\n{guest}\n{modes}\n{message}")))
}

/// FNV-1a, which is the same whatever compiled it.
fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn notification(problem: &Problem) -> Value {
    let mut location = json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&problem.path) } } });
    if let Some(at) = problem.position {
        location["physicalLocation"]["region"] = json!({ "startLine": at.line, "startColumn": at.column });
    }
    json!({
        "level": "warning",
        "message": { "text": format!("{}; {}", problem.message, problem.remedy) },
        "locations": [location],
    })
}
