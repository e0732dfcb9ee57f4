//! The rest of the page in a sentence each, for those who read no further.

use super::capacity::verdict;
use super::graph::{hosts_of, shut_in_hosts};
use super::names::Names;
use super::pictured::Pictured;
use crate::report::LadderRecord;
use crate::report::islands::islands;
use crate::report::words::{counted, vendor_name};

/// Names in a line.
const NAMES: usize = 4;

/// A section, and what it comes to.
pub(super) struct Glance {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    pub(super) told: String,
}

/// What the sections after the answer come to.
pub(super) fn glance(shown: &Pictured<'_>) -> Vec<Glance> {
    let of = |section, name, told| Glance { section, name, told };
    let all = [
        of("graph", "Between hosts", between(shown)),
        of("cpu", "CPU", cpu(shown)),
        of("capacity", "Room", room(shown)),
    ];
    all.into_iter().filter(|one| !one.told.is_empty()).collect()
}

/// How full hosts are in the end.
fn room(shown: &Pictured<'_>) -> String {
    match shown.then {
        Some(then) => format!("After the plan: {}", verdict(then)),
        None => verdict(shown.review),
    }
}

fn between(shown: &Pictured<'_>) -> String {
    let groups = shown.reach.live_groups();
    let live = match groups.len() {
        1 => "All hosts are one group, within which guests move live to and fro.".to_owned(),
        count => {
            format!("Guests move live to and fro within {count} groups of hosts{}.", named(shown, &groups))
        }
    };
    let one_way = shown.reach.one_way();
    let directions: Vec<String> = one_way
        .iter()
        .map(|edge| {
            [edge.from, edge.to].map(|class| hosts(shown, &[class]).replace(", ", " and ")).join(" to ")
        })
        .collect();
    let one_way = Some(Names::of(&directions, NAMES)).filter(|all| all.count > 0);
    let shut_in = Some(Names::of(&shut_in_hosts(shown), NAMES)).filter(|all| all.count > 0);
    let nowhere = Some(islands(shown.chart).len()).filter(|count| *count > 0);
    let parts = [
        Some(live),
        one_way.map(|all| format!("Live one way only: {}.", all.shown)),
        shut_in.map(|all| {
            format!("From {} nobody can go to any other; its table has every direction.", all.shown)
        }),
        nowhere.map(|count| format!("{}: no host to go to.", counted(count, "guest"))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The groups by their hosts, where they are few.
fn named(shown: &Pictured<'_>, groups: &[Vec<usize>]) -> String {
    if groups.len() > NAMES {
        return String::new();
    }
    let groups: Vec<String> = groups.iter().map(|group| hosts(shown, group)).collect();
    format!(": {}", groups.join("; "))
}

/// The hosts of some classes.
fn hosts(shown: &Pictured<'_>, classes: &[usize]) -> String {
    Names::of(&hosts_of(shown, classes), NAMES).shown
}

fn cpu(shown: &Pictured<'_>) -> String {
    let x86 = shown.ladders.iter().filter_map(baseline);
    let arm = shown.baseline.arm.as_ref().filter(|arm| !arm.groups.is_empty()).map(|arm| {
        let groups = counted(arm.groups.len(), "group");
        format!("ARM: no baseline; with host-passthrough guests move live within {groups} of hosts.")
    });
    x86.chain(arm).collect::<Vec<_>>().join(" ")
}

/// What one baseline for all hosts of a vendor costs.
fn baseline(ladder: &LadderRecord) -> Option<String> {
    let rung = ladder.rungs.iter().find(|rung| rung.groups.len() == 1)?;
    let model = rung.groups.first()?.model.as_deref()?;
    let (vendor, lost) = (vendor_name(&ladder.vendor), ladder.features.saturating_sub(rung.kept));
    let beyond = match rung.stranded {
        0 => String::new(),
        1 => "; 1 guest runs on more".to_owned(),
        many => format!("; {many} guests run on more"),
    };
    Some(format!(
        "{vendor}: {model} is what all hosts can give; it costs {lost} of {} features, summed over the hosts{beyond}.",
        ladder.features
    ))
}
