//! A span tree over XML: every element, attribute, text and comment with its byte range.
//!
//! The tree borrows its text and copies nothing. quick-xml finds the tokens; this module builds
//! the tree and makes the well-formedness checks that quick-xml leaves to its caller.

mod attributes;
mod cursor;
mod error;
mod escape;
mod namespaces;
mod parse;
mod tree;

pub use cursor::{Attribute, Element, Node};
pub use error::{XmlError, XmlErrorKind};
pub use escape::{escape_attribute, escape_text, unescape_attribute, unescape_text};
pub use tree::{Document, Limits};
