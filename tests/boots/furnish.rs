//! A guest made to run on the test's host: networks, storage services and so much memory are not there.

use portolan::text::xml::{Attribute, Document, Element};
use portolan::text::{Span, Splice, splice};

/// What stays of an interface, whose network becomes QEMU's own.
const OF_INTERFACE: &[&str] = &["address", "alias", "boot", "mac", "model", "rom"];
/// What stays of a serial line, which the test must be able to read.
const OF_LINE: &[&str] = &["address", "alias", "target"];
/// What of a disk is of its storage service.
const OF_SERVICE: &[&str] = &["auth", "encryption", "reservations", "source"];
/// The memory of a guest that does not divide it into NUMA cells: what UEFI needs, in KiB.
const MEMORY: &str = "262144";

/// The guest with what the host lacks replaced. The devices that it has, and the buses that they are on, stay.
pub(super) fn furnish(text: &str) -> String {
    let document = Document::parse(text).expect("a domain");
    let root = document.root();
    let mut all = Vec::new();
    if root.at("cpu/numa").is_none() {
        ["memory", "currentMemory"]
            .iter()
            .filter_map(|name| root.child(name))
            .for_each(|e| less(e, &mut all));
    }
    for device in root.children_named("devices").flat_map(Element::children) {
        match device.name() {
            "interface" => {
                becomes(device, "user", &|child| !OF_INTERFACE.contains(&child), &mut all);
                // Without a network UEFI does not wait for one to start from.
                all.push(last(device, "<link state='down'/>".into()));
            }
            "serial" | "console" => becomes(device, "pty", &|child| !OF_LINE.contains(&child), &mut all),
            "disk" if matches!(device.value("type").as_deref(), Some("network" | "volume" | "block")) => {
                becomes(device, "file", &|child| OF_SERVICE.contains(&child), &mut all);
                let name = device.child("target").and_then(|t| t.value("dev")).unwrap_or_default();
                all.push(last(device, format!("<source file='/{name}'/>")));
            }
            _ => {}
        }
    }
    if let Some(devices) = root.child("devices").filter(|devices| devices.child("serial").is_none()) {
        all.push(last(devices, "<serial type='pty'/>".into()));
    }
    splice(text, &all).expect("one beside the other")
}

fn less(memory: Element<'_>, all: &mut Vec<Splice>) {
    let attributes = memory.attributes().map(|unit| Splice { span: unit.value_span(), text: "KiB".into() });
    all.extend(attributes);
    let span = memory.content().expect("an amount");
    all.push(Splice { span, text: MEMORY.into() });
}

/// `text` after the last child of the device.
fn last(device: Element<'_>, text: String) -> Splice {
    let end = device.children().last().expect("a child").span().end;
    Splice { span: Span { start: end, end }, text }
}

/// Gives the device another type, and takes the children from it that `goes` names.
fn becomes(device: Element<'_>, kind: &str, goes: &dyn Fn(&str) -> bool, all: &mut Vec<Splice>) {
    let own = device.attribute("type").map(Attribute::value_span);
    all.extend(own.map(|span| Splice { span, text: kind.into() }));
    let gone = device.children().filter(|child| goes(child.name()));
    all.extend(gone.map(|child| Splice { span: child.span(), text: String::new() }));
}
