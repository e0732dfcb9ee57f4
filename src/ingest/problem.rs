//! What a reader says of a document it cannot read.

use crate::model::Problem;
use crate::text::LineIndex;
use crate::text::xml::XmlError;

/// The problem of an XML document that is not well-formed.
pub(super) fn problem_of(path: &str, text: &str, error: &XmlError) -> Problem {
    Problem {
        path: path.to_owned(),
        position: Some(LineIndex::new(text).position(text, error.offset)),
        message: error.to_string(),
        remedy: "collect the document again".to_owned(),
    }
}
