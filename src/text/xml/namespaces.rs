//! Which prefixes are bound where.

use super::attributes::Complaint;
use super::error::XmlErrorKind;
use super::tree::AttributeData;
use crate::text::Span;

/// The prefixes bound by the elements that are open, innermost last, each with its depth.
#[derive(Default)]
pub(super) struct Prefixes<'t> {
    bound: Vec<(&'t str, usize)>,
}

impl<'t> Prefixes<'t> {
    /// Enters an element at `depth`: binds what it declares and checks what it uses.
    pub(super) fn enter(
        &mut self,
        text: &'t str,
        depth: usize,
        name: Span,
        attributes: &[AttributeData],
    ) -> Result<(), Complaint> {
        for attribute in attributes {
            if let Some(prefix) = text[attribute.name.range()].strip_prefix("xmlns:") {
                self.bound.push((prefix, depth));
            }
        }
        std::iter::once(name)
            .chain(attributes.iter().map(|a| a.name))
            .try_for_each(|used| self.check(text, used))
    }

    /// Leaves an element at `depth`.
    pub(super) fn leave(&mut self, depth: usize) {
        while self.bound.last().is_some_and(|&(_, bound)| bound >= depth) {
            self.bound.pop();
        }
    }

    fn check(&self, text: &str, name: Span) -> Result<(), Complaint> {
        let Some((prefix, _)) = text[name.range()].split_once(':') else { return Ok(()) };
        if matches!(prefix, "xml" | "xmlns") || self.bound.iter().any(|&(bound, _)| bound == prefix) {
            return Ok(());
        }
        Err((XmlErrorKind::UnboundPrefix(prefix.into()), name.start as usize))
    }
}
