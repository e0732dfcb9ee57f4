//! What the host has already, or another guest of it.

use crate::compat::aspect::Aspect;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Placement;
use crate::compat::rule::{Check, Family, Rule};
use crate::model::{DocumentKind, Resident};

const RULE: Rule = Rule { family: Family::Migration, needs: &[DocumentKind::Domain], ..Rule::BLANK };

/// The UUID of a firmware that has none of its own.
const ONE_UUID: &str = "<host>\n  \
    <uuid>00000000-0000-0000-0000-000000000001</uuid>\n  \
    <cpu><arch>x86_64</arch></cpu>\n\
    </host>";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "guest-already-there",
        summary: "The host has another guest of this name or UUID",
        explanation: "Within one libvirt no two guests share a name or a UUID: \"domain 'NAME' already exists with uuid …\", \
                      \"domain 'NAME' is already defined with uuid …\", live and cold (virDomainObjListAdd, libvirt 9.0). A \
                      guest that has both, left behind by an earlier move, stands in nobody's way while it is shut off.",
        remedy: "rename the other guest (virsh domrename), or give a clone a UUID of its own",
        example: "<name>web-01</name>\n\
                  <uuid>66666666-7777-8888-9999-000000000000</uuid>",
        near_miss: "<name>web-01</name>\n\
                    <uuid>11111111-2222-3333-4444-555555555555</uuid>",
        shown_in: (Side::Target, DocumentKind::Domain),
        beside: &[Excerpt::here(
            DocumentKind::Domain,
            "<name>web-01</name>\n\
             <uuid>11111111-2222-3333-4444-555555555555</uuid>",
        )],
        references: &["observed: libvirt 9.0", "libvirt 9.0, virDomainObjListAddLocked"],
        check: Check::Placement(Aspect::Identity, guest_already_there),
        ..RULE
    },
    Rule {
        id: "graphics-port-taken",
        modes: Modes::AS_IT_IS,
        summary: "A display of the guest has a fixed port that a running guest of the host has too",
        explanation: "With autoport='no' the port moves along. libvirt reserves it where the guest arrives: \"Failed to \
                      reserve port 5990\".",
        remedy: "let libvirt choose the port (autoport='yes'), or give one of the two another",
        example: "<graphics type='vnc' port='5990' autoport='no'/>",
        near_miss: "<graphics type='vnc' port='5990' autoport='yes'/>",
        beside: &[Excerpt::there(
            DocumentKind::LiveDomain,
            "<domain type='kvm' id='7'>\n  \
             <name>other</name>\n  \
             <graphics type='vnc' port='5990' autoport='no'/>\n\
             </domain>",
        )],
        references: &["observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::LiveDomain],
        check: Check::Placement(Aspect::Identity, graphics_port_taken),
        ..RULE
    },
    Rule {
        id: "same-host-uuid",
        modes: Modes::LIVE,
        summary: "Both hosts have one UUID, and libvirt takes them for one",
        explanation: "libvirt compares the UUIDs of the hosts before anything arrives and refuses where they are the same (\"Attempt to \
                      migrate guest to the same host\", qemuMigrationCookieXMLParse), live and offline. Hosts that were cloned, or whose \
                      firmware has no UUID of its own, have one.",
        remedy: "set host_uuid in /etc/libvirt/libvirtd.conf (or virtqemud.conf) of one of them, or host_uuid_source = \
                 \"machine-id\" where the machine ids differ, and restart the daemon",
        example: ONE_UUID,
        near_miss: "<host>\n  \
                    <uuid>00000000-0000-0000-0000-000000000002</uuid>\n  \
                    <cpu><arch>x86_64</arch></cpu>\n\
                    </host>",
        shown_in: (Side::Target, DocumentKind::Capabilities),
        beside: &[Excerpt::here(DocumentKind::Capabilities, ONE_UUID)],
        references: &["observed: libvirt 9.0", "libvirt 9.0 and 11.3, qemuMigrationCookieXMLParse"],
        needs: &[DocumentKind::Capabilities],
        check: Check::Placement(Aspect::Twins, same_host_uuid),
        ..RULE
    },
];

fn same_host_uuid(placement: &Placement<'_>, findings: &mut Findings) {
    let Some(source) = placement.source.filter(|source| source.name != placement.target.name) else { return };
    let (Some(here), Some(there)) = (source.uuid.get(), placement.target.uuid.get()) else {
        findings.missing(DocumentKind::Capabilities, "whether the hosts have UUIDs of their own", None);
        return;
    };
    if here.value.eq_ignore_ascii_case(&there.value) {
        let message = "the UUID of both hosts is one";
        findings.fire(message, Some(here.place), "the guest's host").and(Some(there.place), "the other");
    }
}

fn guest_already_there(placement: &Placement<'_>, findings: &mut Findings) {
    let guest = placement.guest;
    for other in others(placement) {
        let same_name = other.name.value == guest.name;
        let same_uuid = matches!((&guest.uuid, &other.uuid), (Some(one), Some(other)) if one == other);
        if same_name == same_uuid || (guest.uuid.is_none() && same_name) {
            continue;
        }
        let what = if same_name { "name" } else { "UUID" };
        let message = format!("the host has another guest of this {what}, '{}'", other.name.value);
        let own = guest.uuid.as_ref().map(|uuid| uuid.place);
        findings.fire(message, own, "this guest").and(Some(other.name.place), "the other");
    }
}

fn graphics_port_taken(placement: &Placement<'_>, findings: &mut Findings) {
    for own in &placement.guest.running_reliance().displays {
        let clashing = |other: &&Resident| other.displays.iter().any(|taken| taken.value.clashes(&own.value));
        if let (Some(port), Some(other)) = (own.value.port, others(placement).find(clashing)) {
            let message = format!("port {port} of a display is taken on the host by '{}'", other.name.value);
            findings.fire(message, Some(own.place), "this port").and(Some(other.name.place), "who has it");
        }
    }
}

/// The guests of the host, none of which the guest is where it stays on its own; itself is not among them where it comes back.
fn others<'p>(placement: &Placement<'p>) -> impl Iterator<Item = &'p Resident> {
    let elsewhere = placement.source.is_none_or(|source| source.name != placement.target.name);
    let own = placement.guest.host.as_deref() == Some(placement.target.name.as_str());
    let name = placement.guest.name.as_str();
    placement.target.residents.iter().filter(move |other| elsewhere && !(own && other.name.value == name))
}
