//! A span tree over XML: every element, attribute, text and comment with its byte range.
//!
//! The tree borrows its text and copies nothing. Of a document that has tags, text and comments only, as nearly every
//! domain has, this module finds the tokens itself; of every other, and of what is wrong, quick-xml finds them. The
//! module builds the tree and makes the well-formedness checks that quick-xml leaves to its caller.

mod attributes;
mod builder;
mod cursor;
mod error;
mod escape;
mod namespaces;
mod parse;
mod plain;
mod tree;

pub use cursor::{Attribute, Element, Node};
pub use error::{XmlError, XmlErrorKind};
pub use escape::{escape_attribute, escape_text, unescape_attribute, unescape_text};
pub use tree::{Document, Limits};
