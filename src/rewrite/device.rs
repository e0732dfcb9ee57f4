//! The devices of a guest as the edits leave them.

use std::borrow::Cow;

use super::draft::{Draft, Left};
use super::said::Said;

/// A device, with what is asked of it over and over.
pub(super) struct Device<'l> {
    pub(super) element: Left<'l>,
    /// The name of its element.
    pub(super) name: &'l str,
    /// Its `type`; empty where it says none, as its model.
    pub(super) kind: Cow<'l, str>,
    pub(super) model: Cow<'l, str>,
}

impl<'l> Device<'l> {
    /// All devices, in order.
    pub(super) fn all(draft: &'l Draft<'l>) -> Vec<Self> {
        Left::devices(draft).into_iter().map(Self::of).collect()
    }

    fn of(element: Left<'l>) -> Self {
        let said = |name| element.value(name).unwrap_or_default();
        Self { element, name: element.name(), kind: said("type"), model: said("model") }
    }

    /// Whether it is a controller of this type.
    pub(super) fn controls(&self, kind: &str) -> bool {
        self.name == "controller" && self.kind == kind
    }
}
