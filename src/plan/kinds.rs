//! The kinds of room: memory and vCPUs, which every guest takes, and those that some guest of the cluster takes.

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::Amount;
use super::rare::{KindIndex, MEMORY, Rare, VCPUS};
use crate::model::{Memory, NumberSet};

/// What there is room for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Memory that is not in huge pages.
    Memory,
    /// vCPUs.
    Vcpus,
    /// Huge pages of a size.
    Pages(Memory),
    /// That this is the size of huge pages where none is named: there is any number of places, or none.
    DefaultPages(Memory),
    /// Devices that a network gives out.
    Devices(String),
}

/// Some NUMA cells of a host.
pub(super) type Cells = BTreeSet<u32>;

/// A kind of room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    /// What there is room for.
    pub(super) what: What,
    /// The NUMA cells in which it is; `None` for all of the host.
    pub(super) cells: Option<Cells>,
}

impl Kind {
    /// Of the whole host.
    pub(super) fn of(what: What) -> Self {
        Self { what, cells: None }
    }

    fn in_cells(&self) -> String {
        let Some(cells) = &self.cells else { return String::new() };
        let plural = if cells.len() == 1 { "" } else { "s" };
        format!(" in NUMA cell{plural} {}", cells.iter().copied().collect::<NumberSet>())
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        let name = match &self.what {
            What::Memory => "memory".to_owned(),
            What::Vcpus => "vCPUs".to_owned(),
            What::Pages(size) => format!("huge pages of {size}"),
            What::DefaultPages(size) => format!("huge pages of {size} by default"),
            What::Devices(network) => format!("devices of network '{network}'"),
        };
        name + &self.in_cells()
    }

    /// So much of it.
    fn text(&self, amount: u64) -> String {
        let plural = if amount == 1 { "" } else { "s" };
        let text = match &self.what {
            What::Memory => Memory::kib(amount).to_string(),
            What::Vcpus => format!("{amount} vCPU{plural}"),
            What::Pages(size) | What::DefaultPages(size) => format!("{amount} huge page{plural} of {size}"),
            What::Devices(network) => format!("{amount} device{plural} of network '{network}'"),
        };
        text + &self.in_cells()
    }
}

/// So many unions of cells are looked at; no cluster has more.
const MOST_UNIONS: usize = 512;

/// All kinds, by number.
pub(super) struct Kinds {
    all: Vec<Kind>,
    index: BTreeMap<Kind, KindIndex>,
}

impl Kinds {
    /// Memory, vCPUs, and what these kinds come to. What is bound to some cells counts in every set of cells that has these: those
    /// that guests are bound to, and what several of them that overlap are together. Then all guests of a host have their room in
    /// the cells that they are bound to as long as no set of cells has too little (Hall's theorem).
    pub(super) fn of<'k>(taken: impl Iterator<Item = &'k Kind>) -> Self {
        let mut sets: BTreeMap<&What, BTreeSet<Cells>> = BTreeMap::new();
        let mut rare: BTreeSet<Kind> = BTreeSet::new();
        for kind in taken {
            match &kind.cells {
                Some(cells) => drop(sets.entry(&kind.what).or_default().insert(cells.clone())),
                None => drop(rare.insert(kind.clone())),
            }
        }
        for (what, sets) in sets {
            if *what != What::Memory {
                rare.insert(Kind::of(what.clone()));
            }
            rare.extend(
                unions(sets).into_iter().map(|cells| Kind { what: what.clone(), cells: Some(cells) }),
            );
        }
        let all: Vec<Kind> = [What::Memory, What::Vcpus].map(Kind::of).into_iter().chain(rare).collect();
        let index = all.iter().cloned().zip(0..).collect();
        Self { all, index }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those that not every guest takes.
    pub(super) fn rare(&self) -> impl Iterator<Item = (KindIndex, &Kind)> {
        self.all.iter().enumerate().skip(VCPUS + 1)
    }

    /// A kind.
    pub(super) fn get(&self, kind: KindIndex) -> &Kind {
        &self.all[kind]
    }

    /// What a kind is called.
    pub(super) fn name(&self, kind: KindIndex) -> String {
        self.all[kind].name()
    }

    /// What is taken, counted in all kinds that it is of.
    pub(super) fn rare_of(&self, taken: &[(Kind, u64)]) -> Rare {
        let mut sums = Vec::new();
        for (kind, amount) in taken {
            let Some(cells) = &kind.cells else {
                sums.extend(self.index.get(kind).map(|&at| (at, *amount)));
                continue;
            };
            let counts = |(_, other): &(KindIndex, &Kind)| {
                other.what == kind.what && other.cells.as_ref().is_none_or(|all| cells.is_subset(all))
            };
            sums.extend(self.rare().filter(counts).map(|(at, _)| (at, *amount)));
        }
        Rare::of(sums)
    }

    /// What is lacking as text, and nothing of what is not.
    pub(super) fn lacking(&self, lacking: &Amount) -> String {
        let mut kinds: Vec<KindIndex> = Vec::new();
        for (kind, _) in lacking.parts().filter(|(_, amount)| *amount > 0) {
            // Of each the widest.
            if !kinds.iter().any(|&told| kind > VCPUS && self.all[told].what == self.all[kind].what) {
                kinds.push(kind);
            }
        }
        let texts: Vec<String> =
            kinds.into_iter().map(|kind| self.all[kind].text(lacking.get(kind))).collect();
        texts.join(" and ")
    }

    /// The amounts as text: memory and vCPUs, and of what `lacking` has besides the widest of each.
    pub(super) fn text(&self, amount: &Amount, lacking: &Amount) -> String {
        let mut kinds = vec![MEMORY, VCPUS];
        for (kind, _) in lacking.rare.iter() {
            if !kinds.iter().skip(VCPUS + 1).any(|&told| self.all[told].what == self.all[kind].what) {
                kinds.push(kind);
            }
        }
        let mut texts: Vec<String> =
            kinds.into_iter().map(|kind| self.all[kind].text(amount.get(kind))).collect();
        let last = texts.pop().unwrap_or_default();
        format!("{} and {last}", texts.join(", "))
    }
}

