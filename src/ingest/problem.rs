//! What is wrong with a document, and how it becomes a [`Problem`] of the cluster.

use crate::model::Problem;
use crate::text::LineIndex;
use crate::text::xml::{XmlError, XmlErrorKind};

/// What a reader has to say against its document: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    /// The byte it is about; `None` where it is about the whole document.
    pub(super) at: Option<usize>,
    /// What is wrong.
    pub(super) message: String,
    /// What to do.
    pub(super) remedy: String,
}

impl Complaint {
    pub(super) fn new(at: Option<usize>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { at, message: message.into(), remedy: remedy.into() }
    }

    /// The complaint about the document at `path`, which has this `text`.
    pub(super) fn problem(self, path: &str, text: &str) -> Problem {
        Problem {
            path: path.to_owned(),
            position: self.at.map(|at| LineIndex::new(text).position(text, at)),
            message: self.message,
            remedy: self.remedy,
        }
    }
}

impl From<&XmlError> for Complaint {
    fn from(error: &XmlError) -> Self {
        let remedy = match error.kind {
            XmlErrorKind::NoRoot | XmlErrorKind::Unclosed(_) => "print the document again, whole",
            XmlErrorKind::Limit { .. } => "no tool prints such a document; print it again",
            _ => "print the document again with virsh, and keep it as it is printed",
        };
        Self::new(Some(error.offset), error.to_string(), remedy)
    }
}

/// The problem that `error` is for the document at `path`.
pub(super) fn problem_of(path: &str, text: &str, error: &XmlError) -> Problem {
    Complaint::from(error).problem(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Position;
    use crate::text::xml::Document;

    #[test]
    fn xml_errors_have_line_and_column() {
        let text = "<a>\n  <b>";
        let error = Document::parse(text).expect_err("cut off");
        let problem = problem_of("hosts/h/capabilities.xml", text, &error);
        assert_eq!(problem.position, Some(Position { line: 2, column: 6 }));
        assert_eq!(problem.message, "the document ends inside <b>; was it cut off?");
        assert_eq!(problem.remedy, "print the document again, whole");
    }
}
