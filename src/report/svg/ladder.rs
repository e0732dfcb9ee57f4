//! The ladder: how many features the hosts keep with one CPU group, two, and so on.

use super::drawing::{Drawing, first_of, scaled, short, times};
use crate::report::ladder::{GroupRecord, LadderRecord, RungRecord};
use crate::report::words::{counted, vendor_name};

const WIDTH: i64 = 720;
const LEFT: i64 = 12;
const BAR: i64 = 696;
/// The figures stand above the bars, so that a narrow window shows them first.
const TOLD: i64 = 34;
const STEP: i64 = TOLD + 42;

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
        out.text((LEFT, y), "faint", "there is no x86 host, so there are no CPU groups");
    }
    for ladder in ladders {
        y += 20;
        let (vendor, hosts) = (vendor_name(&ladder.vendor), hosts(ladder));
        out.text((LEFT, y), "head", format!("{vendor}, {}", counted(hosts, "host")));
        out.text(
            (LEFT, y + 16),
            "faint",
            format!("have {} features, summed over the hosts", ladder.features),
        );
        y += 26;
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
    let groups = match rung.groups.len() {
        1 => "1 group keeps".to_owned(),
        several => format!("{several} groups keep"),
    };
    out.text((LEFT, y + 12), "name", format!("{groups} {} of {}", rung.kept, ladder.features));
    let stranded = match rung.stranded {
        0 => "no guest runs on more than its group has".to_owned(),
        1 => "1 guest runs on more than its group has".to_owned(),
        several => format!("{several} guests run on more than their group has"),
    };
    out.text((LEFT, y + 26), if rung.stranded > 0 { "warn" } else { "faint" }, stranded);
    let y = y + TOLD;
    out.rect((LEFT, y), (BAR, 28), "free", format!("{} features", ladder.features));
    let mut x = LEFT;
    let mut sum = 0;
    for group in &rung.groups {
        let kept = (group.features.len() * group.hosts.len()) as u64;
        sum += kept;
        let gap = if sum == ladder.features as u64 { 0 } else { 2 };
        // To where the sum ends: rounded one by one the bars would leave a gap.
        let width = LEFT + scaled(sum, ladder.features as u64, BAR) - x;
        let about = about(group);
        out.rect((x, y), ((width - gap).max(1), 28), "used", format!("{}: {about}", group.hosts.join(", ")));
        if width > times(about.chars().count(), 6) + 8 {
            out.text((x + 6, y + 12), "inside", first_of(&group.hosts));
            out.text((x + 6, y + 23), "inside", about);
        }
        x += width;
    }
}

fn about(group: &GroupRecord) -> String {
    let model = group.model.as_deref().unwrap_or("no model");
    let level = group.level.map_or_else(String::new, |level| format!(", {level}"));
    format!("{}{level}", short(model))
}
