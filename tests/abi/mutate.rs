//! Mutations of a domain XML: every attribute and every text becomes another, every element goes, and some come.

use portolan::text::xml::{Document, Element, Node};
use portolan::text::{Span, Splice, splice};

/// One mutated domain XML.
pub(super) struct Mutation {
    /// What was done.
    pub(super) what: String,
    /// What came of it.
    pub(super) text: String,
}

/// What to write instead of a value, where it is not a number: another one that libvirt knows in most places.
const OTHERS: &str = include_str!("others.txt");
/// What to put into which element.
const ADDED: &str = include_str!("added.txt");

/// All mutations of `text` that are XML.
pub(super) fn all(text: &str) -> Vec<Mutation> {
    let document = Document::parse(text).expect("what libvirt prints is XML");
    let mut all = Vec::new();
    // Of many ports a few will do.
    let wanted =
        |element: &Element<'_>| !(8..16).chain(17..20).any(|at| element.path().contains(&format!("[{at}]")));
    for element in document.elements().filter(wanted) {
        changes(text, element, &mut all);
        additions(text, element, &mut all);
    }
    for element in document.elements().skip(1).filter(wanted).filter(|element| element.name() != "cell") {
        all.push(changed(text, element.span(), "", format!("{} is gone", element.path())));
    }
    all.retain(|mutation| Document::parse(&mutation.text).is_ok());
    all
}

fn changes(text: &str, element: Element<'_>, all: &mut Vec<Mutation>) {
    for attribute in element.attributes() {
        let was = attribute.value();
        if is_deadly(element, attribute.name()) {
            continue;
        }
        for other in others(&was) {
            let what = format!("{}/@{}: {was} -> {other}", element.path(), attribute.name());
            all.push(changed(text, attribute.value_span(), &other, what));
        }
        if element.name() != "sibling" {
            let what = format!("{}/@{} is gone: {was}", element.path(), attribute.name());
            all.push(changed(text, attribute.span(), "", what));
        }
    }
    if element.children().next().is_none()
        && let Some(Node::Text(span, was)) = element.nodes().next()
    {
        for other in others(was.trim()) {
            let what = format!("{}: {} -> {other}", element.path(), was.trim());
            all.push(changed(text, span, &other, what));
        }
    }
}

/// What libvirtd 9.0 itself dies of, at once or later: a clock without an offset, and any distance of NUMA nodes that it refuses
/// (`virDomainNumaDefNodeDistanceParseXML`). Left are distances to other nodes, which it takes.
fn is_deadly(element: Element<'_>, attribute: &str) -> bool {
    let own = element.value("value").is_some_and(|far| far == "10");
    match (element.name(), attribute) {
        ("clock", "offset") | ("cell" | "sibling", "id") => true,
        ("sibling", _) => own,
        _ => false,
    }
}

/// Lines of added.txt: an element's path below `<domain>`, and what to put into it: attributes where it does not begin with `<`.
fn additions(text: &str, element: Element<'_>, all: &mut Vec<Mutation>) {
    let own = element.path();
    let tag = element.start_tag();
    for line in ADDED.lines().filter(|line| !line.starts_with('#')) {
        let Some((path, new)) = line.split_once(" | ") else { continue };
        if format!("domain/{path}") != own {
            continue;
        }
        let name = Span { start: element.name_span().end, end: element.name_span().end };
        let what = format!("{own} gets {new}");
        if !new.starts_with('<') {
            all.push(changed(text, name, &format!(" {new}"), what));
        } else if element.content().is_some() {
            all.push(changed(text, Span { start: tag.end, end: tag.end }, new, what));
        } else {
            let end = Span { start: tag.end - 2, end: tag.end };
            all.push(changed(text, end, &format!(">{new}</{}>", element.name()), what));
        }
    }
}

fn changed(text: &str, span: Span, new: &str, what: String) -> Mutation {
    let change = Splice { span, text: new.to_owned() };
    Mutation { what, text: splice(text, &[change]).expect("one splice") }
}

/// Other values than this one.
fn others(value: &str) -> Vec<String> {
    let listed = OTHERS.lines().filter_map(|line| line.split_once(" | ")).find(|(from, _)| *from == value);
    if let Some((_, to)) = listed {
        return to.split(' ').map(str::to_owned).collect();
    }
    if let Some(number) = value.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
        let width = value.len() - 2;
        return vec![format!("0x{:0width$x}", number + 1), format!("0x{:0width$x}", number + 7)];
    }
    match (value.parse::<u64>(), value.split_once('-')) {
        (Ok(number), _) => vec![(number + 1).to_string(), (number * 2 + 4).to_string()],
        (_, Some((first, last))) if last.parse::<u64>().is_ok() => vec![first.to_owned()],
        _ => vec![format!("{value}x")],
    }
}
