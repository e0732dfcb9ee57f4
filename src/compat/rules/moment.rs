//! What a guest was doing when its documents were collected.
//!
//! All of it passes by itself or by a command, and is another when the guest is moved: it warns, and forbids nothing.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Individual;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, GuestState, Known, StateWord};

const RULE: Rule = Rule {
    family: Family::Migration,
    severity: Severity::Warning,
    only_warns: true,
    modes: Modes::LIVE,
    shown_in: (Side::Source, DocumentKind::GuestState),
    needs: &[DocumentKind::GuestState, DocumentKind::GuestList],
    ..Rule::BLANK
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "guest-crashed",
        summary: "The guest has crashed and is kept as it is",
        explanation: "With on_crash='preserve' libvirt keeps a guest that panicked. It migrates one without a word, and what \
                      arrives is a crashed guest.",
        remedy: "restart the guest (virsh reset, or destroy and start) before the move, or save its memory first (virsh dump)",
        example: "crashed (panicked)",
        near_miss: "shut off (crashed)",
        references: &["observed: libvirt 9.0, qemuMigrationSrcBegin", "virsh(1), domstate"],
        check: Check::Guest(guest_crashed),
        ..RULE
    },
    Rule {
        id: "guest-suspended",
        summary: "The guest has suspended itself to memory",
        explanation: "libvirt migrates a guest in state pmsuspended. QEMU before 9.0 wakes it where it arrives; 9.0 and newer keep \
                      it asleep.",
        remedy: "wake the guest first (virsh dompmwakeup)",
        example: "pmsuspended (unknown)",
        near_miss: "paused (user)",
        references: &["observed: libvirt 9.0", "QEMU 9.0, migration: preserve suspended runstate"],
        check: Check::Guest(guest_suspended),
        ..RULE
    },
    Rule {
        id: "paused-by-io-error",
        summary: "The guest is paused because reading or writing a disk failed",
        explanation: "With error_policy='stop' QEMU pauses a guest whose disk fails, or is full. libvirt migrates it all the same, \
                      and it arrives paused; only with --abort-on-error it refuses (\"cannot migrate domain with I/O error\", \
                      qemuMigrationSrcIsAllowed). virsh list shows no more than paused: the reason takes virsh domstate.",
        remedy: "see what the disk lacks (virsh domblkerror), mend it and resume the guest (virsh resume)",
        example: "paused (I/O error)",
        near_miss: "paused (user)",
        references: &[
            "observed: libvirt 9.0, with --abort-on-error and without",
            "virsh(1), domstate, domblkerror",
        ],
        needs: &[DocumentKind::GuestState],
        check: Check::Guest(paused_by_io_error),
        ..RULE
    },
    Rule {
        id: "guest-paused",
        severity: Severity::Note,
        summary: "The guest is paused",
        explanation: "A paused guest migrates and arrives paused. libvirt asks neither by whom nor why it was paused. Nothing is \
                      written while it rests, so that its memory is sent once.",
        remedy: "resume the guest, unless it is meant to rest",
        example: "paused (user)",
        near_miss: "running (unpaused)",
        references: &["observed: libvirt 9.0", "virsh(1), suspend"],
        needs: &[DocumentKind::GuestState, DocumentKind::GuestList, DocumentKind::Job],
        check: Check::Guest(guest_paused),
        ..RULE
    },
    Rule {
        id: "guest-stopping",
        summary: "The guest is shutting down",
        explanation: "A guest in shutdown is gone in a moment; a migration that has begun then fails (\"domain is not running\").",
        remedy: "wait until the guest is shut off, then move it cold",
        example: "in shutdown (user)",
        near_miss: "shut off (shutdown)",
        references: &["libvirt 9.0, virDomainState", "virsh(1), list"],
        check: Check::Guest(guest_stopping),
        ..RULE
    },
    Rule {
        id: "migration-unfinished",
        modes: Modes::AS_IT_IS,
        summary: "A migration of the guest runs, or has broken off",
        explanation: "While a migration runs no other begins. After post-copy has begun the guest's memory is on two hosts: where \
                      that fails, nothing but virsh migrate --postcopy-resume (libvirt 8.5 and newer) saves the guest, and \
                      stopping it on either host loses it.",
        remedy: "let the migration end, abort it (virsh domjobabort), or resume it (virsh migrate --postcopy --postcopy-resume)",
        example: "paused (post-copy failed)",
        near_miss: "running (migrated)",
        references: &[
            "libvirt 9.0, qemuMigrationSrcPostcopyFailed",
            "observed: libvirt 9.0, of a guest that was restored paused: paused (migrating), and no job",
            "virsh(1), migrate, domstate",
        ],
        needs: &[DocumentKind::GuestState, DocumentKind::Job],
        check: Check::Guest(migration_unfinished),
        ..RULE
    },
    Rule {
        id: "guest-state-contradicted",
        modes: Modes::ALL,
        summary: "The documents do not agree on whether the guest runs",
        explanation: "The XML of a running guest, virsh domstate and virsh list were not collected at the same time, or are of another \
                      guest. Portolan goes on with the XML: what it says of a live move is of the guest as that has it.",
        remedy: "collect the documents of the guest again, all at once; remove the XML of a guest that does not run",
        example: "shut off (destroyed)",
        near_miss: "running (booted)",
        beside: &[Excerpt::here(
            DocumentKind::LiveDomain,
            "<domain type='kvm' id='7'>\n  <name>g</name>\n</domain>",
        )],
        references: &["virsh(1), domstate, list"],
        needs: &[DocumentKind::LiveDomain, DocumentKind::GuestState, DocumentKind::GuestList],
        check: Check::Guest(guest_state_contradicted),
        ..RULE
    },
    Rule {
        id: "live-definition-absent",
        summary: "The guest runs, and the XML of the running guest was not collected",
        explanation: "What is said of a live move is then said of the stored definition, which may have been changed since the guest \
                      started, and which does not name the CPU that it was given.",
        remedy: "collect guests/GUEST.live.xml: `virsh dumpxml GUEST`",
        example: "running (booted)",
        near_miss: "shut off (destroyed)",
        references: &["virsh(1), dumpxml"],
        check: Check::Guest(live_definition_absent),
        ..RULE
    },
];

