//! `report.html`: one file for reading, with nothing outside of it, and the pictures as files of their own.
//!
//! Each section is a struct that holds ready data, and a template beside it. Texts of documents are escaped by the
//! templates; `safe` stands only where a section, a picture, the style, the script or its data is put into the page.

mod answer;
mod bounds;
mod capacity;
mod chart;
mod cpu;
mod data;
mod diffs;
mod digest;
mod glance;
mod going;
mod graph;
mod guests;
mod held;
mod intents;
mod known;
mod links;
mod losses;
mod names;
mod one_way;
mod page;
mod pictured;
mod plan;
mod reasons;
mod room;
mod stated;
mod steps;
mod timelines;

pub use page::pages;
pub use pictured::{Pictured, Wanted};
