//! The page as a whole, and the pictures beside it.

use std::collections::BTreeMap;

use askama::Template;

use super::answer::AnswerSection;
use super::capacity::{CapacitySection, HOSTS};
use super::chart::ChartSection;
use super::cpu::CpuSection;
use super::data::data;
use super::digest::sha256;
use super::graph::GraphSection;
use super::guests::GuestsSection;
use super::known::Known;
use super::links::Links;
use super::pictured::Pictured;
use super::plan::{PlanSection, Told};
use super::reasons::ReasonsSection;
use super::stated::Stated;
use super::timelines::timelines;
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
    ("chart", "Who can go where"),
    ("graph", "Between hosts"),
    ("cpu", "CPU"),
    ("plan", "The plan"),
    ("guests", "Guest by guest"),
    ("capacity", "Room"),
    ("reasons", "Reasons"),
];

/// `report.html` and the pictures, by file name. Of a rollout each stage has a timeline of its own.
///
/// # Errors
/// Never: the templates write into texts.
pub fn pages(shown: &Pictured<'_>) -> Result<BTreeMap<String, String>, askama::Error> {
    let mut answers = Answers::new(shown.places);
    let grid = Grid::new(shown.chart, &mut answers);
    let graph = svg::graph_drawing(shown.chart, shown.reach);
    let ladder = svg::ladder(&shown.chart.cluster.name, shown.ladders);
    let cluster = shown.chart.cluster;
    let timelines = timelines(shown.wanted, cluster);
    let stated = Stated::new(shown.places);
    let hosts = shown.review.hosts.iter().take(HOSTS).map(|host| host.host.as_str());
    let mut links = Links::new(hosts, answers.reasons());
    let known = Known::new(cluster);
    let guests = GuestsSection::new(shown, (&grid, &answers), (&links, &known));
    links.name_guests(guests.names());
    let room = CapacitySection::new(shown, (&links, &stated), &mut answers.quotes);
    let cpu = CpuSection::new(shown, &links, &mut answers.quotes, ladder.inline());
    let told = Told {
        known: &known,
        links: &links,
        stated: &stated,
        quotes: &mut answers.quotes,
        pictures: timelines.iter().map(|(_, drawing)| drawing.inline()).collect(),
    };
    let plan = PlanSection::new(shown, told);
    let sections = vec![
        AnswerSection::new(shown, (&links, &guests), &mut answers.quotes).render()?,
        ChartSection::new(&grid, &answers, &links).render()?,
        GraphSection::new(shown, &links, graph.inline()).render()?,
        cpu.render()?,
        plan.render()?,
        guests.render()?,
        room.render()?,
        ReasonsSection::new(&answers).render()?,
    ];
    let page = Page {
        cluster: cluster.name.clone(),
        answers: data(&answers),
        script_digest: sha256(SCRIPT),
        script: SCRIPT,
        style: PAGE_STYLE,
        picture_style: svg::STYLE,
        contents: &CONTENTS,
        sections,
    };
    let mut files = BTreeMap::from([
        ("report.html".to_owned(), page.render()?),
        ("chart.svg".to_owned(), svg::chart(&grid, &answers).alone()),
        ("graph.svg".to_owned(), graph.alone()),
        ("ladder.svg".to_owned(), ladder.alone()),
    ]);
    files.extend(timelines.into_iter().map(|(name, drawing)| (format!("{name}.svg"), drawing.alone())));
    Ok(files)
}
