//! What the host that a guest is rewritten for has, of what definitions name.

use std::collections::BTreeSet;

use crate::knowledge::huge_page_of;
use crate::model::{Host, Memory, NameMap, NumaCell, NumberSet, Settings};

/// A host that a guest comes to, or what several have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Whether the guest is there already.
    pub is_home: bool,
    /// The NUMA cells; `None` where they are unknown.
    pub cells: Option<Vec<NumaCell>>,
    /// Those of the host that the guest comes from.
    pub old_cells: Option<Vec<NumaCell>>,
    /// The addresses; `None` where they are unknown.
    pub addresses: Option<BTreeSet<String>>,
    /// Those of the host that the guest comes from.
    pub old_addresses: BTreeSet<String>,
    /// The size of the huge pages of a guest that names none; `None` where it is unknown.
    pub huge_page: Option<Memory>,
    /// What networks, pools and folders are called there.
    pub names: NameMap,
}

impl Site {
    /// `host`, for a guest that comes from the host `old`.
    pub fn of(host: &Host, old: Option<&Host>, settings: &Settings) -> Self {
        let names = settings.host_names.get(&host.name);
        let addresses = |host: &Host| {
            let known = host.addresses.value()?.iter();
            Some(known.map(|address| address.value.clone()).collect::<BTreeSet<_>>())
        };
        Self {
            is_home: old.is_some_and(|old| old.name == host.name),
            cells: host.cells.value().cloned(),
            old_cells: old.and_then(|old| old.cells.value().cloned()),
            addresses: addresses(host),
            old_addresses: old.and_then(addresses).unwrap_or_default(),
            huge_page: huge_page_of(host),
            names: names.map_or_else(|| settings.names.clone(), |own| settings.names.with(&own.value)),
        }
    }

    /// What is so here and there. Names that differ are those of this one.
    #[must_use]
    pub fn shared_with(self, other: &Self) -> Self {
        let both = |one: Vec<NumaCell>, other: &Vec<NumaCell>| {
            let common = |cell: NumaCell| {
                let there = other.iter().find(|there| there.id == cell.id)?;
                let processors = cell.processors.iter().filter(|number| there.processors.contains(*number));
                Some(NumaCell { id: cell.id, processors: processors.collect() })
            };
            one.into_iter().filter_map(common).collect::<Vec<_>>()
        };
        let cells = match (self.cells, &other.cells) {
            (Some(one), Some(other)) => Some(both(one, other)),
            (one, other) => one.or_else(|| other.clone()),
        };
        let addresses = match (self.addresses, &other.addresses) {
            (Some(one), Some(other)) => Some(one.intersection(other).cloned().collect()),
            (one, other) => one.or_else(|| other.clone()),
        };
        let huge_page = self.huge_page.filter(|size| other.huge_page == Some(*size));
        Self { is_home: self.is_home && other.is_home, cells, addresses, huge_page, ..self }
    }

    /// The processors that take the place of `old`: these where all are here, else all of the NUMA cells with the same numbers.
    /// `None` where there are none; unknown cells have all.
    pub fn processors(&self, old: &NumberSet) -> Option<NumberSet> {
        let Some(cells) = &self.cells else { return Some(old.clone()) };
        if old.iter().all(|number| cells.iter().any(|cell| cell.processors.contains(number))) {
            return Some(old.clone());
        }
        let mut new = Vec::new();
        for (here, part) in self.cells_of(old) {
            match here {
                Some(here) if part.is_within(&here.processors) => new.extend(part.iter()),
                Some(here) if !here.processors.is_empty() => new.extend(here.processors.iter()),
                _ => return None,
            }
        }
        Some(new.into_iter().collect::<NumberSet>()).filter(|new| !new.is_empty())
    }

    /// Whether these processors are of the same NUMA cells here as on the old host, as far as both are known.
    pub fn keeps_cells(&self, processors: &NumberSet) -> bool {
        let same = |(here, part): (Option<&NumaCell>, NumberSet)| {
            here.is_some_and(|here| part.is_within(&here.processors))
        };
        self.cells.is_none() || self.cells_of(processors).into_iter().all(same)
    }

    /// The parts of `old` by their NUMA cell on the old host, with the cell of the same number here.
    fn cells_of(&self, old: &NumberSet) -> Vec<(Option<&NumaCell>, NumberSet)> {
        let part = |cell: &NumaCell| {
            let part: NumberSet = old.iter().filter(|number| cell.processors.contains(*number)).collect();
            let here = self.cells.iter().flatten().find(|here| here.id == cell.id);
            (!part.is_empty()).then_some((here, part))
        };
        self.old_cells.iter().flatten().filter_map(part).collect()
    }

