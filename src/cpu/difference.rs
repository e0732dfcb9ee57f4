//! How two hosts differ for a guest that sees the host's own CPU.

use schemars::JsonSchema;

use std::collections::BTreeSet;

use crate::model::{Fact, Known, Name};

/// In what two hosts may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Aspect {
    /// Which cores they have: implementer and part of the MIDR, or the x86 vendor.
    Core,
    /// The revision of the same core.
    Revision,
    /// libvirt's name of the model (x86).
    Model,
    /// What the processor can do: HWCAPs, or x86 features.
    Features,
    /// The longest vector of SVE (ARM).
    VectorLength,
    /// By which algorithms pointers are authenticated (ARM).
    PointerAuthentication,
    /// The version of the GIC (ARM).
    Gic,
    /// Bits of a guest-physical address (ARM).
    IpaBits,
    /// Page sizes (ARM).
    PageSizes,
    /// How KVM runs (ARM).
    KvmMode,
    /// The microcode (x86).
    Microcode,
    /// The kernel.
    Kernel,
    /// QEMU.
    Qemu,
    /// A way between different cores that their vendor supports.
    VendorPath,
}

impl Aspect {
    /// A word for it, as a person says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Core => "processor",
            Self::Revision => "revision of the processor",
            Self::Model => "CPU model",
            Self::Features => "CPU features",
            Self::VectorLength => "SVE vector length",
            Self::PointerAuthentication => "pointer authentication",
            Self::Gic => "GIC version",
            Self::IpaBits => "IPA size",
            Self::PageSizes => "page sizes",
            Self::KvmMode => "KVM mode",
            Self::Microcode => "microcode",
            Self::Kernel => "kernel",
            Self::Qemu => "QEMU",
            Self::VendorPath => "way supported by the vendor",
        }
    }
}

/// What an aspect means for a live move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Bearing {
    /// Nothing in it is against the move.
    Agrees,
    /// The move may fail, or the guest may notice.
    Doubts,
    /// It cannot be told: a fact is missing.
    Unknown,
    /// The move fails.
    Blocks,
}

/// One aspect of a source and a destination, compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The aspect.
    pub aspect: Aspect,
    /// What it means.
    pub bearing: Bearing,
    /// What the source is, with the place that says so.
    pub source: Fact<String>,
    /// What the destination is, with the place that says so.
    pub destination: Fact<String>,
    /// What the source has and the destination lacks, where that is a list.
    pub lost: Vec<Name>,
    /// Why, where the values alone do not say it.
    pub note: Option<String>,
}

/// What two known values mean: the bearing, what is lost, and a note.
pub(super) type Judgement = (Bearing, Vec<Name>, Option<String>);

/// A judgement in which nothing is lost and nothing needs to be said.
pub(super) fn plain(bearing: Bearing) -> Judgement {
    (bearing, Vec::new(), None)
}

/// Compares one fact of two hosts: `judge` where both are known, else [`Bearing::Unknown`].
pub(super) fn compare<T>(
    aspect: Aspect,
    source: &Fact<T>,
    destination: &Fact<T>,
    show: impl Fn(&T) -> String,
    judge: impl Fn(&T, &T) -> Judgement,
) -> Difference {
    let shown = |fact: &Fact<T>| match fact.ask() {
        Ok(Known { value, place }) => Fact::known(show(value), *place),
        Err(document) => Fact::Unknown(document),
    };
    let (bearing, lost, note) = match (source.value(), destination.value()) {
        (Some(one), Some(other)) => judge(one, other),
        _ => plain(Bearing::Unknown),
    };
    Difference { aspect, bearing, source: shown(source), destination: shown(destination), lost, note }
}

/// Agrees where both are the same, doubts where they differ.
pub(super) fn same<T: PartialEq>(one: &T, other: &T) -> Judgement {
    plain(if one == other { Bearing::Agrees } else { Bearing::Doubts })
}

/// Blocks where the destination lacks some of what the source has; doubts where it has more, which
/// `note` tells of.
pub(super) fn within(from: &BTreeSet<Name>, to: &BTreeSet<Name>, note: impl Fn(&str) -> String) -> Judgement {
    if from == to {
        return plain(Bearing::Agrees);
    }
    let lost: Vec<Name> = from.difference(to).copied().collect();
    if !lost.is_empty() {
        return (Bearing::Blocks, lost, None);
    }
    let more: Vec<&str> = to.difference(from).map(Name::as_str).collect();
    (Bearing::Doubts, lost, Some(note(&more.join(", "))))
}

/// The first of two facts that is known; else the first one's document would tell.
pub(super) fn either<T: Clone>(first: &Fact<T>, second: &Fact<T>) -> Fact<T> {
    match (first, second) {
        (Fact::Unknown(_), Fact::Known(known)) => Fact::Known(known.clone()),
        (first, _) => first.clone(),
    }
}
