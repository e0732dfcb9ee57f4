//! The answer first: whether it can be done, by what moves, when it ends, and what a person must do.

use askama::Template;

use super::bounds::{ENDS, LEFT_OUT, STAGES};
use super::glance::{Glance, glance};
use super::going::{Going, going};
use super::guests::GuestsSection;
use super::intents::{Intended, intended};
use super::links::{Linked, Links};
use super::names::Names;
use super::pictured::{Pictured, Wanted};
use super::steps::{Stage, stages};
use crate::compat::{Chart, Finding, GuestIndex, HostIndex, Mode, Severity};
use crate::plan::{GuestRecord, PlanDocument, RolloutDocument};
use crate::report::heatmap::Quotes;
use crate::report::stuck::stuck;
use crate::report::words::{counted, duration};

/// Steps and guests that are told in the open.
const TOLD: usize = 30;
/// Names in a line.
const NAMES: usize = 6;

#[derive(Template)]
#[template(path = "html/answer.html")]
pub(super) struct AnswerSection {
    headline: String,
    clear: bool,
    intents: Vec<Intended>,
    /// The guests that are counted in more than one of them.
    shared: Vec<Linked>,
    cards: Vec<Card>,
    going: Vec<Going>,
    /// What the other sections come to.
    glance: Vec<Glance>,
    /// What persons have to do.
    stages: Vec<Stage>,
    more_kinds: usize,
    left: Vec<Left>,
    more_left: usize,
    /// Guests that nothing asks to move.
    unasked: Vec<Linked>,
    more_unasked: usize,
    /// Guests that do not start again where they are, and why.
    stuck: Vec<Left>,
    more_stuck: usize,
}

/// A figure, with the section that counts it.
struct Card {
    value: String,
    what: &'static str,
    beside: Option<Linked>,
    href: &'static str,
}

struct Left {
    guest: Linked,
    on: Option<Linked>,
    reasons: Vec<Why>,
    /// Where it could be started once it is rewritten, which no plan does.
    mended: String,
}

/// Why a guest does not go to hosts.
struct Why {
    hosts: String,
    /// The first of the hosts: where the chart has a cell for it, its reasons are opened.
    first: Option<String>,
    message: Linked,
    remedy: String,
}

impl AnswerSection {
    pub(super) fn new(
        shown: &Pictured<'_>,
        (links, guests): (&Links, &GuestsSection),
        quotes: &mut Quotes<'_>,
    ) -> Self {
        let (wanted, stuck) = (shown.wanted, stuck(shown.chart));
        let unasked = unasked(shown);
        let (stages, asked) = stages(&wanted.plans(), links, TOLD);
        let (left, cards) = match wanted {
            Wanted::Plan(plan) => (plan.left_out.iter().collect(), of_plan(plan, unasked.len(), asked)),
            Wanted::Rollout(rollout) => (not_moved(rollout), of_rollout(rollout, asked)),
        };
        let going = match wanted {
            Wanted::Plan(plan) => going(plan, links),
            Wanted::Rollout(_) => Vec::new(),
        };
        let (intents, shared) = intended(wanted);
        let shared = shared.iter().map(|name| links.guest(name)).collect();
        Self {
            headline: headline(wanted, left.len()),
            clear: left.is_empty(),
            intents,
            shared,
            cards,
            going,
            glance: glance(shown),
            more_kinds: asked.saturating_sub(TOLD),
            stages,
            more_left: left.len().saturating_sub(TOLD),
            more_unasked: unasked.len().saturating_sub(TOLD),
            unasked: unasked.iter().take(TOLD).map(|name| links.guest(name)).collect(),
            more_stuck: stuck.len().saturating_sub(TOLD),
            stuck: stuck.iter().take(TOLD).map(|&at| left_shut(shown.chart, at, links, quotes)).collect(),
            left: left.into_iter().take(TOLD).map(|one| left_out(one, links, guests)).collect(),
        }
    }
}

/// Guests that a plan neither moves nor leaves out; of a rollout that differs by stage.
fn unasked<'c>(shown: &Pictured<'c>) -> Vec<&'c str> {
    let Wanted::Plan(plan) = shown.wanted else { return Vec::new() };
    let asked = plan.guests();
    let names = shown.chart.cluster.guests.iter().map(|guest| guest.name.as_str());
    names.filter(|name| !asked.contains(name)).collect()
}

/// Why a guest does not start again on its own host: the chart has no cell for that, so each reason leads to its line.
fn left_shut(
    chart: &Chart<'_>,
    (guest, home): (GuestIndex, HostIndex),
    links: &Links,
    quotes: &mut Quotes<'_>,
) -> Left {
    let bars = |found: &Finding| found.severity == Severity::Blocker && found.modes.has(Mode::Cold);
    let mut why = |found: &Finding| Why {
        hosts: String::new(),
        first: None,
        message: Linked::quote(
            format!("{} ({})", found.message, found.rule),
            found.evidence.first().map(|one| quotes.of(one.place, &one.label)),
        ),
        remedy: found.remedy.to_string(),
    };
    let findings = chart.findings(guest, home);
    Left {
        guest: links.guest(&chart.cluster.guests[guest].name),
        on: Some(links.host(&chart.cluster.hosts[home].name)),
        reasons: findings.iter().filter(|found| bars(found)).take(TOLD).map(&mut why).collect(),
        mended: String::new(),
    }
}