/// The sets and what those of them that overlap are together.
fn unions(sets: BTreeSet<Cells>) -> BTreeSet<Cells> {
    let given: Vec<Cells> = sets.into_iter().collect();
    let mut found: BTreeSet<Cells> = given.iter().cloned().collect();
    let mut waiting = given.clone();
    while let Some(one) = waiting.pop().filter(|_| found.len() < MOST_UNIONS) {
        for other in given.iter().filter(|other| !other.is_disjoint(&one)) {
            let both: Cells = one.union(other).copied().collect();
            if found.insert(both.clone()) {
                waiting.push(both);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(what: What, cells: &[u32]) -> Kind {
        Kind { what, cells: Some(cells.iter().copied().collect()) }
    }

    #[test]
    fn what_is_bound_counts_in_every_set_that_has_its_cells() {
        let bound = |cells: &[u32]| bound(What::Pages(Memory::mib(2)), cells);
        let taken = [bound(&[0, 1]), bound(&[1, 2]), bound(&[3])];
        let kinds = Kinds::of(taken.iter());
        let names: Vec<String> = (0..kinds.len()).map(|kind| kinds.name(kind)).collect();
        let expected = [
            "memory",
            "vCPUs",
            "huge pages of 2 MiB",
            "huge pages of 2 MiB in NUMA cells 0-1",
            "huge pages of 2 MiB in NUMA cells 0-2",
            "huge pages of 2 MiB in NUMA cells 1-2",
            "huge pages of 2 MiB in NUMA cell 3",
        ];
        assert_eq!(names, expected);
        let rare = kinds.rare_of(&[(bound(&[1, 2]), 5), (bound(&[3]), 1)]);
        assert_eq!(rare.iter().collect::<Vec<_>>(), [(2, 6), (4, 5), (5, 5), (6, 1)]);
    }

    #[test]
    fn amounts_are_told_by_kind() {
        let devices = Kind::of(What::Devices("vf".into()));
        let in_cell = bound(What::Memory, &[1]);
        let kinds = Kinds::of([&devices, &in_cell].into_iter());
        let rare = kinds.rare_of(&[(devices, 1), (in_cell, 2 << 20)]);
        let amount = Amount { memory: Memory::gib(4), vcpus: 1, rare };
        let text = "4 GiB, 1 vCPU, 2 GiB in NUMA cell 1 and 1 device of network 'vf'";
        assert_eq!(kinds.text(&amount, &amount), text);
        assert_eq!(kinds.text(&amount, &Amount::default()), "4 GiB and 1 vCPU");
    }
}