/// The guest's state: what was asked with its reason, else what its host's list says.
fn state(guest: &Individual<'_>) -> Option<Known<GuestState>> {
    let mut state = guest.guest.moment.state.clone().or_else(|| listed(guest))?;
    // Of a guest that was restored to rest libvirt 9.0 says so too, and runs no job for it.
    let no_job = guest.guest.moment.job.value().is_some_and(Option::is_none);
    state.value.reason = state.value.reason.filter(|reason| !(no_job && reason == "migrating"));
    Some(state)
}

fn listed(guest: &Individual<'_>) -> Option<Known<GuestState>> {
    let mut all = guest.home?.states.value()?.iter();
    let own = all.find(|known| known.value.name == guest.guest.name)?;
    Some(Known::new(own.value.state.clone(), own.place))
}

/// Fires where the guest's state is one of those that `is` takes.
fn fire(
    guest: &Individual<'_>,
    findings: &mut Findings,
    message: &str,
    is: fn(StateWord, Option<&str>) -> bool,
) {
    let state = state(guest);
    if let Some(state) = state.filter(|state| is(state.value.word, state.value.reason.as_deref())) {
        findings.fire(message, Some(state.place), "its state");
    }
}

fn guest_crashed(guest: &Individual<'_>, findings: &mut Findings) {
    let kept = |word, reason: Option<&str>| {
        word == StateWord::Crashed || (word == StateWord::Paused && reason == Some("crashed"))
    };
    fire(guest, findings, "the guest has crashed", kept);
}

fn guest_suspended(guest: &Individual<'_>, findings: &mut Findings) {
    fire(guest, findings, "the guest has suspended itself", |word, _| word == StateWord::Suspended);
}

fn paused_by_io_error(guest: &Individual<'_>, findings: &mut Findings) {
    let failed = |word, reason: Option<&str>| word == StateWord::Paused && reason == Some("I/O error");
    fire(guest, findings, "the guest is paused by an I/O error", failed);
}

/// The reasons for a pause of which other rules tell more.
const TOLD: [&str; 6] =
    ["I/O error", "crashed", "shutting down", "migrating", "post-copy", "post-copy failed"];

fn guest_paused(guest: &Individual<'_>, findings: &mut Findings) {
    let rests = |word, reason: Option<&str>| {
        word == StateWord::Paused && !reason.is_some_and(|reason| TOLD.contains(&reason))
    };
    fire(guest, findings, "the guest is paused and arrives so", rests);
}

fn guest_stopping(guest: &Individual<'_>, findings: &mut Findings) {
    let stops = |word, reason: Option<&str>| {
        word == StateWord::InShutdown || (word == StateWord::Paused && reason == Some("shutting down"))
    };
    fire(guest, findings, "the guest is shutting down", stops);
}

fn migration_unfinished(guest: &Individual<'_>, findings: &mut Findings) {
    let under_way =
        |_, reason: Option<&str>| matches!(reason, Some("migrating" | "post-copy" | "post-copy failed"));
    fire(guest, findings, "a migration of the guest has not ended", under_way);
}

fn guest_state_contradicted(guest: &Individual<'_>, findings: &mut Findings) {
    let said = [guest.guest.moment.state.clone(), listed(guest)].into_iter().flatten();
    let said: Vec<_> = said.filter_map(|known| Some((known.value.word.is_active()?, known.place))).collect();
    let rests = said.iter().find(|(active, _)| !active).filter(|_| guest.guest.live.is_some());
    if let Some((_, place)) = rests {
        let message = "the guest has the XML of a running guest, and does not run";
        let firing = findings.fire(message, guest.running().place_of_root(), "the XML of the running guest");
        firing.and(Some(*place), "it does not run");
    } else if let [(one, here), (other, there)] = said[..]
        && one != other
    {
        let message = "one document says that the guest runs, and another that it does not";
        findings.fire(message, Some(here), "this").and(Some(there), "and this");
    }
}

fn live_definition_absent(guest: &Individual<'_>, findings: &mut Findings) {
    let state = state(guest).filter(|state| state.value.word.is_active() == Some(true));
    if let Some(state) = state.filter(|_| guest.guest.live.is_none()) {
        let message = "the guest runs, and its stored definition is all that is known of it";
        findings.fire(message, Some(state.place), "its state").and(guest.place(), "its stored definition");
    }
}
