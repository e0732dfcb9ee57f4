//! What an element says, whether it is one of the document or one as the edits leave it.

use std::borrow::Cow;

use crate::text::xml::Element;

/// An element that can be asked.
pub(super) trait Said<'s>: Copy {
    /// Whether it is called `name`.
    fn is(self, name: &str) -> bool;

    /// Its name.
    fn name(self) -> &'s str;

    /// What its attribute `name` means.
    fn value(self, name: &str) -> Option<Cow<'s, str>>;

    /// The first element inside that is called `name`.
    fn child(self, name: &str) -> Option<Self>;
}

impl<'d> Said<'d> for Element<'d> {
    fn is(self, name: &str) -> bool {
        self.is(name)
    }

    fn name(self) -> &'d str {
        self.name()
    }

    fn value(self, name: &str) -> Option<Cow<'d, str>> {
        self.value(name)
    }

    fn child(self, name: &str) -> Option<Self> {
        self.child(name)
    }
}

/// Whether `element` has the attribute `name` with this value.
pub(super) fn says<'s>(element: impl Said<'s>, name: &str, value: &str) -> bool {
    element.value(name).is_some_and(|said| said == value)
}

/// The attribute `name` of the child `child` of `element`.
pub(super) fn child_value<'s>(element: impl Said<'s>, child: &str, name: &str) -> Option<Cow<'s, str>> {
    element.child(child).and_then(|child| child.value(name))
}

/// The attribute `name` of `element`, where it is a number.
pub(super) fn number<'s>(element: impl Said<'s>, name: &str) -> Option<u32> {
    element.value(name)?.parse().ok()
}
