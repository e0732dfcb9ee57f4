//! Networks.

use crate::compat::aspect::Aspect;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Placement;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, Known, Name};

/// What helps where a network of libvirt is not there. A name in `[map.networks]` alone does not: the guest's definition must have it.
const DEFINE: &str = "define the network on the host under the same name, or give the interface one that the host has, as \
                      rewriting does where cluster.toml says what it is called there ([map.networks])";
/// What helps where a plain bridge is not there.
const BRIDGE: &str = "make a bridge of this name on the host, or give the interface one that the host has; one that is on every \
                      host, and that ip-address.txt does not tell, may stand in cluster.toml (network.bridges)";
/// What tells whether a plain bridge is there.
const ASK: &str = "collect ip-address.txt: `ip address`, or list the bridge in cluster.toml (network.bridges) if it is on \
                   every host";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "network-absent",
        family: Family::Network,
        severity: Severity::Blocker,
        modes: Modes::ALL,
        summary: "The guest is on a network that the host does not have",
        explanation: "An interface names a network or a bridge of its host; a guest whose network is not there does not \
                      start, and a live move fails when the destination prepares it (\"Network not found\").",
        remedy: "define the network, or make the bridge, on the host under the same name, or give the interface one that \
                 the host has",
        example: "<interface type='network'><source network='lan'/></interface>",
        near_miss: "<interface type='network'><source network='default'/></interface>",
        beside: &[Excerpt::there(DocumentKind::Network, "<network><name>default</name></network>")],
        references: &["observed: libvirt 9.0, \"Network not found\"", "formatdomain, Network interfaces"],
        needs: &[DocumentKind::Domain, DocumentKind::Network, DocumentKind::Addresses, DocumentKind::Cluster],
        check: Check::Placement(Aspect::Network, network_absent),
        ..Rule::BLANK
    },
    Rule {
        id: "network-not-started",
        family: Family::Network,
        modes: Modes::ALL,
        summary: "The guest is on a network that the host has, but has not started",
        explanation: "libvirt starts no network for a guest that comes: \"network 'NAME' is not active\". `virsh \
                      net-dumpxml` does not tell whether a network is started.",
        remedy: "start the network on the host (virsh net-start NAME) and see that it starts with the host (net-autostart)",
        example: " Name      State    Autostart   Persistent\n\
                  --------------------------------------------\n \
                  default   active   yes         yes",
        near_miss: " Name      State    Autostart   Persistent\n\
                    --------------------------------------------\n \
                    default   active   yes         yes\n \
                    backup    active   yes         yes",
        shown_in: (Side::Target, DocumentKind::ActiveNetworks),
        beside: &[
            Excerpt::here(
                DocumentKind::Domain,
                "<interface type='network'><source network='backup'/></interface>",
            ),
            Excerpt::there(DocumentKind::Network, "<network><name>backup</name></network>"),
        ],
        references: &["observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Network, DocumentKind::ActiveNetworks],
        check: Check::Placement(Aspect::Network, network_not_started),
        ..Rule::BLANK
    },
];

fn network_absent(placement: &Placement<'_>, findings: &mut Findings) {
    for interface in placement.guest.requirements.devices_named("interface") {
        let Some(wanted) = &interface.network else { continue };
        let bridge = interface.kind.as_ref().is_some_and(|kind| kind.value == "bridge");
        if bridge && placement.settings.bridges.iter().any(|bridge| *bridge == wanted.value) {
            continue;
        }
        match placement.target.platform.networks.ask() {
            Ok(networks) if networks.value.contains(wanted.value.as_str()) => {}
            _ if bridge && placement.target.interfaces.get().is_some() => {
                bridge_absent(placement, wanted, findings);
            }
            // Plain bridges are no networks of libvirt: that none is listed says nothing.
            Ok(networks) if !bridge => {
                let message = format!("the host has no network '{}'", wanted.value);
                let firing = findings.fire(message, Some(wanted.place), "the guest's network");
                firing.and(Some(networks.place), "one of the host's networks").remedy(DEFINE);
            }
            told => {
                let document = told.err().filter(|_| !bridge).unwrap_or(DocumentKind::Cluster);
                let what = format!("whether the host has the network or bridge '{}'", wanted.value);
                let firing = findings.missing(document, &what, Some(wanted.place));
                if bridge {
                    firing.remedy(ASK);
                }
            }
        }
    }
}

/// A bridge is an interface of its host.
fn bridge_absent(placement: &Placement<'_>, wanted: &Known<Name>, findings: &mut Findings) {
    let Some(interfaces) = placement.target.interfaces.get() else { return };
    if !interfaces.value.iter().any(|one| one.value == wanted.value) {
        let message = format!("the host has no bridge '{}'", wanted.value);
        let firing = findings.fire(message, Some(wanted.place), "the guest's bridge");
        firing.and(Some(interfaces.place), "the host's interfaces").remedy(BRIDGE);
    }
}

fn network_not_started(placement: &Placement<'_>, findings: &mut Findings) {
    let defined = placement.target.platform.networks.value();
    for interface in placement.guest.requirements.devices_named("interface") {
        let of_libvirt = interface.kind.as_ref().is_some_and(|kind| kind.value == "network");
        let Some(wanted) = interface.network.as_ref().filter(|_| of_libvirt) else { continue };
        if !defined.is_some_and(|defined| defined.contains(wanted.value.as_str())) {
            continue;
        }
        match placement.target.active_networks.ask() {
            Ok(active) if active.value.iter().any(|one| one.value == wanted.value) => {}
            Ok(active) => {
                let message = format!("the host has not started the network '{}'", wanted.value);
                let firing = findings.fire(message, Some(wanted.place), "the guest's network");
                firing.and(Some(active.place), "those it has started");
            }
            Err(document) => {
                let what = format!("whether the host has started the network '{}'", wanted.value);
                findings.missing(document, &what, Some(wanted.place));
            }
        }
    }
}
