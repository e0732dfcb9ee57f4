//! Elements that are dropped because of where they stand, as a table.

use super::draft::Draft;
use super::guest::Guest;
use super::said::says;
use crate::compat::Rule;
use crate::text::xml::Element;

/// When an element does not fit.
#[derive(Clone, Copy)]
pub(super) enum When {
    Always,
    /// An attribute has one of these values.
    Says(&'static str, &'static [&'static str]),
}

/// An element that a `virt` machine cannot have.
pub(super) struct Unfit {
    pub(super) path: &'static str,
    pub(super) when: When,
    pub(super) rule: &'static Rule,
    pub(super) reason: &'static str,
    /// What a person must do about it.
    pub(super) step: Option<&'static str>,
}

impl Unfit {
    pub(super) fn applies(&self, element: Element<'_>) -> bool {
        match self.when {
            When::Always => true,
            When::Says(name, values) => values.iter().any(|value| says(element, name, value)),
        }
    }

    pub(super) fn drop<'d>(&self, draft: &mut Draft<'d>, element: Element<'d>) {
        draft.delete(self.rule, self.reason, element);
        if let Some(step) = self.step {
            draft.step(self.rule, step, element);
        }
    }
}

/// Drops what `table` says does not fit, below the root of `guest`.
pub(super) fn drop_all<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, table: &[Unfit]) {
    for unfit in table {
        for element in guest.all_at(unfit.path) {
            if unfit.applies(element) {
                unfit.drop(draft, element);
            }
        }
    }
}
