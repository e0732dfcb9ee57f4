//! What a guest finds after a reboot on another host, in words and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::baseline::{level_name, shortened};
use crate::compat::{CpuChange, MachineThere, Reboot, SeenCpu, Untold};
use crate::knowledge::x86::group;
use crate::model::DocumentKind;

/// What a guest finds after a reboot on another host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RebootRecord {
    /// Whether the host decides what the guest's CPU is.
    pub depends_on_host: bool,
    /// The CPU it has now.
    pub cpu_before: SeenRecord,
    /// The CPU it starts with there.
    pub cpu_after: SeenRecord,
    /// The features that it has there and not now; `null` where one of the CPUs is not known.
    pub gained: Option<Vec<String>>,
    /// The features that it has now and not there; `null` where one of the CPUs is not known.
    pub lost: Option<Vec<String>>,
    /// The features for which one of the two libvirts has no name, so that neither can be said of them; `null` where
    /// one of the CPUs is not known.
    pub untold: Option<Vec<String>>,
    /// The machine type; `null` where that of the guest is not known.
    pub machine: Option<MachineRecord>,
}

/// A CPU as a guest sees it, or why it is not known.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct SeenRecord {
    /// The model, on ARM the cores; `null` where it is not known.
    pub model: Option<String>,
    /// The level of x86-64 that it reaches, such as `x86-64-v3`; `null` where it is not known, below the first, or no
    /// x86.
    pub level: Option<&'static str>,
    /// Whether the XML of the running guest says so; else it is what its definition starts with.
    pub running: bool,
    /// Why it is not known; `null` where it is.
    pub unknown: Option<String>,
    /// The command whose document would tell; `null` where it is known, or where none would.
    pub document: Option<&'static str>,
}

/// A machine type at the next start.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MachineRecord {
    /// What the definition says: a type or an alias.
    pub defined: String,
    /// The type that the guest has now.
    pub now: String,
    /// The type that it gets there; `null` where that is not known.
    pub there: Option<String>,
    /// Why that is not known; `null` where it is.
    pub unknown: Option<String>,
}

/// The same for programs.
pub(super) fn reboot_record(reboot: &Reboot) -> RebootRecord {
    let change = reboot.change.as_ref();
    RebootRecord {
        depends_on_host: reboot.depends_on_host,
        cpu_before: seen_record(&reboot.before),
        cpu_after: seen_record(&reboot.after),
        gained: change.map(|change| change.gained.clone()),
        lost: change.map(|change| change.lost.clone()),
        untold: change.map(|change| change.untold.clone()),
        machine: reboot.machine.as_ref().map(machine_record),
    }
}

fn seen_record(cpu: &Result<SeenCpu, Untold>) -> SeenRecord {
    match cpu {
        Ok(cpu) => SeenRecord {
            model: Some(cpu.name.clone()),
            level: cpu.level,
            running: cpu.running,
            ..SeenRecord::default()
        },
        Err(untold) => SeenRecord {
            unknown: Some(untold.why.clone()),
            document: untold.document.map(DocumentKind::command),
            ..SeenRecord::default()
        },
    }
}

fn machine_record(machine: &MachineThere) -> MachineRecord {
    MachineRecord {
        defined: machine.defined.clone(),
        now: machine.now.clone(),
        there: machine.there.as_ref().ok().cloned(),
        unknown: machine.there.as_ref().err().map(|untold| untold.why.clone()),
    }
}

/// The section for people.
pub(super) fn reboot_lines(reboot: &Reboot) -> String {
    let mut out = String::new();
    cpu_lines(&mut out, reboot);
    if let Some(change) = &reboot.change {
        change_lines(&mut out, change, matches!(&reboot.before, Ok(before) if before.level.is_some()));
    }
    if let Some(machine) = &reboot.machine {
        line(&mut out, "machine", &machine_words(machine));
    }
    out
}

fn line(out: &mut String, what: &str, words: &str) {
    let _ = writeln!(out, "  {what:<8} {words}");
}

fn cpu_lines(out: &mut String, reboot: &Reboot) {
    match (&reboot.before, &reboot.after) {
        (Ok(before), Ok(after)) => {
            let basis = if before.running || !reboot.depends_on_host {
                ""
            } else {
                ", by what its definition starts with where it is"
            };
            // Where libvirt writes no model, the guest sees the host's own CPU, on x86 by the model nearest to it.
            let own =
                if reboot.depends_on_host && after.definition.is_none() { "the host's own, " } else { "" };
            if before.name == after.name {
                let named = if reboot.depends_on_host { "" } else { ", named by the definition" };
                line(out, "CPU", &format!("{own}{}, as now{named}{basis}", after.name));
            } else {
                line(out, "CPU", &format!("{own}{} becomes {}{basis}", before.name, after.name));
            }
            if before.level != after.level {
                let (before, after) = (level_name(before.level), level_name(after.level));
                line(out, "level", &format!("{before} becomes {after}"));
            }
        }
        (Err(before), Err(after)) if before == after => {
            line(out, "CPU", &format!("unknown: {}", untold_words(before)));
        }
        (before, after) => {
            for (when, cpu) in [("now", before), ("there", after)] {
                match cpu {
                    Ok(cpu) => line(out, "CPU", &format!("{when} {}", cpu.name)),
                    Err(untold) => line(out, "CPU", &format!("{when} unknown: {}", untold_words(untold))),
                }
            }
        }
    }
}

fn untold_words(untold: &Untold) -> String {
    let tell = |document: DocumentKind| format!("; collect {}: `{}`", document.path(), document.command());
    format!("{}{}", untold.why, untold.document.map_or_else(String::new, tell))
}

fn change_lines(out: &mut String, change: &CpuChange, x86: bool) {
    if change.gained.is_empty() && change.lost.is_empty() {
        line(out, "features", "the same");
    }
    for (what, features) in [("gains", &change.gained), ("loses", &change.lost)] {
        for (purpose, features) in by_purpose(features, what == "loses", x86) {
            line(out, what, &format!("{purpose}{}", shortened(&features)));
        }
    }
    if !change.untold.is_empty() {
        let names: Vec<&str> = change.untold.iter().map(String::as_str).collect();
        let why = "one of the two libvirts has no name for it";
        line(out, "unknown", &format!("{} ({why})", shortened(&names)));
    }
}

/// The groups of features that people ask for first.
const FIRST: [&str; 4] = ["vector", "crypto", "virtualisation", "mitigation"];

/// Features by what they are for: in the words for what a guest misses where they are lost.
fn by_purpose(features: &[String], lost: bool, x86: bool) -> Vec<(String, Vec<&str>)> {
    let mut groups: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
    for feature in features {
        let found = group(feature).filter(|_| x86);
        let first = FIRST.iter().position(|name| found.is_some_and(|group| group.name == *name));
        let purpose = match found {
            Some(group) if lost => format!("{}, {}: ", group.name, group.words),
            Some(group) => format!("{}: ", group.name),
            None => String::new(),
        };
        let rank = first.unwrap_or(FIRST.len() + usize::from(found.is_none()));
        groups.entry((rank, purpose)).or_default().push(feature);
    }
    groups.into_iter().map(|((_, purpose), features)| (purpose, features)).collect()
}

fn machine_words(machine: &MachineThere) -> String {
    match &machine.there {
        Ok(there) if *there == machine.now => format!("{there}, as now"),
        Ok(there) => format!("{} becomes {there}, for '{}'", machine.now, machine.defined),
        Err(untold) => format!("unknown: {}", untold_words(untold)),
    }
}
