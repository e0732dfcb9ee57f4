//! Which guests are alike: a digest of all that a domain XML says, without what is one guest's alone.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::Shape;
use crate::text::xml::{Element, Node};

/// Elements that name one guest or a thing of its own, or that say how much room it takes, which is
/// looked at guest by guest.
const PERSONAL: [&str; 26] = [
    "name",
    "uuid",
    "title",
    "description",
    "metadata",
    "genid",
    "memory",
    "currentMemory",
    "mac",
    "address",
    "alias",
    "serial",
    "wwn",
    "backingStore",
    "seclabel",
    "label",
    "imagelabel",
    "resource",
    "sysinfo",
    "auth",
    "secret",
    "kernel",
    "initrd",
    "cmdline",
    "nvram",
    "mirror",
];

/// Attributes of the same kind, whatever element has them.
const PERSONAL_ATTRIBUTES: [&str; 11] =
    ["id", "dev", "file", "dir", "port", "tlsPort", "websocket", "socket", "passwd", "cid", "tty"];

/// The attributes of `<source>` that say of what kind it is; all others say which one.
const SOURCE_KIND: [&str; 6] = ["protocol", "mode", "type", "bridge", "network", "portgroup"];

/// The digest of the domain XML with this root.
pub(super) fn of(root: Element<'_>) -> Shape {
    let mut hasher = DefaultHasher::new();
    element(root, &mut hasher);
    Shape(hasher.finish())
}

fn element(element: Element<'_>, hasher: &mut DefaultHasher) {
    let name = element.name();
    name.hash(hasher);
    if stands_for_one(element.parent().map(Element::name), name) {
        return;
    }
    for attribute in element.attributes().filter(|attribute| is_common(name, attribute.name())) {
        (attribute.name(), attribute.value()).hash(hasher);
    }
    for node in element.nodes() {
        match node {
            Node::Element(child) => self::element(child, hasher),
            Node::Text(_, text) if !text.trim().is_empty() => text.trim().hash(hasher),
            Node::Text(..) | Node::Comment(..) | Node::Instruction(..) => {}
        }
    }
    // The end, so that a brother is told from a child.
    0u8.hash(hasher);
}

/// Whether the element called `name` inside `parent` says what is one guest's alone. A device never is that as a whole.
fn stands_for_one(parent: Option<&str>, name: &str) -> bool {
    PERSONAL.contains(&name) && parent != Some("devices")
}

/// Whether guests of one class have this attribute in common.
fn is_common(element: &str, attribute: &str) -> bool {
    match element {
        "source" => SOURCE_KIND.contains(&attribute),
        "cid" => attribute != "address",
        _ => !PERSONAL_ATTRIBUTES.contains(&attribute),
    }
}

/// Whether guests of one class may say different things at a path of elements below `<domain>`, or
/// in an attribute of the last.
pub(in crate::ingest) fn is_personal(elements: &[&str], attribute: Option<&str>) -> bool {
    let path: Vec<&str> = std::iter::once("domain").chain(elements.iter().copied()).collect();
    let last = path[path.len() - 1];
    path.windows(2).any(|pair| stands_for_one(Some(pair[0]), pair[1]))
        || attribute.is_some_and(|attribute| !is_common(last, attribute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::xml::Document;

    fn shape(text: &str) -> Shape {
        of(Document::parse(text).expect("well-formed").root())
    }

    #[test]
    fn a_path_is_personal_where_the_digest_leaves_it_out() {
        let common = [
            ("devices/graphics", Some("type")),
            ("vcpu", None),
            ("devices/serial", Some("type")),
            ("devices/disk/source", Some("protocol")),
        ];
        let personal = [
            ("name", None),
            ("memory", None),
            ("devices/disk/source", Some("file")),
            ("devices/disk/serial", None),
            ("sysinfo/bios/entry", None),
        ];
        let asks = |(path, attribute): (&str, Option<&str>)| {
            is_personal(&path.split('/').collect::<Vec<_>>(), attribute)
        };
        assert!(!common.into_iter().any(asks) && personal.into_iter().all(asks));
        assert!(is_personal(&[], Some("id")) && !is_personal(&[], Some("type")));
    }

    #[test]
    fn what_is_one_guests_alone_does_not_count() {
        let one = "<domain id='1'><name>a</name><uuid>1</uuid><devices><disk><source file='/a'/>\
                   <target dev='vda' bus='virtio'/></disk></devices></domain>";
        let other = "<domain>\n<!-- b -->\n<name>b</name><uuid>2</uuid><devices><disk><source file='/b'/>\
                     <target dev='vdb' bus='virtio'/></disk></devices></domain>";
        assert_eq!(shape(one), shape(other));
        assert_ne!(shape(one), shape(&one.replace("bus='virtio'", "bus='scsi'")));
        assert_ne!(shape(one), shape(&one.replace("<disk>", "<disk><transient/>")));
        assert_ne!(shape("<d><a><b/></a></d>"), shape("<d><a/><b/></d>"));
    }
}
