//! The lengths of SVE vectors: what a guest ran with must be there after a move.
//!
//! Every host has all powers of two up to its longest vector (Arm Architecture Reference Manual,
//! "Maximum implemented vector length"), so the longest tells them all. Nothing in libvirt compares them.

use super::given::Given;
use super::hwcaps::hwcaps;
use crate::cpu::difference::{Judgement, compare, plain};
use crate::cpu::{Aspect, Bearing, Difference};
use crate::model::{DocumentKind, Fact, Known, Platform};

/// Bits of the longest vector: at least, and at most where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Longest {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: Option<u32>,
}

impl Longest {
    const NONE: Self = Self { least: 0, most: Some(0) };

    /// What a guest may have that is limited to `limit`.
    fn limited(self, limit: Option<u32>) -> Self {
        let Some(limit) = limit else { return self };
        Self { least: self.least.min(limit), most: Some(self.most.map_or(limit, |most| most.min(limit))) }
    }

    /// For people.
    pub fn show(&self) -> String {
        match self.most {
            Some(0) => "no SVE".to_owned(),
            Some(most) if most == self.least => format!("{most} bits"),
            Some(most) => format!("{} to {most} bits", self.least),
            None => format!("{} bits or more", self.least),
        }
    }
}

/// The longest vector that a host can give.
pub fn longest_vector(host: &Platform) -> Fact<Longest> {
    match hwcaps(host) {
        Fact::Known(flags) if !flags.value.contains("sve") => Fact::known(Longest::NONE, flags.place),
        _ => match host.cpu.vector_length.ask() {
            Ok(Known { value, place }) => {
                let most = value.longest.then_some(value.bits);
                Fact::known(Longest { least: value.bits, most }, *place)
            }
            Err(document) => Fact::Unknown(document),
        },
    }
}

/// How the hosts differ for a guest that has vectors; `None` where it has none.
pub(super) fn difference(source: &Platform, destination: &Platform, given: &Given) -> Option<Difference> {
    let limited = |host| match longest_vector(host) {
        Fact::Known(known) => Fact::Known(known.map(|longest| longest.limited(given.longest_vector))),
        unknown @ Fact::Unknown(_) => unknown,
    };
    let (from, to) = (limited(source), limited(destination));
    if from.value() == Some(&Longest::NONE) || given.longest_vector == Some(0) {
        return None;
    }
    let difference = compare(Aspect::VectorLength, &from, &to, Longest::show, judge);
    if difference.bearing != Bearing::Unknown {
        return Some(difference);
    }
    // A length that may not be the longest settles nothing here: the kernel's messages would.
    let open = |fact: &Fact<Longest>, shown: Fact<String>| match fact.value() {
        Some(longest) if longest.most != Some(longest.least) => Fact::Unknown(DocumentKind::Dmesg),
        _ => shown,
    };
    let Difference { source, destination, .. } = difference.clone();
    Some(Difference { source: open(&from, source), destination: open(&to, destination), ..difference })
}

fn judge(from: &Longest, to: &Longest) -> Judgement {
    match (from.most, to.most) {
        (Some(most), _) if to.least >= most => {
            if (from.least, to.most) == (most, Some(most)) {
                return plain(Bearing::Agrees);
            }
            let note = "the guest may find longer vectors there than it started with".to_owned();
            (Bearing::Doubts, Vec::new(), Some(note))
        }
        (_, Some(most)) if most < from.least => plain(Bearing::Blocks),
        _ => plain(Bearing::Unknown),
    }
}
