//! What the names of machine types say: the family, who made the type, and from which QEMU.

use std::cmp::Reverse;
use std::sync::LazyLock;

use super::data::rows;
use crate::model::{MachineFamily, Version, machine_family};

/// A machine type that a distribution made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistributionMachine {
    /// Who made it.
    pub maker: &'static str,
    /// The word in its name.
    pub word: &'static str,
    /// The QEMU that it is made from.
    pub qemu: Version,
    /// How sure that is: `release` or `before`, as the data file explains.
    pub sure: &'static str,
    /// Where that is from.
    pub source: &'static str,
}

static ALL: LazyLock<Vec<DistributionMachine>> =
    LazyLock::new(|| rows::<5>(include_str!("data/machines.txt")).filter_map(read).collect());

fn read([maker, word, qemu, sure, source]: [&'static str; 5]) -> Option<DistributionMachine> {
    Some(DistributionMachine { maker, word, qemu: Version::parse(qemu)?, sure, source })
}

/// All that are known, of each maker from the oldest to the newest.
pub fn distribution_machines() -> &'static [DistributionMachine] {
    &ALL
}

/// A versioned machine type, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineVersion {
    /// The board.
    pub family: MachineFamily,
    /// The distribution that made it; `None` for QEMU itself.
    pub maker: Option<&'static str>,
    /// The QEMU that it is, or is made from.
    pub qemu: Version,
    /// Whether the name says more than a version, such as `jammy-hpb`.
    pub variant: bool,
    /// Its place among those of its maker.
    rank: usize,
}

impl MachineVersion {
    /// What the name `machine` says; `None` for an alias, for other families and for makers that are not known.
    pub fn of(machine: &str) -> Option<Self> {
        let family = machine_family(machine)?;
        let rest = ["pc-i440fx-", "pc-q35-", "virt-", "pc-"].iter().find_map(|p| machine.strip_prefix(p));
        let rest = rest.unwrap_or(machine);
        let (word, variant) = rest.split_once('-').map_or((rest, false), |(word, _)| (word, true));
        if let Some(rank) = ALL.iter().position(|known| known.word == word) {
            let known = &ALL[rank];
            return Some(Self { family, maker: Some(known.maker), qemu: known.qemu, variant, rank });
        }
        let numbers = word.split('.').all(|part| part.parse::<u32>().is_ok());
        let qemu = Version::parse(word).filter(|_| numbers)?;
        Some(Self { family, maker: None, qemu, variant: variant || qemu != qemu.release(), rank: 0 })
    }

    /// By which the newest of several is found: QEMU's own types are above those of a distribution.
    pub fn newness(&self) -> impl Ord + use<> {
        (self.maker.is_none(), self.qemu.release(), !self.variant, self.rank, self.qemu)
    }

    /// How far another of its family is from it, in releases of QEMU; where two are as far, the one of the same maker is
    /// nearer, then QEMU's own, then the newer. `None` for another family.
    pub fn distance(&self, other: &Self) -> Option<impl Ord + use<>> {
        let far = release_number(self.qemu).abs_diff(release_number(other.qemu));
        let strange = (other.maker != self.maker, other.maker.is_some(), other.variant != self.variant);
        (self.family == other.family)
            .then(|| (far, Reverse(release_number(other.qemu)), strange, Reverse(other.rank)))
    }
}

/// Which of QEMU's releases a version is, counted from 0.0 on.
fn release_number(qemu: Version) -> u32 {
    let before: u32 = (0..qemu.major.min(1000)).map(|major| last_minor(major) + 1).sum();
    before.saturating_add(qemu.minor)
}

/// The nearest to the versioned machine type `wanted` among `listed`: itself, else the same version by another name, else the
/// nearest version, up or down; `None` where `wanted` is not versioned or none is of its family.
pub fn nearest_machine<'n>(wanted: &str, listed: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let version = MachineVersion::of(wanted)?;
    let measured = listed.filter_map(|name| {
        let distance = version.distance(&MachineVersion::of(name)?)?;
        Some(((name != wanted, distance), name))
    });
    measured.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, name)| name)
}

