//! What comes out: one file a format. None of them decides anything.

mod check_json;
mod check_text;
mod dot;
mod explain;
mod graph_json;
mod graph_text;
mod markdown;
mod places;
mod quote;
mod rule_page;
mod selection;

pub use check_json::{FindingsDocument, findings};
pub use check_text::check;
pub use dot::dot;
pub use explain::explain;
pub use graph_json::{GraphDocument, graph};
pub use graph_text::graph_text;
pub use places::{Located, Places};
pub use rule_page::{RuleDocument, rule_document, rule_list, rule_page};
pub use selection::Selection;
