//! One device of a list: an element, or what libvirt adds without one.

use crate::text::Span;
use crate::text::xml::Element;

/// One element of a list, with what libvirt takes it to say.
#[derive(Clone, Debug)]
pub(super) struct Device<'d> {
    /// The element; `None` where libvirt adds the device.
    pub(super) element: Option<Element<'d>>,
    /// What it is taken to say whatever stands there: `@type`, `target@type`.
    pub(super) given: Vec<(&'static str, String)>,
    /// Where to point at.
    pub(super) anchor: Span,
}

impl<'d> Device<'d> {
    /// The device of an element.
    pub(super) fn written(element: Element<'d>) -> Self {
        Self { element: Some(element), given: Vec::new(), anchor: element.start_tag() }
    }

    /// A device that libvirt adds to `<devices>`.
    pub(super) fn implied(devices: Element<'d>, given: &[(&'static str, &str)]) -> Self {
        let given = given.iter().map(|&(name, value)| (name, value.to_owned())).collect();
        Self { element: None, given, anchor: devices.start_tag() }
    }

    /// The device, taken to say this as well.
    pub(super) fn saying(mut self, name: &'static str, value: &str) -> Self {
        self.given.push((name, value.to_owned()));
        self
    }

    /// What it says at a path and an attribute, or as text, and where.
    pub(super) fn value(&self, path: &str, attribute: Option<&str>) -> Option<(String, Span)> {
        if let Some((_, value)) = self.given.iter().find(|(name, _)| is(name, path, attribute)) {
            return Some((value.clone(), self.anchor));
        }
        let element = self.at(path)?;
        match attribute {
            None => Some((element.text().into_owned(), element.span())),
            Some(name) => {
                let attribute = element.attribute(name)?;
                Some((attribute.value().into_owned(), attribute.span()))
            }
        }
    }

    /// The same without its place.
    pub(super) fn said(&self, path: &str, attribute: &str) -> Option<String> {
        self.value(path, Some(attribute)).map(|(value, _)| value)
    }

    /// The element at a path below it.
    pub(super) fn at(&self, path: &str) -> Option<Element<'d>> {
        if path.is_empty() || path == "." { self.element } else { self.element?.at(path) }
    }

    /// The innermost element on the way to `path`: where something is missed.
    pub(super) fn nearest(&self, path: &str) -> Span {
        let mut at = self.element;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            match at.and_then(|element| element.child(name)) {
                Some(child) => at = Some(child),
                None => break,
            }
        }
        at.map_or(self.anchor, Element::start_tag)
    }

    /// Whether the two are spelled alike.
    pub(super) fn reads_as(&self, other: &Device<'_>) -> bool {
        self.given == other.given
            && match (self.element, other.element) {
                (Some(one), Some(two)) => alike(one, two),
                (one, two) => one.is_none() && two.is_none(),
            }
    }
}

fn is(name: &str, path: &str, attribute: Option<&str>) -> bool {
    name.split_once('@').is_some_and(|(at, what)| at == path && Some(what) == attribute)
}

fn alike(one: Element<'_>, two: Element<'_>) -> bool {
    let said = |element: Element<'_>| -> Vec<(String, String)> {
        element.attributes().map(|a| (a.name().to_owned(), a.value().into_owned())).collect()
    };
    one.name() == two.name()
        && said(one) == said(two)
        && one.text() == two.text()
        && one.children().count() == two.children().count()
        && one.children().zip(two.children()).all(|(one, two)| alike(one, two))
}
