//! Pictures: the same shapes stand in the page and in files of their own.

mod chart;
mod drawing;
mod graph;
mod ladder;
mod timeline;

pub(super) use chart::chart;
pub(super) use drawing::Drawing;
pub(super) use drawing::STYLE;
pub(super) use graph::graph as graph_drawing;
pub use graph::graph_svg;
pub(super) use ladder::ladder;
pub(super) use timeline::{Held, carried_out, timeline};
