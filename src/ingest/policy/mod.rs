//! `portolan.toml`: how findings are judged. The format is Portolan's own.
//!
//! What is wrong is told with its place and left out; the rest holds. A waiver or rule with anything wrong in it is left
//! out as a whole: with a misspelt `guest`, a waiver would hold for more guests than it was meant for.

mod rule;
mod table;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Complaint;
use super::toml_value::{Value, date, hundredths, memory, string, whole};
use crate::model::{Known, Level, Pattern, RulePolicy, Settings, Severity, Thresholds, Waiver};
use crate::text::{Place, SourceId, Span};

use table::{Form, REMEDY, Table, unknown};

const KEYS: [&str; 4] = ["rules", "thresholds", "waiver", "rule"];

const THRESHOLDS: Form = Form {
    name: "thresholds",
    keys: &["tsc_tolerance_ppm", "memory_reserve", "cpu_overcommit"],
    consequence: "",
};

const WAIVER: Form = Form {
    name: "waiver",
    keys: &["rule", "guest", "host", "reason", "until"],
    consequence: "; the waiver does not hold",
};

/// What the document says, and what is wrong with it.
pub(super) fn read(source: SourceId, text: &str) -> (RulePolicy, Vec<Complaint>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let place = |error: &toml::de::Error| error.span().map(|span| span.start);
    let syntax = |error: &toml::de::Error| {
        Complaint::new(place(error), format!("not TOML: {}", error.message()), REMEDY)
    };
    let mut reading = Reading {
        source,
        broken: errors.iter().map(|error| place(error).unwrap_or_default()).collect(),
        starts: starts(root.get_ref()),
        wrong: errors.iter().map(syntax).collect(),
    };
    let policy = reading.policy(root.get_ref());
    (policy, reading.wrong)
}

/// Settings that the policy has other values for.
pub(super) fn overrule(settings: &mut Settings, thresholds: &Thresholds) {
    if let Some(reserve) = thresholds.memory_reserve {
        settings.memory_reserve = reserve.value;
    }
    if let Some(percent) = thresholds.cpu_overcommit_percent {
        settings.cpu_overcommit_percent = percent.value;
    }
}

/// Where each table of a list begins.
fn starts(root: &DeTable<'_>) -> Vec<usize> {
    let lists = root.values().filter_map(|value| value.get_ref().as_array());
    lists.flat_map(|list| list.iter().map(|item| item.span().start)).collect()
}

struct Reading {
    source: SourceId,
    /// Where the document is not TOML.
    broken: Vec<usize>,
    starts: Vec<usize>,
    wrong: Vec<Complaint>,
}

impl Reading {
    fn policy(&mut self, root: &DeTable<'_>) -> RulePolicy {
        let mut policy = RulePolicy::default();
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "rules" => policy.levels = self.levels(value),
                "thresholds" => policy.thresholds = self.thresholds(value),
                "waiver" => policy.waivers = self.list(&WAIVER, value, waiver),
                "rule" => policy.rules = self.list(&rule::FORM, value, rule::read),
                other => {
                    let message = unknown(other, "", &KEYS);
                    self.wrong.push(Complaint::new(Some(key.span().start), message, REMEDY));
                }
            }
        }
        policy
    }

    fn levels(&mut self, value: &Value<'_>) -> Vec<(Known<String>, Known<Level>)> {
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong.push(Complaint::new(Some(value.span().start), "'rules' is not a table", REMEDY));
            return Vec::new();
        };
        let mut levels = Vec::new();
        for (key, value) in entries {
            let id = self.known(key.get_ref().to_string(), key);
            match string(value).as_deref().and_then(level) {
                Some(level) => levels.push((id, self.known(level, value))),
                None => self.wrong.push(Complaint::new(
                    Some(value.span().start),
                    format!("'{}' is not \"blocker\", \"warning\", \"note\" or \"off\"", id.value),
                    REMEDY,
                )),
            }
        }
        levels
    }

    fn thresholds(&mut self, value: &Value<'_>) -> Thresholds {
        let Some(mut table) = Table::of(self.source, &THRESHOLDS, value, &mut self.wrong) else {
            return Thresholds::default();
        };
        let percent = |value: &Value<'_>| hundredths(value).filter(|&percent| percent > 0);
        Thresholds {
            tsc_tolerance_ppm: table.optional("tsc_tolerance_ppm", "a number of millionths", whole),
            memory_reserve: table.optional(
                "memory_reserve",
                "an amount of memory, such as \"4 GiB\"",
                memory,
            ),
            cpu_overcommit_percent: table.optional(
                "cpu_overcommit",
                "vCPUs for each processor above 0, such as 4.0",
                percent,
            ),
        }
    }

    /// The tables of a list that are whole.
    fn list<T>(
        &mut self,
        form: &Form,
        value: &Value<'_>,
        read: fn(&mut Table<'_, '_>) -> Option<T>,
    ) -> Vec<T> {
        let DeValue::Array(items) = value.get_ref() else {
            let message = format!("'{0}' is not a list of tables: write [[{0}]]", form.name);
            self.wrong.push(Complaint::new(Some(value.span().start), message, REMEDY));
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            let start = item.span().start;
            if !self.is_whole(start) {
                let message = format!("this '{}' is not TOML throughout{}", form.name, form.consequence);
                self.wrong.push(Complaint::new(Some(start), message, REMEDY));
            } else if let Some(mut table) = Table::of(self.source, form, item, &mut self.wrong) {
                let one = read(&mut table);
                found.extend(one.filter(|_| table.sound));
            }
        }
        found
    }

    /// Whether the document is TOML from the table that begins at `start` up to the next: of another,
    /// nobody knows what was lost.
    fn is_whole(&self, start: usize) -> bool {
        let next = self.starts.iter().copied().filter(|&other| other > start).min();
        !self.broken.iter().any(|&at| at >= start && next.is_none_or(|next| at < next))
    }

    fn known<T, U>(&self, value: T, at: &Spanned<U>) -> Known<T> {
        let span = at.span();
        Known::new(value, Place { source: self.source, span: Span::new(span.start, span.end) })
    }
}

fn level(word: &str) -> Option<Level> {
    if word == "off" { Some(Level::Off) } else { severity(word).map(Level::At) }
}

/// How bad a finding can be said to be. That something is not known cannot be decreed.
fn severity(word: &str) -> Option<Severity> {
    let all = [Severity::Blocker, Severity::Warning, Severity::Note];
    all.into_iter().find(|severity| severity.as_str() == word)
}

/// A text that is not empty.
fn filled(value: &Value<'_>) -> Option<String> {
    string(value).filter(|text| !text.trim().is_empty())
}

fn waiver(table: &mut Table<'_, '_>) -> Option<Waiver> {
    let pattern = |value: &Value<'_>| filled(value).map(Pattern::new);
    let rule = table.required("rule", "the id of a rule", filled);
    let reason = table.required("reason", "a text", filled);
    let guest = table.optional("guest", "a name, in which * stands for anything", pattern);
    let host = table.optional("host", "a name, in which * stands for anything", pattern);
    let until = table.optional("until", "a date, such as 2027-01-31 without quotes", date);
    Some(Waiver {
        rule: rule?,
        guest: guest.map(|known| known.value),
        host: host.map(|known| known.value),
        reason: reason?.value,
        until,
    })
}

#[cfg(test)]
mod tests;
