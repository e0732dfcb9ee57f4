//! Elements that are new, and how the document around them is spelled.

use crate::text::xml::{Document, Element, escape_attribute, escape_text};

/// An element to insert.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Fresh>,
    text: String,
}

impl Fresh {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new(), text: String::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub(super) fn holding(mut self, child: Fresh) -> Self {
        self.children.push(child);
        self
    }

    pub(super) fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// The element spelled in `style`, after `lead`: the white space before it.
    pub(super) fn render(&self, style: &Style, lead: &str) -> String {
        let mut out = format!("{lead}<{}", self.name);
        for (name, value) in &self.attributes {
            out.extend([" ", name, "=", style.quote, &escape_attribute(value), style.quote]);
        }
        if self.children.is_empty() && self.text.is_empty() {
            return out + "/>";
        }
        out.push('>');
        out.push_str(&escape_text(&self.text));
        for child in &self.children {
            out.push_str(&child.render(style, &style.deeper(lead)));
        }
        let close = if self.children.is_empty() { "" } else { lead };
        out + close + "</" + self.name + ">"
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

/// The line break and indentation before `element`; empty where it does not begin its line.
pub(super) fn lead<'t>(text: &'t str, element: Element<'_>) -> &'t str {
    let before = text.get(..element.span().start as usize).unwrap_or_default();
    let blank = before.trim_end_matches([' ', '\t', '\r', '\n']).len();
    let white = &before[blank..];
    let line = white.rfind('\n').map(|at| at - usize::from(white[..at].ends_with('\r')));
    line.map_or("", |at| &white[at..])
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
