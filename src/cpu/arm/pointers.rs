//! Pointer authentication: by which algorithm a core signs pointers, it must be after a move as before.
//!
//! HWCAPs (`paca`, `pacg`) do not say which it is (QARMA5, QARMA3 or the implementer's own); the kernel's
//! messages do. A core has always the same, so cores of one kind agree without a word.

use std::collections::BTreeSet;

use super::given::Given;
use super::hwcaps::hwcaps;
use crate::cpu::difference::{compare, plain};
use crate::cpu::{Aspect, Bearing, Difference};
use crate::model::{Name, Platform};

/// How the hosts differ for a guest that authenticates pointers; `None` where it cannot, or where
/// both hosts have the same cores and nothing says otherwise.
pub(super) fn difference(source: &Platform, destination: &Platform, given: &Given) -> Option<Difference> {
    let has = |flags: &BTreeSet<Name>| flags.contains("paca") || flags.contains("pacg");
    let none = |host| hwcaps(host).value().is_some_and(|flags| !has(flags));
    // Where the destination has none, that the features are lost says it.
    if none(source) || none(destination) || !given.pointer_authentication {
        return None;
    }
    let (from, to) = (&source.cpu, &destination.cpu);
    let judge = |from: &BTreeSet<String>, to: &BTreeSet<String>| {
        plain(if from == to { Bearing::Agrees } else { Bearing::Blocks })
    };
    let show = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (here, there) = (&from.pointer_authentication, &to.pointer_authentication);
    let found = compare(Aspect::PointerAuthentication, here, there, show, judge);
    let same_cores = from.midrs.value().is_some() && from.midrs == to.midrs;
    (found.bearing != Bearing::Unknown || !same_cores).then_some(found)
}
