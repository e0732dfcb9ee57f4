//! What a definition holds that the host's programs are too old for.

use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Pair;
use crate::compat::rule::{Check, Family, Rule};
use crate::knowledge::{Newer, Refuser, newer};
use crate::model::DocumentKind;
use crate::text::Place;

const RULE: Rule = Rule {
    family: Family::Machine,
    modes: Modes::AS_IT_IS,
    needs: &[DocumentKind::Domain, DocumentKind::Version],
    ..Rule::BLANK
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "libvirt-too-old",
        summary: "The host's libvirt does not know something in the guest's definition",
        explanation: "An element that is new is ignored by older libvirt, but not a feature or a model: \"unexpected feature \
                      'ps2'\", \"unknown panic model 'pvpanic'\", \"unsupported HyperV Enlightenment feature\". It refuses the \
                      definition, live and cold.",
        remedy: "upgrade the host's libvirt, or leave this out at the guest's next cold start",
        example: "<features><ps2 state='off'/></features>",
        near_miss: "<features><smm state='off'/></features>",
        references: &["libvirt 11.3, formatdomain", "observed: libvirt 11.3 to 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::Version],
        check: Check::Pair(libvirt_too_old),
        ..RULE
    },
    Rule {
        id: "qemu-too-old",
        summary: "The host's QEMU does not have a device of the guest",
        explanation: "libvirt hands the name of a network card or sound card on as it is. QEMU without it ends where \
                      the guest starts, and where it arrives: \"'igb' is not a valid device model name\".",
        remedy: "upgrade the host's QEMU, or give the guest another model at its next cold start",
        example: "<interface type='network'><model type='igb'/></interface>",
        near_miss: "<interface type='network'><model type='e1000e'/></interface>",
        references: &["libvirt 11.3, formatdomain", "observed: QEMU 10.0 to 7.2"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::Version],
        check: Check::Pair(qemu_too_old),
        ..RULE
    },
];

fn libvirt_too_old(pair: &Pair<'_>, findings: &mut Findings) {
    too_old(pair, findings, Refuser::Libvirt);
}

fn qemu_too_old(pair: &Pair<'_>, findings: &mut Findings) {
    too_old(pair, findings, Refuser::Qemu);
}

fn too_old(pair: &Pair<'_>, findings: &mut Findings, refuser: Refuser) {
    if pair.foreign() != Some(false) {
        return;
    }
    let (name, version) = match refuser {
        Refuser::Libvirt => ("libvirt", &pair.target.libvirt),
        Refuser::Qemu => ("QEMU", &pair.target.qemu),
    };
    for (one, place, modes) in held(pair) {
        let known = version.value().is_some_and(|&version| version >= one.since);
        if one.refuser == refuser && !known {
            match version.ask() {
                Ok(version) => {
                    let message = format!(
                        "{} came with {name} {}, and the host has {}",
                        spelled(one),
                        one.since,
                        version.value
                    );
                    let firing = findings.fire(message, Some(place), "this").only(modes);
                    firing.and(Some(version.place), format!("the host's {name}"));
                }
                Err(document) => {
                    let what = format!("whether the host's {name} has {}", spelled(one));
                    findings.missing(document, &what, Some(place)).only(modes);
                }
            }
        }
    }
}

/// What is newer than some hosts in the XML of the running guest and in the stored one.
fn held<'p>(pair: &Pair<'p>) -> impl Iterator<Item = (&'static Newer, Place, Modes)> + use<'p> {
    let (running, stored) = (pair.running.newer(), pair.stored.newer());
    let place =
        |list: &[(usize, Place)], at| list.iter().find(|(other, _)| *other == at).map(|(_, place)| *place);
    let one = move |(at, one)| match (place(running, at), place(stored, at)) {
        (Some(live), Some(_)) => Some((one, live, Modes::AS_IT_IS)),
        (Some(live), None) => Some((one, live, Modes::LIVE)),
        (None, Some(cold)) => Some((one, cold, Modes::COLD)),
        (None, None) => None,
    };
    let any = !running.is_empty() || !stored.is_empty();
    newer().iter().enumerate().filter(move |_| any).filter_map(one)
}

/// `<ps2>`, `<model type='igb'>`
fn spelled(one: &Newer) -> String {
    let element = one.path.rsplit('/').next().unwrap_or(one.path);
    match one.says {
        Some((attribute, value)) => format!("<{element} {attribute}='{value}'>"),
        None => format!("<{element}>"),
    }
}