    /// Whether it has the NUMA cells with these numbers; unknown cells are taken to be there.
    pub fn has_cells(&self, wanted: &NumberSet) -> bool {
        let has = |number| self.cells.as_ref().is_none_or(|cells| cells.iter().any(|cell| cell.id == number));
        wanted.iter().all(has)
    }

    /// Whether a program can listen at `address`; of an unknown host it is known only that it has no address of the old one.
    pub fn can_listen_at(&self, address: &str) -> bool {
        let anywhere =
            matches!(address, "0.0.0.0" | "::" | "::1" | "localhost") || address.starts_with("127.");
        anywhere
            || match &self.addresses {
                Some(own) => own.contains(address),
                None => !self.old_addresses.contains(address),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(all: &[(u32, &str)]) -> Vec<NumaCell> {
        let cell =
            |(id, text): &(u32, &str)| NumaCell { id: *id, processors: NumberSet::parse(text).unwrap() };
        all.iter().map(cell).collect()
    }

    fn site(here: &[(u32, &str)], old: Option<&[(u32, &str)]>) -> Site {
        let host = Host::unknown("made-up");
        let (here, old) = (Some(cells(here)), old.map(cells));
        Site { cells: here, old_cells: old, ..Site::of(&host, None, &Settings::default()) }
    }

    fn becomes(site: &Site, old: &str) -> Option<String> {
        site.processors(&NumberSet::parse(old).unwrap()).map(|new| new.to_string())
    }

    #[test]
    fn processors_are_found_by_their_cell() {
        let same = site(&[(0, "0-7"), (1, "8-15")], Some(&[(0, "0-7"), (1, "8-15")]));
        assert_eq!(becomes(&same, "2-3,9"), Some("2-3,9".into()));
        let smaller = site(&[(0, "0-3"), (1, "4-7")], Some(&[(0, "0-7"), (1, "8-15")]));
        assert_eq!(becomes(&smaller, "9"), Some("4-7".into()));
        assert_eq!(becomes(&smaller, "1,12"), Some("1,4-7".into()));
        assert_eq!(becomes(&smaller, "1,4-7"), Some("1,4-7".into()), "once more");
        assert!(!smaller.keeps_cells(&NumberSet::parse("4").unwrap()), "it was of cell 0");
        assert!(smaller.keeps_cells(&NumberSet::parse("1").unwrap()));
        let single = site(&[(0, "0-7")], Some(&[(0, "0-7"), (1, "8-15")]));
        assert_eq!(becomes(&single, "9"), None, "no such cell");
        assert_eq!(becomes(&single, "77"), None, "no such processor on the old host either");
    }

    #[test]
    fn of_an_unknown_old_host_numbers_alone_tell() {
        let here = site(&[(0, "0-3")], None);
        assert_eq!([becomes(&here, "1-2"), becomes(&here, "3-4")], [Some("1-2".into()), None]);
        assert!(
            here.has_cells(&NumberSet::parse("0").unwrap())
                && !here.has_cells(&NumberSet::parse("0-1").unwrap())
        );
    }

    #[test]
    fn what_hosts_share_is_what_both_have() {
        let one = site(&[(0, "0-7"), (1, "8-15")], None);
        let other = site(&[(0, "0-3")], None);
        let both = one.clone().shared_with(&other);
        assert_eq!(both.cells, Some(cells(&[(0, "0-3")])));
        let huge = |site: &Site, mib| Site { huge_page: Some(Memory::mib(mib)), ..site.clone() };
        let sized = |here, there| huge(&one, here).shared_with(&huge(&other, there)).huge_page;
        assert_eq!([sized(2, 2), sized(2, 512)], [Some(Memory::mib(2)), None]);
        assert_eq!(huge(&one, 2).shared_with(&other).huge_page, None, "the other's is unknown");
    }

    #[test]
    fn addresses_of_the_old_host_are_not_of_the_new_one() {
        let mut here = site(&[], None);
        here.old_addresses = ["192.0.2.1".to_owned()].into();
        assert!(
            !here.can_listen_at("192.0.2.1")
                && here.can_listen_at("192.0.2.9")
                && here.can_listen_at("127.0.0.1")
        );
        here.addresses = Some(["192.0.2.2".to_owned()].into());
        assert!(here.can_listen_at("192.0.2.2") && !here.can_listen_at("192.0.2.9"));
    }
}
