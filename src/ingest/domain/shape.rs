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
const PERSONAL_ATTRIBUTES: [&str; 10] =
    ["id", "dev", "file", "dir", "port", "tlsPort", "websocket", "socket", "passwd", "cid"];

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
    let is_device = element.parent().is_some_and(|parent| parent.name() == "devices");
    if PERSONAL.contains(&name) && !is_device {
        return;
    }
    let counts = |attribute: &str| match name {
        "source" => SOURCE_KIND.contains(&attribute),
        "cid" => attribute != "address",
        _ => !PERSONAL_ATTRIBUTES.contains(&attribute),
    };
    for attribute in element.attributes().filter(|attribute| counts(attribute.name())) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::xml::Document;

    fn shape(text: &str) -> Shape {
        of(Document::parse(text).expect("well-formed").root())
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