/// The guests that keep hosts from being taken down, and those that do not come back.
fn not_moved(rollout: &RolloutDocument) -> Vec<&GuestRecord> {
    let hosts = rollout.left.iter().flat_map(|host| &host.guests);
    let back = rollout.stages.iter().filter(|stage| !stage.back_to.is_empty());
    hosts.chain(back.flat_map(|stage| &stage.plan.left_out)).collect()
}

fn headline(wanted: Wanted<'_>, left: usize) -> String {
    match wanted {
        Wanted::Plan(plan) if left == 0 && plan.figures.moves == 0 => "Nothing has to move".to_owned(),
        Wanted::Plan(_) if left == 0 => "It can be done".to_owned(),
        Wanted::Plan(_) => format!("It can be done but for {}", counted(left, "guest")),
        Wanted::Rollout(rollout) if rollout.left.is_empty() && left == 0 => "It can be done".to_owned(),
        Wanted::Rollout(rollout) if rollout.left.is_empty() => {
            format!("All hosts can be taken down; {} cannot be brought back", counted(left, "guest"))
        }
        Wanted::Rollout(rollout) => {
            format!("{} cannot be taken down", counted(rollout.left.len(), "host"))
        }
    }
}

fn card(value: impl std::fmt::Display, what: &'static str, href: &'static str) -> Card {
    Card { value: format!("{value}"), what, beside: None, href }
}

impl Card {
    /// With what stands below it, and where that leads.
    fn beside(self, text: impl Into<String>, to: &'static str) -> Self {
        Self { beside: Some(Linked::to(text, to)), ..self }
    }
}

fn no_fewer(than: usize) -> String {
    format!("no plan has fewer than {than}")
}

/// The figures of a plan, how many guests it does not ask to move (together all of the cluster), and how many kinds of steps there are.
fn of_plan(plan: &PlanDocument, unasked: usize, kinds: usize) -> Vec<Card> {
    let figures = &plan.figures;
    let placed = card(figures.placed, "placed", "#go-placed").beside("they were on no host", "moves");
    let ends = card(
        duration(figures.end_ms),
        "until it ends if every move takes what is expected, without what persons do and copies of disks",
        "#timeline",
    );
    let cards = [
        Some(card(figures.live, "live", "#go-live")),
        Some(card(figures.cold, "cold", "#go-cold")),
        Some(card(figures.rebuild, "rebuilt", "#go-rebuilt")),
        (figures.placed > 0).then_some(placed),
        Some(
            card(figures.left_out, "left out", "#left")
                .beside(no_fewer(figures.left_out_at_least), LEFT_OUT.id),
        ),
        (unasked > 0).then(|| card(unasked, "not asked to move", "#unasked")),
        Some(
            card(figures.stopped, "shut down for it", "#go-stopped")
                .beside("of those that move; others are off, on no host, or go live", "moves"),
        ),
        Some(ends.beside(format!("no plan ends before {}", duration(figures.end_at_least_ms)), ENDS.id)),
        Some(card(kinds, "steps for a person, as numbered below", "#steps")),
    ];
    cards.into_iter().flatten().collect()
}

fn of_rollout(rollout: &RolloutDocument, kinds: usize) -> Vec<Card> {
    let figures = &rollout.figures;
    let plans = rollout.stages.iter().map(|stage| &stage.plan.figures);
    let [live, cold, rebuild] = plans
        .fold([0; 3], |[live, cold, rebuild], of| [live + of.live, cold + of.cold, rebuild + of.rebuild]);
    vec![
        card(figures.stages, "stages", "#moves").beside(no_fewer(figures.stages_at_least), STAGES.id),
        card(live, "live", "#moves"),
        card(cold, "cold", "#moves"),
        card(rebuild, "rebuilt", "#moves"),
        card(figures.stopped, "shut down for it", "#moves"),
        card(figures.one_way, "live one way only", "#moves"),
        card(figures.left, "hosts that stay up", "#left"),
        card(duration(figures.moving_ms), "of moving", "#moves")
            .beside("without what the hosts need", "times"),
        card(kinds, "steps for a person, as numbered below", "#steps"),
    ]
}

fn left_out(guest: &GuestRecord, links: &Links, guests: &GuestsSection) -> Left {
    let reason = |one: &crate::plan::ReasonRecord| Why {
        hosts: Names::of(&one.hosts, NAMES).shown,
        first: one.hosts.first().cloned(),
        message: links.reason(one),
        remedy: one.remedy.clone(),
    };
    Left {
        guest: links.guest(&guest.guest),
        on: guest.host.as_deref().map(|host| links.host(host)),
        reasons: guest.reasons.iter().take(TOLD).map(reason).collect(),
        mended: Names::of(guests.mended(&guest.guest), NAMES).shown,
    }
}
