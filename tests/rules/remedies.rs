//! What is said to help does: the remedy of a finding is carried out, and what was found is gone.

use portolan::compat::{Excerpt, Finding};
use portolan::model::DocumentKind;
use portolan::rewrite::{Wish, rewrite_guest};

use super::guest;
use super::inventory::{cluster, found, inventory, own};

const NETWORK: Excerpt = guest("<interface type='network'><source network='dmz'/></interface>");
const BRIDGE: Excerpt = guest("<interface type='bridge'><source bridge='dmz'/></interface>");
const LISTED: Excerpt = Excerpt::here(DocumentKind::Cluster, "[network]\nbridges = [\"dmz\"]\n");
const CALLED: Excerpt = Excerpt::here(DocumentKind::Cluster, "[map.networks]\ndmz = \"default\"\n");

/// What is found, and what is not known, of networks.
fn of_networks(excerpts: &[Excerpt]) -> Vec<Finding> {
    let mut found = found(&inventory(excerpts));
    found.retain(|one| one.asked == "network-absent");
    found
}

/// What is advised for the one thing that is found.
fn advice(excerpts: &[Excerpt]) -> String {
    let found = of_networks(excerpts);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].remedy.to_string()
}

#[test]
fn a_network_is_defined_or_the_definition_names_another() {
    let remedy = advice(&[NETWORK]);
    assert!(remedy.starts_with("define the network") && remedy.contains("[map.networks]"), "{remedy}");
    assert!(!remedy.contains("network.bridges"), "{remedy}");
    let defined = Excerpt::there(DocumentKind::Network, "<network><name>dmz</name></network>");
    assert_eq!(of_networks(&[NETWORK, defined]), []);
    // What is listed or called otherwise changes nothing by itself: rewriting does.
    assert_eq!(of_networks(&[NETWORK, LISTED]).len(), 1);
    assert_eq!(of_networks(&[NETWORK, CALLED]).len(), 1);
    let files = inventory(&[NETWORK, CALLED]);
    let before = cluster(&files);
    let host = before.host("b").expect("a host");
    let (_, new) =
        rewrite_guest(&before, &before.guests[own(&before)], &[host], &Wish::default()).expect("a rewrite");
    let definition = |path: &str| path == "hosts/a/guests/g.xml";
    let files: Vec<_> = files
        .into_iter()
        .map(|file| if definition(&file.path) { file.saying(&new.text) } else { file })
        .collect();
    assert!(found(&files).iter().all(|one| one.asked != "network-absent"));
}

#[test]
fn a_bridge_is_made_or_listed() {
    let advice = advice(&[BRIDGE]);
    assert!(advice.starts_with("make a bridge") && advice.contains("network.bridges"), "{advice}");
    assert_eq!(of_networks(&[BRIDGE, LISTED]), []);
    let untold = |excerpts: &[Excerpt]| {
        let files = inventory(excerpts).into_iter().filter(|file| file.path != "hosts/b/ip-address.txt");
        let mut found = found(&files.collect::<Vec<_>>());
        found.retain(|one| one.asked == "network-absent");
        found
    };
    let unknown = untold(&[BRIDGE]);
    assert!(unknown[0].remedy.starts_with("collect ip-address.txt"), "{unknown:?}");
    assert_eq!(untold(&[BRIDGE, LISTED]), []);
    let made = Excerpt::there(DocumentKind::Addresses, "2: dmz: <UP> mtu 1500\n");
    assert_eq!(of_networks(&[BRIDGE, made]), []);
}

#[test]
fn a_medium_is_in_a_folder_that_is_listed() {
    let medium = guest(
        "<disk type='file' device='cdrom'><source file='/srv/iso/a.iso'/><target dev='sda' bus='sata'/><readonly/></disk>",
    );
    let of = |excerpts: &[Excerpt]| {
        let mut found = found(&inventory(excerpts));
        found.retain(|one| one.asked == "local-medium");
        found
    };
    let unknown = of(&[medium]);
    assert!(unknown[0].remedy.contains("storage.shared"), "{unknown:?}");
    let listed = Excerpt::here(DocumentKind::Cluster, "[storage]\nshared = [\"/srv/iso\"]\n");
    assert_eq!(of(&[medium, listed]), []);
}

#[test]
fn the_emulator_that_is_shown_is_of_the_guests_architecture() {
    let guest_of = |arch: &str| {
        format!(
            "<guest><os_type>hvm</os_type><arch name='{arch}'><emulator>/usr/bin/qemu-system-{arch}</emulator>\
             <machine>pc-q35-7.2</machine><domain type='kvm'/></arch></guest>"
        )
    };
    let both: &'static str = format!("{}{}", guest_of("i686"), guest_of("x86_64")).leak();
    let excerpts = [
        guest("<emulator>/usr/libexec/qemu-kvm</emulator>"),
        Excerpt::there(DocumentKind::Capabilities, both),
    ];
    let files = inventory(&excerpts);
    let cluster = cluster(&files);
    let chart = portolan::compat::Chart::new(&cluster);
    let found = chart.findings(own(&cluster), 1);
    let absent = found.iter().find(|one| one.rule == "emulator-absent").expect("a finding");
    let text = cluster.sources.slice(absent.evidence[1].place);
    assert!(text.contains("x86_64"), "{text}");
}
