//! The span tree against roxmltree, over every document of the corpora.

use std::fs;

use portolan::text::xml::{Document, Element, Node};
use portolan::text::{LineIndex, splice};

use crate::common;

/// Every element with its range, attributes and direct text, one line each.
fn ours(element: Element<'_>, out: &mut Vec<String>) {
    let attributes: Vec<_> = element
        .attributes()
        .filter(|a| !a.name().starts_with("xmlns"))
        .map(|a| {
            let name = a.name().rsplit(':').next().unwrap_or_default().to_owned();
            (name, a.value().into_owned(), a.span().range(), a.value_span().range())
        })
        .collect();
    let name = element.name().rsplit(':').next().unwrap_or_default();
    out.push(format!("{name} {:?} {attributes:?}", element.span().range()));
    for node in element.nodes() {
        match node {
            Node::Element(child) => ours(child, out),
            Node::Text(span, raw) => {
                out.push(format!("text {:?} {:?}", span.range(), portolan::text::xml::unescape_text(raw)));
            }
            Node::Comment(span, _) | Node::Instruction(span, _) => {
                out.push(format!("other {:?}", span.range()));
            }
        }
    }
}

fn theirs(node: roxmltree::Node<'_, '_>, out: &mut Vec<String>) {
    let attributes: Vec<_> = node
        .attributes()
        .map(|a| (a.name().to_owned(), a.value().to_owned(), a.range(), a.range_value()))
        .collect();
    out.push(format!("{} {:?} {attributes:?}", node.tag_name().name(), node.range()));
    for child in node.children() {
        match child.node_type() {
            roxmltree::NodeType::Element => theirs(child, out),
            roxmltree::NodeType::Text => {
                out.push(format!("text {:?} {:?}", child.range(), child.text().unwrap_or_default()));
            }
            _ => out.push(format!("other {:?}", child.range())),
        }
    }
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn every_document_of_the_corpora_parses_as_roxmltree_parses_it() {
    let corpus = common::corpus();
    let (mut same, mut refused) = (0, Vec::new());
    for path in common::files(&corpus, &common::is_xml) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(&corpus).expect("inside").display().to_string();
        match (Document::parse(&text), roxmltree::Document::parse(&text)) {
            (Ok(document), Ok(oracle)) => {
                let (mut one, mut other) = (Vec::new(), Vec::new());
                ours(document.root(), &mut one);
                theirs(oracle.root_element(), &mut other);
                assert_eq!(one, other, "{name}");
                assert_eq!(splice(&text, &[]).as_deref(), Ok(text.as_str()), "{name}");
                same += 1;
            }
            (Err(error), Err(_)) => {
                let at = LineIndex::new(&text).position(&text, error.offset);
                refused.push(format!("{name}:{}:{}: {error}", at.line, at.column));
            }
            (one, other) => panic!("{name}: {:?} where roxmltree says {:?}", one.err(), other.err()),
        }
    }
    println!("{same} documents parsed as roxmltree parses them; {} refused by both:", refused.len());
    for line in &refused {
        println!("  {line}");
    }
    assert!(same > 2_000, "the corpus is not whole: {same} documents");
}

#[test]
fn what_is_not_well_formed_is_refused_where_it_goes_wrong() {
    let cases = [
        ("", "1:1: the document has no root element"),
        ("<a/><b/>", "1:5: a second root element; a document has one"),
        ("<a>\n<b>", "2:4: the document ends inside <b>; was it cut off?"),
        ("<a b='1' b='2'/>", "1:10: attribute 'b' stands twice in one element"),
        ("<a b=1/>", "1:4: a malformed attribute: its value is not quoted"),
        ("<a b='1'c='2'/>", "1:9: a malformed attribute: no space before it"),
        ("<a b='<'/>", "1:7: a malformed attribute: '<' in its value"),
        ("<a>&nope;</a>", "1:4: '&nope;' is not an entity that a document without a DTD can have"),
        ("<a b='&nope;'/>", "1:7: '&nope;' is not an entity that a document without a DTD can have"),
        ("<x:a/>", "1:2: the prefix 'x' is bound to no namespace"),
        ("<a>\u{1}</a>", "1:4: the character U+0001 is not allowed in XML"),
        ("<a>]]></a>", "1:4: ']]>' in text"),
        ("<a/>text", "1:5: text outside the root element"),
        ("<1/>", "1:2: '1' is not an XML name"),
        (
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
            "1:1: a document type declaration; remove it (libvirt never prints one)",
        ),
        ("<a/><?xml version='1.0'?>", "1:5: an XML declaration that is not at the start of the document"),
        (
            "<?xml version='1.0' encoding='UTF-16'?><a/>",
            "1:1: the encoding 'UTF-16' is declared; convert the document to UTF-8",
        ),
    ];
    for (text, expected) in cases {
        let error = Document::parse(text).map(|_| ()).expect_err(text);
        let at = LineIndex::new(text).position(text, error.offset);
        assert_eq!(format!("{}:{}: {error}", at.line, at.column), expected, "{text}");
        assert!(roxmltree::Document::parse(text).is_err() || text.contains("UTF-16"), "{text}");
    }
    for text in ["<a><!-- -- --></a>", "<a></b>", "<a", "<a><![CDATA[", "<a b='"] {
        assert!(Document::parse(text).is_err(), "{text}");
    }
}

#[test]
fn limits_hold() {
    let deep = "<a>".repeat(300) + &"</a>".repeat(300);
    assert_eq!(
        Document::parse(&deep).expect_err("too deep").to_string(),
        "more than 256 elements inside one another"
    );
    let limits = portolan::text::xml::Limits { bytes: 10, ..Default::default() };
    assert!(Document::parse_within("<abcdefghijkl/>", &limits).is_err());
    let limits = portolan::text::xml::Limits { nodes: 3, ..Default::default() };
    assert!(Document::parse_within("<a><b/><b/><b/></a>", &limits).is_err());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(<|>|/|a|b|=|'|\"|&|;|#|!|-|\\[|\\]|\\?|:| |x|[\\x00-\\u{ff}]){0,60}") {
        let _ = Document::parse(&text);
    }

    #[test]
    fn it_accepts_what_roxmltree_accepts(text in "<a>(<b c='[a-z&;<]{0,3}'/>|<b>|</b>|t|&amp;|&#1;|<!--[-x]{0,3}-->){0,8}</a>") {
        proptest::prop_assert_eq!(Document::parse(&text).is_ok(), roxmltree::Document::parse(&text).is_ok(), "{}", text);
    }
}
