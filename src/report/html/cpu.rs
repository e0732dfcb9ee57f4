//! CPU: the ladder of groups against features, what each host loses, and the ARM hosts, which have no baseline.

use std::collections::BTreeMap;

use askama::Template;

use super::links::{Linked, Links};
use super::names::Names;
use super::pictured::{Pictured, Wanted};
use crate::report::heatmap::Quotes;
use crate::report::words::vendor_name;
use crate::report::{ArmClassRecord, ArmFactRecord, ArmRecord, BaselineRecord, LadderRecord};

/// Names in a line.
const NAMES: usize = 6;
/// Guests in a line.
const GUESTS: usize = 30;
/// Hosts that hold the others back, as far as they are told of.
const DRAGS: usize = 6;

#[derive(Template)]
#[template(path = "html/cpu.html")]
pub(super) struct CpuSection {
    picture: String,
    rungs: Vec<Rung>,
    vendors: Vec<Vendor>,
    arm: Vec<Arm>,
    arm_groups: Vec<Names>,
    left_out: Vec<(String, String)>,
}

struct Rung {
    vendor: String,
    groups: Vec<(Names, String, Option<&'static str>)>,
    kept: usize,
    of: usize,
    /// Guests that run on more than their group has.
    beyond: Vec<String>,
}

struct Vendor {
    name: String,
    model: Option<String>,
    level: Option<&'static str>,
    hosts: Names,
    /// Where libvirt's XML of it is, as a file beside the page.
    file: Option<String>,
    /// Guests that run on more than that.
    beyond: Vec<Linked>,
    more_beyond: usize,
    losses: Vec<Loss>,
    /// Hosts without which the others have more, and what.
    drags: Vec<(Names, Vec<String>)>,
}

struct Loss {
    hosts: Names,
    model: String,
    level: &'static str,
    lost: Vec<String>,
    /// Each by its features, with what it means to be without them.
    mitigations: Vec<(String, &'static str)>,
    derived: bool,
}

/// ARM hosts that are alike: what is known of them, and where it is written.
struct Arm {
    hosts: Names,
    facts: Vec<(&'static str, Linked, String)>,
}

impl CpuSection {
    pub(super) fn new(shown: &Pictured<'_>, links: &Links, quotes: &mut Quotes<'_>, picture: String) -> Self {
        let arm = shown.baseline.arm.as_ref();
        Self {
            picture,
            rungs: shown.ladders.iter().flat_map(rungs).collect(),
            vendors: shown.baseline.baselines.iter().map(|one| vendor(one, shown, links)).collect(),
            arm: arm.map(|arm| arm_classes(arm, quotes)).unwrap_or_default(),
            arm_groups: arm
                .into_iter()
                .flat_map(|arm| &arm.groups)
                .map(|group| Names::of(group, NAMES))
                .collect(),
            left_out: shown.baseline.left_out.clone(),
        }
    }
}

fn rungs(ladder: &LadderRecord) -> impl Iterator<Item = Rung> {
    ladder.rungs.iter().map(|rung| Rung {
        vendor: vendor_name(&ladder.vendor).to_owned(),
        groups: rung
            .groups
            .iter()
            .map(|group| {
                let model = group.model.clone().unwrap_or_else(|| "no model".to_owned());
                (Names::of(&group.hosts, NAMES), model, group.level)
            })
            .collect(),
        kept: rung.kept,
        of: ladder.features,
        beyond: rung.groups.iter().flat_map(|group| group.stranded.iter().cloned()).collect(),
    })
}

/// What hosts lose that are told together.
type Lost<'b> = (Option<&'b str>, &'b [String]);

fn vendor(one: &BaselineRecord, shown: &Pictured<'_>, links: &Links) -> Vendor {
    let drags = shown.drags.iter().filter(|drag| drag.vendor == one.vendor && !drag.gained.is_empty());
    let mut hosts: BTreeMap<Lost<'_>, Vec<String>> = BTreeMap::new();
    for loss in &one.losses {
        hosts.entry((loss.model.as_deref(), &loss.lost)).or_default().push(loss.host.clone());
    }
    let mut losses: Vec<Loss> = Vec::new();
    for loss in &one.losses {
        let Some(hosts) = hosts.remove(&(loss.model.as_deref(), &loss.lost[..])) else { continue };
        losses.push(Loss {
            hosts: Names::of(&hosts, NAMES),
            model: loss.model.clone().unwrap_or_else(|| "no model".to_owned()),
            level: loss.level.unwrap_or("unknown"),
            lost: loss.lost.clone(),
            mitigations: loss
                .mitigations_lost
                .iter()
                .map(|one| (one.features.join(", "), one.without))
                .collect(),
            derived: loss.derived,
        });
    }
    Vendor {
        name: vendor_name(&one.vendor).to_owned(),
        model: one.model.clone(),
        level: one.level,
        hosts: Names::of(&one.hosts, NAMES),
        file: file(one, shown.wanted),
        beyond: beyond(&one.vendor, shown.ladders).take(GUESTS).map(|name| links.guest(name)).collect(),
        more_beyond: beyond(&one.vendor, shown.ladders).count().saturating_sub(GUESTS),
        losses,
        drags: drags.take(DRAGS).map(|drag| (Names::of(&drag.without, NAMES), drag.gained.clone())).collect(),
    }
}

/// Where libvirt's XML of a baseline is: a plan writes it, a rollout does not.
fn file(one: &BaselineRecord, wanted: Wanted<'_>) -> Option<String> {
    let written = one.xml.is_some() && matches!(wanted, Wanted::Plan(_));
    written.then(|| format!("baseline/{}.xml", one.stem()))
}

/// The guests that run on more than one baseline for all hosts of a vendor has.
fn beyond<'l>(vendor: &str, ladders: &'l [LadderRecord]) -> impl Iterator<Item = &'l str> {
    let ladder = ladders.iter().find(|ladder| ladder.vendor == vendor);
    let whole = ladder.into_iter().flat_map(|ladder| &ladder.rungs).filter(|rung| rung.groups.len() == 1);
    whole.flat_map(|rung| &rung.groups).flat_map(|group| group.stranded.iter().map(String::as_str))
}

fn arm_classes(arm: &ArmRecord, quotes: &mut Quotes<'_>) -> Vec<Arm> {
    let mut told = |fact: &ArmFactRecord| {
        let value = fact.value.clone().unwrap_or_else(|| "unknown".to_owned());
        let quote = fact.place.map(|place| quotes.of(place, fact.aspect));
        let tells = || fact.would_tell.map(|command| format!("{command} would tell")).unwrap_or_default();
        (fact.aspect, Linked::quote(value, quote), fact.at.clone().unwrap_or_else(tells))
    };
    let class = |class: &ArmClassRecord| Arm {
        hosts: Names::of(&class.hosts, NAMES),
        facts: class.facts.iter().map(&mut told).collect(),
    };
    arm.classes.iter().map(class).collect()
}
