//! Placeholder.
pub(super) const RULES: &[crate::compat::rule::Rule] = &[];
