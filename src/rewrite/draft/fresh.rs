//! Elements that are new, and how the document around them is spelled.

use std::borrow::Cow;

use super::white::lead;
use crate::text::xml::{Document, escape_attribute, escape_text};

/// An element to insert.
#[derive(Clone, Debug)]
pub(in super::super) struct Fresh {
    name: &'static str,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    children: Vec<Fresh>,
    text: Cow<'static, str>,
}

impl Fresh {
    pub(in super::super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new(), text: Cow::Borrowed("") }
    }

    pub(in super::super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub(in super::super) fn holding(mut self, child: Fresh) -> Self {
        self.children.push(child);
        self
    }

    pub(in super::super) fn saying(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.text = text.into();
        self
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// What the attribute `name` says.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// The elements inside, in order.
    pub(super) fn children(&self) -> &[Fresh] {
        &self.children
    }

    /// The element spelled in `style`, after `lead`: the white space before it.
    pub(super) fn render(&self, style: &Style, lead: &str) -> String {
        let mut out = String::with_capacity(128);
        self.write(style, lead, &mut out);
        out
    }

    fn write(&self, style: &Style, lead: &str, out: &mut String) {
        out.extend([lead, "<", self.name]);
        for (name, value) in &self.attributes {
            out.extend([" ", name, "=", style.quote, &escape_attribute(value), style.quote]);
        }
        if self.children.is_empty() && self.text.is_empty() {
            return out.push_str("/>");
        }
        out.push('>');
        out.push_str(&escape_text(&self.text));
        let deeper = style.deeper(lead);
        for child in &self.children {
            child.write(style, &deeper, out);
        }
        let close = if self.children.is_empty() { "" } else { lead };
        out.extend([close, "</", self.name, ">"]);
    }
}

/// How a document is spelled.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// The quote of its first attribute.
    pub(super) quote: &'static str,
    unit: String,
}

impl Style {
    /// The style of `document`, read off its first attribute and the first child of its root.
    pub(super) fn of(document: &Document<'_>) -> Self {
        let text = document.text();
        let end = document.elements().find_map(|e| e.attributes().next()).map(|a| a.value_span().end);
        let quote = end.and_then(|end| text.as_bytes().get(end as usize));
        let root = document.root();
        let inner = root.children().next().map_or("", |child| lead(text, child));
        let unit = inner.strip_prefix(lead(text, root)).unwrap_or(inner);
        let quote = if quote == Some(&b'"') { "\"" } else { "'" };
        Self { quote, unit: unit.trim_start_matches(['\r', '\n']).to_owned() }
    }

    /// The white space one level deeper than `lead`; on one line there is none.
    pub(super) fn deeper(&self, lead: &str) -> String {
        if lead.is_empty() { String::new() } else { format!("{lead}{}", self.unit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_elements_follow_the_document() {
        let text = "<d a=\"1\">\r\n   <e/>\r\n</d>";
        let document = Document::parse(text).unwrap();
        let style = Style::of(&document);
        let lead = lead(text, document.root().children().next().unwrap());
        let new = Fresh::new("x").with("k", "a'b").holding(Fresh::new("y").saying("<"));
        assert_eq!(new.render(&style, lead), "\r\n   <x k=\"a&apos;b\">\r\n      <y>&lt;</y>\r\n   </x>");
        assert_eq!(Fresh::new("x").holding(Fresh::new("y")).render(&style, ""), "<x><y/></x>");
    }
}
