//! What the processors can do, as far as guests see it.

use std::collections::BTreeSet;

use super::given::Given;
use crate::cpu::difference::{Judgement, compare, either, plain};
use crate::cpu::{Aspect, Bearing, Difference};
use crate::knowledge::arm::{Giver, giver};
use crate::model::{Fact, Name, Platform};

/// The HWCAP names: what Linux tells, else `capabilities`, which has the same names on ARM.
pub(super) fn hwcaps(host: &Platform) -> Fact<BTreeSet<Name>> {
    either(&host.cpu.flags, &host.cpu.features)
}

/// What of the host's HWCAPs a guest has that is given this much of its CPU.
pub fn guest_hwcaps(host: &Platform, given: &Given) -> Fact<BTreeSet<Name>> {
    let has = |name: &Name| of_guests(name) && !withheld(name, given);
    match hwcaps(host) {
        Fact::Known(known) => Fact::Known(known.map(|all| all.into_iter().filter(has).collect())),
        unknown @ Fact::Unknown(_) => unknown,
    }
}

/// Whether guests have it where their host has it, unless their definition keeps it from them.
fn of_guests(name: &str) -> bool {
    matches!(giver(name), None | Some((Giver::Sve | Giver::Pauth, _)))
}

/// How the hosts differ in what they can do for a guest.
pub(super) fn difference(source: &Platform, destination: &Platform, given: &Given) -> Difference {
    let judge = |from: &BTreeSet<Name>, to: &BTreeSet<Name>| {
        let seen = |set: &BTreeSet<Name>| {
            set.iter().filter(|name| !withheld(name, given)).copied().collect::<BTreeSet<_>>()
        };
        judge(&seen(from), &seen(to))
    };
    compare(Aspect::Features, &hwcaps(source), &hwcaps(destination), count, judge)
}

/// Whether the guest's definition keeps it from having `hwcap`.
fn withheld(hwcap: &str, given: &Given) -> bool {
    match giver(hwcap) {
        Some((Giver::Sve, _)) => given.longest_vector == Some(0),
        Some((Giver::Pauth, _)) => !given.pointer_authentication,
        _ => false,
    }
}

/// What guests have and would lose blocks. What the host alone has is a doubt, as is what the
/// destination has beyond it.
fn judge(from: &BTreeSet<Name>, to: &BTreeSet<Name>) -> Judgement {
    let (lost, hosts_own): (Vec<&Name>, Vec<&Name>) = from.difference(to).partition(|name| of_guests(name));
    if !lost.is_empty() {
        return (Bearing::Blocks, lost.into_iter().copied().collect(), None);
    }
    let own =
        hosts_own.into_iter().filter_map(|name| Some(format!("{name} is not there: {}", giver(name)?.1)));
    let mut notes: Vec<String> = own.collect();
    let more: Vec<&str> = to.difference(from).map(Name::as_str).collect();
    if !more.is_empty() {
        let more = more.join(", ");
        notes.push(format!(
            "the destination has more ({more}): KVM must take the source's lower values, as Linux does since 6.7"
        ));
    }
    if notes.is_empty() {
        plain(Bearing::Agrees)
    } else {
        (Bearing::Doubts, Vec::new(), Some(notes.join("; ")))
    }
}

fn count(set: &BTreeSet<Name>) -> String {
    format!("{} features", set.len())
}

pub(super) fn words(set: &BTreeSet<impl AsRef<str>>) -> String {
    set.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")
}
