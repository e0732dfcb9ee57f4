//! Where a guest's disks lie.

use super::devices::exactly;
use crate::ingest::element::Reader;
use crate::model::{DiskSource, Known, Name, SourceKind};
use crate::text::xml::Element;

/// The sources of all disks, in order.
pub(super) fn read(reader: Reader<'_>, root: Element<'_>) -> Vec<DiskSource> {
    let disks = root.child("devices").into_iter().flat_map(|d| d.children_named("disk"));
    exactly(disks.map(|disk| read_source(reader, disk)))
}

fn read_source(reader: Reader<'_>, disk: Element<'_>) -> DiskSource {
    let said = source(reader, disk);
    let there =
        said.is_some() || disk.child("source").is_some_and(|source| source.value("protocol").is_some());
    let kind = if there { kind(&disk.value("type").unwrap_or_default()) } else { SourceKind::Empty };
    let device = Name::new(&disk.value("device").unwrap_or("disk".into()));
    DiskSource {
        target: Name::new(&disk.child("target").and_then(|t| t.value("dev")).unwrap_or_default()),
        kind,
        source: said.unwrap_or_else(|| reader.said(disk, String::new())),
        readonly: disk.child("readonly").is_some() || device == "cdrom",
        shareable: disk.child("shareable").is_some(),
        device,
        cache: disk.child("driver").and_then(|driver| reader.name(driver, "cache")),
        mirror: disk.child("mirror").map(|mirror| reader.said(mirror, ())),
        boot_order: disk.child("boot").and_then(|boot| boot.value("order")?.parse().ok()),
    }
}

/// The attribute of `<source>` that names it.
fn source(reader: Reader<'_>, disk: Element<'_>) -> Option<Known<String>> {
    let source = disk.child("source")?;
    if let (Some(pool), Some(volume)) = (source.value("pool"), source.value("volume")) {
        return Some(reader.said(source, format!("{pool}/{volume}")));
    }
    if let (Some(namespace), Some(address)) = (source.value("namespace"), source.child("address")) {
        return Some(reader.said(source, format!("{}/{namespace}", pci_name(address))));
    }
    ["file", "dev", "name", "dir", "path"].iter().find_map(|name| reader.string(source, name))
}

/// `0000:01:00.0`, as `lspci -D` names it.
fn pci_name(address: Element<'_>) -> String {
    let part = |name: &str| address.value(name).unwrap_or_default().trim_start_matches("0x").to_owned();
    format!("{}:{}:{}.{}", part("domain"), part("bus"), part("slot"), part("function"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Sources;
    use crate::text::xml::Document;

    #[test]
    fn an_nvme_drive_is_named_by_its_address() {
        // As formatdomain of libvirt 9.0 has it.
        let text = "<domain><devices><disk type='nvme' device='disk'><source type='pci' managed='yes' namespace='1'>\
            <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source><target dev='vde' bus='virtio'/>\
            </disk></devices></domain>";
        let document = Document::parse(text).unwrap();
        let source = Sources::default().add("g.xml", text);
        let disks = read(Reader { source, document: &document }, document.root());
        assert_eq!((disks[0].kind, disks[0].source.value.as_str()), (SourceKind::Nvme, "0000:01:00.0/1"));
    }
}
