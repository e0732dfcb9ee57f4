//! The ladder: how many features the hosts keep with one CPU group, two, and so on.

use super::drawing::{Drawing, first_of, scaled, short, times};
use crate::report::ladder::{GroupRecord, LadderRecord, RungRecord};
use crate::report::words::{counted, vendor_name};

const WIDTH: i64 = 960;
const LEFT: i64 = 110;
const BAR: i64 = 560;
const STEP: i64 = 46;

/// The ladders of all vendors.
pub(in crate::report) fn ladder(cluster: &str, ladders: &[LadderRecord]) -> Drawing {
    let title = format!("CPU groups of {cluster} against the features that hosts keep");
    let each = ladders.iter().map(|ladder| {
        let rungs = ladder.rungs.iter().map(|rung| format!("{} {}", rung.groups.len(), rung.kept));
        format!(
            "{}: of {} features of all hosts, by number of groups: {}",
            vendor_name(&ladder.vendor),
            ladder.features,
            rungs.collect::<Vec<_>>().join(", ")
        )
    });
    let description = each.collect::<Vec<_>>().join(". ");
    let mut out = Drawing::new("ladder", title, description, WIDTH);
    let mut y = 12;
    if ladders.is_empty() {
        y += 24;
        out.text((12, y), "faint", "there is no x86 host, so there are no CPU groups");
    }
    for ladder in ladders {
        y += 20;
        let (vendor, hosts) = (vendor_name(&ladder.vendor), hosts(ladder));
        out.text((12, y), "head", format!("{vendor}, {}", counted(hosts, "host")));
        y += 10;
        for rung in &ladder.rungs {
            step(&mut out, y, ladder, rung);
            y += STEP;
        }
    }
    out.height(y + 12)
}

fn hosts(ladder: &LadderRecord) -> usize {
    ladder.rungs.first().map_or(0, |rung| rung.groups.iter().map(|group| group.hosts.len()).sum())
}

fn step(out: &mut Drawing, y: i64, ladder: &LadderRecord, rung: &RungRecord) {
    out.text((12, y + 18), "name", counted(rung.groups.len(), "group"));
    out.rect((LEFT, y), (BAR, 28), "free", format!("{} features", ladder.features));
    let mut x = LEFT;
    for group in &rung.groups {
        let kept = (group.features.len() * group.hosts.len()) as u64;
        let width = scaled(kept, ladder.features as u64, BAR);
        let about = about(group);
        out.rect((x, y), ((width - 2).max(1), 28), "used", format!("{}: {about}", group.hosts.join(", ")));
        if width > times(about.chars().count(), 6) + 8 {
            out.text((x + 6, y + 12), "inside", first_of(&group.hosts));
            out.text((x + 6, y + 23), "inside", about);
        }
        x += width;
    }
    let told = format!("{} of {} features in all", rung.kept, ladder.features);
    out.text((LEFT + BAR + 12, y + 12), "name", told);
    let stranded = format!("{} run on more than their group has", counted(rung.stranded, "guest"));
    out.text((LEFT + BAR + 12, y + 26), if rung.stranded > 0 { "warn" } else { "faint" }, stranded);
}

fn about(group: &GroupRecord) -> String {
    let model = group.model.as_deref().unwrap_or("no model");
    let level = group.level.map_or_else(String::new, |level| format!(", {level}"));
    format!("{}{level}", short(model))
}
