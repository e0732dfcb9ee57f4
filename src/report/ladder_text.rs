//! What lies behind the baselines, for people.

use std::fmt::Write as _;

use super::baseline::{baseline_text, level_name};
use super::ladder::{
    BaselineReport, ChangeRecord, DragRecord, GroupRecord, LadderRecord, RungRecord, StandingRecord,
};
use super::prospect_text::prospects_text;
use super::words::{counted, listed, vendor_name};

/// The baselines with what lies behind them, for people.
pub fn baseline_report_text(report: &BaselineReport) -> String {
    let mut behind = report.changes.as_deref().map(change_lines).unwrap_or_default();
    behind.push_str(&report.versions.as_ref().map(prospects_text).unwrap_or_default());
    for of_vendor in report.drags.chunk_by(|one, other| one.vendor == other.vendor) {
        behind.push_str(&drag_lines(of_vendor));
    }
    for ladder in report.ladders.iter().flatten() {
        behind.push_str(&ladder_lines(ladder));
    }
    behind.push_str(&guest_lines(&report.guests, report.pin.as_deref()));
    let baselines = baseline_text(&report.baseline);
    let apart = behind.is_empty() || baselines.is_empty() || baselines.ends_with("\n\n");
    format!("{baselines}{}{behind}", if apart { "" } else { "\n" })
}

fn cpu(model: Option<&str>, level: Option<&'static str>) -> String {
    model.map_or_else(|| "no baseline".to_owned(), |model| format!("{model}, {}", level_name(level)))
}

fn drag_lines(drags: &[DragRecord]) -> String {
    let vendor = drags.first().map_or("", |drag| vendor_name(&drag.vendor));
    let mut out = format!("{vendor}: what the other hosts gain without\n");
    for drag in drags {
        let gained = if drag.gained.is_empty() { "nothing".to_owned() } else { listed(&drag.gained) };
        let cpu = cpu(drag.model.as_deref(), drag.level);
        let _ = writeln!(out, "  {} ({cpu}): {gained}", drag.without.join(", "));
    }
    out.push('\n');
    out
}

fn ladder_lines(ladder: &LadderRecord) -> String {
    let method = match ladder.method {
        "exact" => "every division weighed",
        "improved" => {
            "groups merged that lose least by it, then hosts moved to where they keep most; there may be better ones"
        }
        _ => "groups merged that lose least by it; there may be better ones",
    };
    let classes =
        if ladder.classes == 1 { "1 class".to_owned() } else { format!("{} classes", ladder.classes) };
    let mut out = format!("{}: CPU groups ({classes} of hosts; {method})\n", vendor_name(&ladder.vendor));
    for rung in &ladder.rungs {
        out.push_str(&rung_lines(rung, ladder.features));
    }
    out.push('\n');
    out
}

fn rung_lines(rung: &RungRecord, all: usize) -> String {
    let groups = counted(rung.groups.len(), "group");
    let verb = if rung.groups.len() == 1 { "keeps" } else { "keep" };
    let stranded = counted(rung.stranded, "guest");
    let mut out = format!(
        "  {groups} {verb} {} of {all} features, summed over hosts; {stranded} stranded\n",
        rung.kept
    );
    for group in &rung.groups {
        out.push_str(&group_lines(group));
    }
    out
}

fn group_lines(group: &GroupRecord) -> String {
    let cpu = cpu(group.model.as_deref(), group.level);
    let features = counted(group.features.len(), "feature");
    let mut out = format!("    {}: {cpu}, {features}\n", group.hosts.join(", "));
    if !group.stranded.is_empty() {
        let _ = writeln!(out, "      run on features outside it: {}", group.stranded.join(", "));
    }
    out
}

fn change_lines(changes: &[ChangeRecord]) -> String {
    let mut out = "Against the hosts as they are\n".to_owned();
    for change in changes {
        let _ = writeln!(out, "  {}", vendor_name(&change.vendor));
        let [before, after] = [
            cpu(change.model_before.as_deref(), change.level_before),
            cpu(change.model_after.as_deref(), change.level_after),
        ];
        let model =
            if before == after { format!("{after}, as now") } else { format!("{after}; now {before}") };
        let _ = writeln!(out, "    baseline: {model}");
        for (what, names) in [("joined", &change.joined), ("left out", &change.left)] {
            if !names.is_empty() {
                let _ = writeln!(out, "    {what}: {}", names.join(", "));
            }
        }
        for (what, features) in [("gains", &change.gained), ("loses", &change.lost)] {
            if !features.is_empty() {
                let _ = writeln!(out, "    {what} {}", listed(features));
            }
        }
        for (what, guests) in [("stranded", &change.stranded), ("no longer stranded", &change.freed)] {
            if !guests.is_empty() {
                let _ = writeln!(out, "    {what}: {}", guests.join(", "));
            }
        }
    }
    if changes.is_empty() {
        out.push_str("  nothing changes for x86 hosts\n");
    }
    out.push('\n');
    out
}

fn guest_lines(guests: &[StandingRecord], pin: Option<&str>) -> String {
    let lines: String = guests.iter().map(standing_lines).collect();
    if lines.is_empty() {
        return String::new();
    }
    let within = guests.iter().filter(|guest| standing_lines(guest).is_empty()).count();
    let pin = pin.map_or_else(String::new, |pin| {
        format!("  To pin them: {pin}\n  (or one with --guest GUEST; each gets it at its next cold start)\n")
    });
    format!("Guests beyond the baseline of their host ({within} more are within it)\n{lines}{pin}")
}

/// Nothing for a guest that is within the baseline, now and at its next start.
fn standing_lines(guest: &StandingRecord) -> String {
    let mut told = Vec::new();
    if ["host-passthrough", "maximum"].contains(&guest.mode) {
        told.push("sees its host's own CPU, whatever the baseline".to_owned());
    }
    if let Some(why) = &guest.unknown {
        told.push(format!("not all is known: {why}"));
    }
    let filled = |features: &Option<Vec<String>>| features.clone().filter(|features| !features.is_empty());
    let (outside, loses) = (filled(&guest.outside), filled(&guest.loses));
    if let Some(outside) = &outside {
        told.push(format!("runs on {}", listed(outside)));
    }
    match &loses {
        Some(loses) if outside.as_ref() == Some(loses) => {
            told.push("would lose the same by starting with the baseline".to_owned());
        }
        Some(loses) => told.push(format!("by starting with the baseline would lose {}", listed(loses))),
        None if outside.is_some() && guest.loses.is_some() => {
            told.push("its next start leaves them out".to_owned());
        }
        None => {}
    }
    let head = || format!("  {} on {} ({})\n", guest.guest, guest.host, guest.mode);
    let lines = told.iter().map(|line| format!("    {line}\n"));
    if told.is_empty() { String::new() } else { head() + &lines.collect::<String>() }
}
