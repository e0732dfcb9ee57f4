//! Where a guest's disks lie.

use crate::ingest::element::Reader;
use crate::model::{DiskSource, Known, SourceKind};
use crate::text::xml::Element;

/// The sources of all disks, in order.
pub(super) fn read(reader: Reader<'_>, root: Element<'_>) -> Vec<DiskSource> {
    let disks = root.child("devices").into_iter().flat_map(|d| d.children_named("disk"));
    disks.map(|disk| read_source(reader, disk)).collect()
}

fn read_source(reader: Reader<'_>, disk: Element<'_>) -> DiskSource {
    let said = source(reader, disk);
    let there =
        said.is_some() || disk.child("source").is_some_and(|source| source.value("protocol").is_some());
    let kind = if there { kind(&disk.value("type").unwrap_or_default()) } else { SourceKind::Empty };
    let device = disk.value("device").unwrap_or("disk".into()).into_owned();
    DiskSource {
        target: disk.child("target").and_then(|t| t.value("dev")).unwrap_or_default().into_owned(),
        kind,
        source: said.unwrap_or_else(|| reader.said(disk, String::new())),
        readonly: disk.child("readonly").is_some() || device == "cdrom",
        shareable: disk.child("shareable").is_some(),
        device,
    }
}

/// The attribute of `<source>` that names it.
fn source(reader: Reader<'_>, disk: Element<'_>) -> Option<Known<String>> {
    let source = disk.child("source")?;
    if let (Some(pool), Some(volume)) = (source.value("pool"), source.value("volume")) {
        return Some(reader.said(source, format!("{pool}/{volume}")));
    }
    ["file", "dev", "name", "dir", "path"].iter().find_map(|name| reader.string(source, name))
}

fn kind(name: &str) -> SourceKind {
    match name {
        "file" => SourceKind::File,
        "block" => SourceKind::Block,
        "network" => SourceKind::Network,
        "volume" => SourceKind::Volume,
        "nvme" => SourceKind::Nvme,
        _ => SourceKind::Other,
    }
}