/// The types of `family` that QEMU itself has from the release `oldest` to the release `newest`, the oldest first.
pub fn upstream_machines(family: MachineFamily, oldest: Version, newest: Version) -> Vec<String> {
    let prefix = match family {
        MachineFamily::I440fx => "pc-i440fx",
        MachineFamily::Q35 => "pc-q35",
        MachineFamily::Virt => "virt",
    };
    let releases = (0..=newest.major)
        .flat_map(|major| (0..=last_minor(major)).map(move |minor| Version::new(major, minor, 0)));
    let had = releases.filter(|release| (oldest..=newest).contains(release));
    had.map(|release| format!("{prefix}-{}.{}", release.major, release.minor)).collect()
}

/// The last release of a major version of QEMU. 3 ended with 3.1.
fn last_minor(major: u32) -> u32 {
    match major {
        0 => 15,
        1 => 7,
        2 => 12,
        3 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_in_order() {
        let text = include_str!("data/machines.txt");
        crate::knowledge::data::assert_rows::<5>(text);
        assert_eq!(distribution_machines().len(), rows::<5>(text).count());
        assert!(distribution_machines().is_sorted_by_key(|one| (one.maker, one.qemu)));
        assert!(distribution_machines().iter().all(|one| matches!(one.sure, "release" | "before")));
    }

    #[test]
    fn names_are_taken_apart() {
        let told = |name| {
            MachineVersion::of(name).map(|one| (one.maker, one.qemu.major, one.qemu.minor, one.variant))
        };
        assert_eq!(told("pc-i440fx-rhel7.6.0"), Some((Some("Red Hat"), 2, 12, false)));
        assert_eq!(told("virt-rhel9.4.0"), Some((Some("Red Hat"), 8, 2, false)));
        assert_eq!(told("pc-q35-jammy-hpb"), Some((Some("Ubuntu"), 6, 2, true)));
        assert_eq!(told("rhel6.6.0"), Some((Some("Red Hat"), 0, 12, false)));
        assert_eq!(told("pc-1.2"), Some((None, 1, 2, false)));
        assert_eq!(told("pc-q35-4.0.1"), Some((None, 4, 0, true)));
        for alias in ["pc", "q35", "virt", "ubuntu", "pc-q35-made-up", "isapc", "pc-i440fx-1.5x"] {
            assert_eq!(told(alias), None, "{alias}");
        }
    }

    #[test]
    fn the_nearest_is_the_same_version_or_one_up_or_down() {
        let near = |wanted, listed: &[&'static str]| nearest_machine(wanted, listed.iter().copied());
        let upstream = ["pc-q35-2.12", "pc-q35-6.2", "pc-q35-7.2", "pc-i440fx-6.2"];
        assert_eq!(near("pc-q35-jammy", &upstream), Some("pc-q35-6.2"));
        assert_eq!(near("pc-i440fx-jammy-hpb", &upstream), Some("pc-i440fx-6.2"));
        assert_eq!(near("pc-q35-10.0", &upstream), Some("pc-q35-7.2"));
        assert_eq!(near("pc-q35-2.4", &upstream), Some("pc-q35-2.12"));
        assert_eq!(near("pc-q35-7.1", &["pc-q35-7.0", "pc-q35-7.2"]), Some("pc-q35-7.2"), "the newer of two");
        let red_hat = ["pc-q35-rhel8.6.0", "pc-q35-rhel9.0.0", "pc-q35-rhel9.2.0"];
        assert_eq!(near("pc-q35-6.2", &red_hat), Some("pc-q35-rhel9.0.0"));
        assert_eq!(near("pc-q35-rhel8.6.0", &red_hat), Some("pc-q35-rhel8.6.0"));
        assert_eq!(near("pc-q35-8.2", &["pc-q35-noble", "pc-q35-8.2"]), Some("pc-q35-8.2"));
        assert_eq!(near("pc-q35-noble-v2", &["pc-q35-noble", "pc-q35-8.2"]), Some("pc-q35-noble"));
        assert_eq!(near("virt", &["virt-7.2"]), None);
        assert_eq!(near("virt-7.2", &upstream), None);
    }

    #[test]
    fn upstream_types_are_those_of_its_releases() {
        let all = upstream_machines(MachineFamily::Virt, Version::new(2, 11, 0), Version::new(4, 1, 0));
        assert_eq!(all, ["virt-2.11", "virt-2.12", "virt-3.0", "virt-3.1", "virt-4.0", "virt-4.1"]);
    }
}
