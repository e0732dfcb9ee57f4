//! What there is twice in a cluster and may be there once.

use std::collections::BTreeMap;

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::compat::whole::Whole;
use crate::model::{DocumentKind, Guest, Known, NetworkCard};
use crate::text::{Place, Span};

const RULE: Rule = Rule {
    family: Family::Inventory,
    needs: &[DocumentKind::Domain, DocumentKind::LiveDomain],
    ..Rule::BLANK
};

const UUID: &str = "<uuid>11111111-2222-3333-4444-555555555555</uuid>";
const WEB: &str = "<name>web-01</name>\n\
    <uuid>11111111-2222-3333-4444-555555555555</uuid>";
const CARD: &str =
    "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface>";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "guest-runs-twice",
        summary: "Two hosts run guests of one UUID",
        explanation: "A guest that runs on two hosts writes to its disks from both, and destroys what is on them, unless a lock manager \
                      keeps one away. It happens when a host that was taken for dead comes back. Two guests of one UUID may also be \
                      a clone that was given none of its own; or the documents were collected while the guest moved.",
        remedy: "look at both hosts at once; stop the guest that is not meant to run, or give the clone a UUID of its own",
        example: UUID,
        near_miss: "<uuid>11111111-2222-3333-4444-666666666666</uuid>",
        shown_in: (Side::Target, DocumentKind::LiveDomain),
        beside: &[Excerpt::here(DocumentKind::Domain, UUID), Excerpt::here(DocumentKind::LiveDomain, UUID)],
        references: &["formatdomain, General metadata: uuid", "libvirt, Virtual machine disk locking"],
        check: Check::Inventory(guest_runs_twice),
        ..RULE
    },
    Rule {
        id: "guest-name-twice",
        severity: Severity::Note,
        summary: "Two hosts run different guests of one name",
        explanation: "libvirt knows a guest by its UUID, people and scripts by its name. Neither of the two can move to the other's \
                      host (guest-already-there).",
        remedy: "rename one of them (virsh domrename, while it is shut off)",
        example: "<name>web-01</name>\n\
                  <uuid>66666666-7777-8888-9999-000000000000</uuid>",
        near_miss: "<name>web-02</name>\n\
                    <uuid>66666666-7777-8888-9999-000000000000</uuid>",
        shown_in: (Side::Target, DocumentKind::LiveDomain),
        beside: &[Excerpt::here(DocumentKind::Domain, WEB), Excerpt::here(DocumentKind::LiveDomain, WEB)],
        references: &["virsh(1), domrename", "libvirt 9.0, virDomainObjListAddLocked"],
        check: Check::Inventory(guest_name_twice),
        ..RULE
    },
    Rule {
        id: "mac-address-twice",
        severity: Severity::Warning,
        summary: "Network cards of two guests have one MAC address",
        explanation: "Two cards of one address in one network take each other's frames. On two hosts whose bridges of one name are \
                      networks of their own nothing happens, until a guest moves to the other's host. libvirt checks none of \
                      this; it draws an address for a card whose definition names none.",
        remedy: "give one of them another address at its next cold start (remove <mac> and define the guest anew: libvirt draws one)",
        example: CARD,
        near_miss: "<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/></interface>",
        shown_in: (Side::Target, DocumentKind::Domain),
        beside: &[Excerpt::here(DocumentKind::Domain, CARD)],
        references: &["formatdomain, Network interfaces"],
        check: Check::Inventory(mac_address_twice),
        ..RULE
    },
];

/// The guests that have a running XML, by what `key` tells of each.
fn running<'c, K: Ord>(
    whole: &Whole<'c>,
    key: impl Fn(&'c Guest) -> Option<K>,
) -> BTreeMap<K, Vec<&'c Guest>> {
    let mut found: BTreeMap<K, Vec<&Guest>> = BTreeMap::new();
    for guest in whole.cluster.guests.iter().filter(|guest| guest.live.is_some()) {
        if let Some(key) = key(guest) {
            found.entry(key).or_default().push(guest);
        }
    }
    found
}

fn uuid(guest: &Guest) -> Option<&str> {
    guest.uuid.as_ref().map(|uuid| uuid.value.as_str())
}

fn place(guest: &Guest) -> Place {
    let start = Place { source: guest.source, span: Span::new(0, 1) };
    guest.uuid.as_ref().map_or(start, |uuid| uuid.place)
}

fn host(guest: &Guest) -> &str {
    guest.host.as_deref().unwrap_or("no host")
}

fn guest_runs_twice(whole: &Whole<'_>, findings: &mut Findings) {
    for (_, guests) in running(whole, uuid) {
        let [first, rest @ ..] = &guests[..] else { continue };
        for other in rest.iter().filter(|other| other.host != first.host) {
            let message =
                format!("'{}' runs on {} and '{}' on {}", first.name, host(first), other.name, host(other));
            let message = format!("{message}, of one UUID");
            findings.fire(message, Some(place(first)), "this guest").and(Some(place(other)), "and this");
        }
    }
}

fn guest_name_twice(whole: &Whole<'_>, findings: &mut Findings) {
    for (name, guests) in running(whole, |guest| Some(guest.name.as_str())) {
        let [first, rest @ ..] = &guests[..] else { continue };
        for other in rest.iter().filter(|other| uuid(other) != uuid(first)) {
            let message = format!("{} and {} run different guests called '{name}'", host(first), host(other));
            findings.fire(message, Some(place(first)), "this guest").and(Some(place(other)), "and this");
        }
    }
}

fn mac_address_twice(whole: &Whole<'_>, findings: &mut Findings) {
    let mut cards: BTreeMap<&str, Vec<(&Guest, &Known<NetworkCard>)>> = BTreeMap::new();
    for guest in &whole.cluster.guests {
        for card in &guest.cards {
            cards.entry(&card.value.mac).or_default().push((guest, card));
        }
    }
    for (mac, cards) in cards {
        let [(first, card), rest @ ..] = &cards[..] else { continue };
        for (other, second) in rest.iter().filter(|(other, second)| clash((first, card), (other, second))) {
            let message = format!("'{}' and '{}' have cards of the address {mac}", first.name, other.name);
            findings.fire(message, Some(card.place), "this card").and(Some(second.place), "and this");
        }
    }
}

/// Whether two cards of one address may meet: they are not of one guest that lies on two hosts, and their networks have one
/// name, or one of them has none.
fn clash(one: (&Guest, &Known<NetworkCard>), other: (&Guest, &Known<NetworkCard>)) -> bool {
    let one_guest = uuid(one.0).is_some() && uuid(one.0) == uuid(other.0) && one.0.host != other.0.host;
    let apart =
        matches!((&one.1.value.network, &other.1.value.network), (Some(here), Some(there)) if here != there);
    !one_guest && !apart
}
