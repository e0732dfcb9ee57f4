//! `virsh net-dumpxml` (libvirt's formatnetwork, 9.0): a network's name and its bridge.

use crate::model::{DevicePool, DocumentKind, Fact};
use crate::text::SourceId;
use crate::text::xml::{Document, Element};

use super::element::Reader;
use super::problem::Complaint;
use super::saying::{Reading, Saying};

/// Reads one document. A guest may name either, so both count.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    let document = Document::parse(text).map_err(|error| Complaint::from(&error))?;
    let reader = Reader { source, document: &document };
    let root = reader.root("network")?;
    let bridge = root.child("bridge").and_then(|e| reader.attribute(e, "name", |name| Some(name.to_owned())));
    Ok(Saying {
        device_pool: pool(&reader, root),
        networks: reader.text_at(root, "name").into_iter().chain(bridge).collect(),
        ..Saying::default()
    })
}

/// The devices that it gives to guests, one to each. Those of a whole network card are listed once the network has looked for
/// them (`virNetworkDefFormatBuf`, libvirt 9.0); before, it is not known how many there are.
fn pool(reader: &Reader<'_>, root: Element<'_>) -> Option<DevicePool> {
    let (network, forward) = (root.child("name")?.text().into_owned(), root.child("forward")?);
    let element = match forward.value("mode")?.as_ref() {
        "hostdev" => "address",
        "passthrough" => "interface",
        _ => return None,
    };
    let devices = forward.children_named(element).count();
    let known = (devices > 0).then(|| reader.said(forward, devices as u64));
    Some(DevicePool { network, devices: known.map_or(Fact::Unknown(DocumentKind::Network), Fact::Known) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "<network><name>made-up</name><bridge name='br9'/></network>";

    #[test]
    fn name_and_bridge_are_both_networks() {
        let saying = read(source(), MADE_UP).expect("read");
        let names: Vec<_> = saying.networks.iter().map(|k| k.value.as_str()).collect();
        assert_eq!(names, ["made-up", "br9"]);
        assert!(read(source(), "<pool><name>made-up</name></pool>").is_err());
    }

    #[test]
    fn devices_of_a_network_are_counted() {
        let pool = |forward: &str| {
            let text = format!("<network><name>made-up</name>{forward}</network>");
            read(source(), &text).expect("read").device_pool.map(|pool| pool.devices.value().copied())
        };
        let card = "<pf dev='eth3'/>";
        let two = "<address type='pci' domain='0' bus='5' slot='2' function='0'/>\
                   <address type='pci' domain='0' bus='5' slot='2' function='1'/>";
        assert_eq!(
            pool(&format!("<forward mode='hostdev' managed='yes'>{card}{two}</forward>")),
            Some(Some(2))
        );
        assert_eq!(pool(&format!("<forward mode='hostdev' managed='yes'>{card}</forward>")), Some(None));
        assert_eq!(pool("<forward mode='passthrough'><interface dev='eth1'/></forward>"), Some(Some(1)));
        assert_eq!(pool("<forward mode='bridge'><interface dev='eth1'/></forward>"), None, "for any number");
        assert_eq!(pool(""), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}
