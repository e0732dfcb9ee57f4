//! The page as a whole, and the pictures beside it.

use std::collections::BTreeMap;

use askama::Template;

use super::answer::AnswerSection;
use super::capacity::CapacitySection;
use super::chart::ChartSection;
use super::cpu::CpuSection;
use super::data::data;
use super::digest::sha256;
use super::graph::GraphSection;
use super::guests::GuestsSection;
use super::held::held;
use super::pictured::{Pictured, Wanted};
use super::plan::PlanSection;
use super::reasons::ReasonsSection;
use crate::report::heatmap::{Answers, Grid};
use crate::report::svg;

const PAGE_STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

#[derive(Template)]
#[template(path = "html/page.html")]
struct Page {
    cluster: String,
    /// As JSON.
    answers: String,
    script_digest: String,
    script: &'static str,
    style: &'static str,
    picture_style: &'static str,
    /// Each with its id and its name.
    contents: &'static [(&'static str, &'static str)],
    sections: Vec<String>,
}

/// The sections, in order.
const CONTENTS: [(&str, &str); 8] = [
    ("answer", "Answer"),
    ("chart", "Chart"),
    ("graph", "Hosts"),
    ("cpu", "CPU"),
    ("plan", "Plan"),
    ("guests", "Guests"),
    ("capacity", "Room"),
    ("reasons", "Reasons"),
];

/// `report.html` and the pictures, by file name. Of a rollout there is no timeline: each stage has times of its own.
///
/// # Errors
/// Never: the templates write into texts.
pub fn pages(shown: &Pictured<'_>) -> Result<BTreeMap<&'static str, String>, askama::Error> {
    let mut answers = Answers::new(shown.places);
    let grid = Grid::new(shown.chart, &mut answers);
    let graph = svg::graph_drawing(shown.chart, shown.reach);
    let ladder = svg::ladder(&shown.chart.cluster.name, shown.ladders);
    let timeline = match shown.wanted {
        Wanted::Plan(plan) => Some(svg::timeline(plan, &held(shown.chart.cluster))),
        Wanted::Rollout(_) => None,
    };
    let capacity = svg::capacity(shown.review).inline();
    let capacity = CapacitySection::new(shown.review, &mut answers.quotes, capacity);
    let sections = vec![
        AnswerSection::new(shown.wanted).render()?,
        ChartSection::new(&grid, &answers).render()?,
        GraphSection::new(shown, graph.inline()).render()?,
        CpuSection::new(shown, ladder.inline()).render()?,
        PlanSection::new(shown.wanted, timeline.as_ref().map(svg::Drawing::inline)).render()?,
        GuestsSection::new(shown).render()?,
        capacity.render()?,
        ReasonsSection::new(&answers).render()?,
    ];
    let page = Page {
        cluster: shown.chart.cluster.name.clone(),
        answers: data(&answers),
        script_digest: sha256(SCRIPT),
        script: SCRIPT,
        style: PAGE_STYLE,
        picture_style: svg::STYLE,
        contents: &CONTENTS,
        sections,
    };
    let mut files = BTreeMap::from([
        ("report.html", page.render()?),
        ("chart.svg", svg::chart(&grid).alone()),
        ("graph.svg", graph.alone()),
        ("ladder.svg", ladder.alone()),
    ]);
    files.extend(timeline.map(|drawing| ("timeline.svg", drawing.alone())));
    Ok(files)
}
