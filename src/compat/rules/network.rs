//! Networks.

use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Placement;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

pub(super) const RULES: &[Rule] = &[Rule {
    id: "network-absent",
    family: Family::Network,
    severity: Severity::Blocker,
    modes: Modes::ALL,
    summary: "The guest is on a network that the host does not have",
    explanation: "An interface names a network or a bridge of its host; a guest whose network is not there does not \
                  start, and a live move fails when the destination prepares it (\"Network not found\").",
    remedy: "define the network on the host under the same name, or list the bridge in cluster.toml (network.bridges)",
    check: Check::Placement(network_absent),
    ..Rule::BLANK
}];

fn network_absent(placement: &Placement<'_>, findings: &mut Findings) {
    for interface in placement.guest.requirements.devices_named("interface") {
        let Some(wanted) = &interface.network else { continue };
        let bridge = interface.kind.as_ref().is_some_and(|kind| kind.value == "bridge");
        if bridge && placement.settings.bridges.contains(&wanted.value) {
            continue;
        }
        match placement.target.platform.networks.ask() {
            Ok(networks) if networks.value.contains(&wanted.value) => {}
            // Plain bridges are no networks of libvirt: that none is listed says nothing.
            Ok(networks) if !bridge => {
                let message = format!("the host has no network '{}'", wanted.value);
                let firing = findings.fire(message, Some(wanted.place), "the guest's network");
                firing.and(Some(networks.place), "one of the host's networks");
            }
            told => {
                let document = told.err().filter(|_| !bridge).unwrap_or(DocumentKind::Cluster);
                let what = format!("whether the host has the network or bridge '{}'", wanted.value);
                findings.missing(document, &what, Some(wanted.place));
            }
        }
    }
}
