//! What is known of hosts with other versions, for people.

use std::fmt::Write as _;

use super::baseline::level_name;
use super::prospect::{BoundRecord, ForecastRecord, ProspectRecord, ProspectsRecord};
use super::words::{listed, vendor_name};

/// The whole answer, for people.
pub(super) fn prospects_text(record: &ProspectsRecord) -> String {
    let mut out =
        "With other versions, as long as processor, microcode and kernel stay as they are\n".to_owned();
    let mut alike: Vec<(Vec<&str>, String)> = Vec::new();
    for host in &record.hosts {
        let lines = host_lines(host);
        match alike.iter_mut().find(|(_, other)| *other == lines) {
            Some((names, _)) => names.push(&host.host),
            None => alike.push((vec![&host.host], lines)),
        }
    }
    for (names, lines) in alike {
        let _ = write!(out, "  {}: {lines}", names.join(", "));
    }
    for (host, why) in &record.unknown {
        let _ = writeln!(out, "  {host}: nothing can be said: {why}");
    }
    for baseline in &record.baselines {
        out.push_str(&baseline_lines(baseline));
    }
    if record.hosts.is_empty() && record.unknown.is_empty() {
        out.push_str("  there is no x86 host\n");
    }
    out.push('\n');
    out
}

fn host_lines(host: &ForecastRecord) -> String {
    let change = |what, before: &str, after: &str| {
        if before == after { format!("{what} {after}") } else { format!("{what} {before} becomes {after}") }
    };
    let libvirt = change("libvirt", &host.libvirt_before, &host.libvirt_after);
    let mut out = format!("{libvirt}, {}\n", change("QEMU", &host.qemu_before, &host.qemu_after));
    if host.evidence.is_none() && host.told_by.is_none() {
        return out + "    (it has these versions; nothing changes)\n";
    }
    if let Some(evidence) = &host.evidence {
        let _ = writeln!(
            out,
            "    {evidence} has the same processor and these versions: what it says is the answer"
        );
        if !host.evidence_differs.is_empty() {
            let differs = host.evidence_differs.join(" and ");
            let _ = writeln!(out, "    (but another {differs}, on which it may depend too)");
        }
    }
    out.push_str(&features_lines(host));
    for (what, models) in [("offers the models", &host.offers), ("no longer offers", &host.withdraws)] {
        if !models.is_empty() {
            let _ = writeln!(out, "    {what} {}", models.join(", "));
        }
    }
    if host.models_unusual {
        out.push_str(
            "    (its QEMU offers other models than that release of QEMU, so it may then as well)\n",
        );
    }
    for change in &host.changes {
        let _ = writeln!(out, "    {change}");
    }
    if let Some(document) = &host.told_by {
        let _ = writeln!(out, "    what would tell: {document}");
    }
    out
}

fn features_lines(host: &ForecastRecord) -> String {
    let bounds = (&host.gains, &host.may_gain, &host.loses, &host.may_lose);
    bounds_lines(bounds, "its capabilities.xml would bound that, where it is missing")
}

type Bounds<'b> = (&'b Vec<String>, &'b Option<Vec<String>>, &'b Vec<String>, &'b Option<Vec<String>>);

fn bounds_lines((gains, may_gain, loses, may_lose): Bounds<'_>, unbounded: &str) -> String {
    let mut out = String::new();
    for (verb, certain, possible) in [("gain", gains, may_gain), ("lose", loses, may_lose)] {
        if !certain.is_empty() {
            let _ = writeln!(out, "    {verb}s {}", listed(certain));
        }
        let more = if certain.is_empty() { "" } else { " besides" };
        let nothing = certain.is_empty();
        match possible {
            None if verb == "lose" => {
                out.push_str("    may lose any feature: nothing tells what older versions leave\n");
            }
            None => {
                let _ = writeln!(out, "    may gain features that are not known; {unbounded}");
            }
            Some(possible) if possible.is_empty() => {
                if nothing {
                    let _ = writeln!(out, "    {verb}s nothing");
                }
            }
            Some(possible) => {
                let _ = writeln!(out, "    may {verb}{more}, at most, {}", listed(possible));
            }
        }
    }
    out
}

fn baseline_lines(baseline: &ProspectRecord) -> String {
    let named = |bound: &BoundRecord| {
        bound
            .model
            .as_ref()
            .map_or_else(|| "no model".to_owned(), |model| format!("{model}, {}", level_name(bound.level)))
    };
    let mut out = format!("  {}: baseline\n", vendor_name(&baseline.vendor));
    let now = baseline.model_before.as_deref().unwrap_or("none");
    let told = match (&baseline.least, &baseline.most) {
        (Some(least), Some(most)) if least == most => format!("{}; now {now}", named(least)),
        (Some(least), Some(most)) => {
            format!(
                "{}, if they give what they give at least; {}, if all that they may; now {now}",
                named(least),
                named(most)
            )
        }
        (Some(least), None) => format!("{}, if they give what they give at least; now {now}", named(least)),
        (None, Some(most)) => format!("{}, if they give all that they may; now {now}", named(most)),
        (None, None) => format!("not known; now {now}"),
    };
    let _ = writeln!(out, "    model: {told}");
    let bounds = (&baseline.gains, &baseline.may_gain, &baseline.loses, &baseline.may_lose);
    out.push_str(&bounds_lines(bounds, "what bounds its hosts would bound it"));
    out
}
