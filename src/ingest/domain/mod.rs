//! Domain XML, as `virsh dumpxml` prints it (formatdomain, libvirt 11.3).

mod devices;
mod memory_parts;
mod reliance;
mod requirements;
mod shape;
mod storage;

pub(super) use shape::is_personal;

use std::collections::BTreeSet;

use super::element::Reader;
use super::problem::problem_of;
use crate::model::{DocumentKind, Fact, Guest, Known, Memory, Moment, NumberSet, Problem};
use crate::text::xml::{Document, Element};
use crate::text::{SourceId, Sources};

/// Reads one guest from its stored and its live domain XML, of which one may be missing.
///
/// `name` is the name its file has, taken where the document names none; `host` the host in whose
/// folder it lies.
///
/// # Errors
/// A [`Problem`] where neither document can be read. Where only the live one cannot, see [`read_live`].
pub(super) fn read(
    sources: &Sources,
    stored: Option<SourceId>,
    live: Option<SourceId>,
    name: &str,
    host: Option<&str>,
) -> Result<Guest, Problem> {
    let Some(main) = stored.or(live) else { return Err(nothing(name)) };
    let source = sources.get(main);
    let text = source.text.read();
    let document = Document::parse(&text).map_err(|e| problem_of(&source.path, &text, &e))?;
    let root = document.root();
    if root.name() != "domain" {
        return Err(other_document(&source.path, root.name()));
    }
    let reader = Reader { source: main, document: &document };
    let mut guest = guest(reader, root, name, host);
    guest.live = live;
    guest.running = live.is_some();
    match (stored, live) {
        (Some(_), Some(live)) => read_live(sources, live, &mut guest)?,
        (None, _) => {
            let firmware = &mut guest.requirements.firmware;
            firmware.started_with = firmware.loader.as_ref().map(|loader| Known::new((), loader.place));
            guest.live_machine = guest.requirements.machine.get().copied();
            guest.requirements.live_cpu = guest.requirements.cpu.clone();
            guest.requirements.live_shape = guest.requirements.shape;
        }
        (Some(_), None) => {}
    }
    Ok(guest)
}

/// What the XML of the running guest tells beyond the stored one.
fn read_live(sources: &Sources, live: SourceId, guest: &mut Guest) -> Result<(), Problem> {
    let source = sources.get(live);
    let text = source.text.read();
    let document = Document::parse(&text).map_err(|e| problem_of(&source.path, &text, &e))?;
    let (reader, root) = (Reader { source: live, document: &document }, document.root());
    guest.live_machine = root.at("os/type").and_then(|element| reader.name(element, "machine"));
    guest.live_reliance = Some(Box::new(reliance::read(reader, root)));
    guest.live_storage = Some(storage::read(reader, root));
    guest.requirements.live_cpu = requirements::cpu(reader, root);
    guest.requirements.live_shape = shape::of(root);
    Ok(())
}

fn guest(reader: Reader<'_>, root: Element<'_>, name: &str, host: Option<&str>) -> Guest {
    Guest {
        name: root.child("name").map_or_else(|| name.to_owned(), |e| e.text().into_owned()),
        uuid: root.child("uuid").and_then(|e| reader.text(e)),
        host: host.map(str::to_owned),
        source: reader.source,
        live: None,
        running: false,
        memory: memory(reader, root),
        vcpus: fact(root.child("vcpu").and_then(|e| Some(reader.said(e, e.text().parse().ok()?)))),
        storage: storage::read(reader, root),
        live_storage: None,
        live_machine: None,
        cells: cells(reader, root),
        memory_parts: memory_parts::read(root),
        reliance: reliance::read(reader, root),
        moment: Moment::default(),
        cards: devices::cards(reader, root.child("devices")),
        live_reliance: None,
        requirements: requirements::read(reader, root),
    }
}

/// The most memory the guest can take: `<maxMemory>`, else `<memory>`.
fn memory(reader: Reader<'_>, root: Element<'_>) -> Fact<Memory> {
    let said = |name| root.child(name).and_then(|e| reader.memory(e));
    fact(said("maxMemory").or_else(|| said("memory")))
}

/// The cells that `numatune` binds memory to strictly, of the whole guest or of any of its own cells.
fn cells(reader: Reader<'_>, root: Element<'_>) -> Option<Known<BTreeSet<u32>>> {
    let tune = root.child("numatune")?;
    let bound: Vec<Element<'_>> = tune.children().filter(is_strict).collect();
    let sets: Vec<_> =
        bound.iter().filter_map(|element| NumberSet::parse(&element.value("nodeset")?)).collect();
    let all: BTreeSet<u32> = sets.iter().flat_map(NumberSet::iter).collect();
    (!all.is_empty()).then(|| bound.first().map(|first| reader.said(*first, all)))?
}

/// Whether memory comes from these cells or not at all.
fn is_strict(element: &Element<'_>) -> bool {
    matches!(element.value("mode").as_deref(), None | Some("strict" | "restrictive"))
}

/// What a domain XML says, or unknown: the domain XML would tell.
fn fact<T>(known: Option<Known<T>>) -> Fact<T> {
    known.map_or(Fact::Unknown(DocumentKind::Domain), Fact::Known)
}

fn nothing(name: &str) -> Problem {
    Problem {
        path: name.to_owned(),
        position: None,
        message: "no domain XML of this guest".to_owned(),
        remedy: DocumentKind::Domain.command().to_owned(),
    }
}

fn other_document(path: &str, root: &str) -> Problem {
    Problem {
        path: path.to_owned(),
        position: None,
        message: format!("the root element is <{root}>, not <domain>"),
        remedy: format!("replace it by what `{}` prints", DocumentKind::Domain.command()),
    }
}
