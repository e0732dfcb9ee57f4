//! Which of a host's HWCAPs its guests have.

use std::sync::LazyLock;

use crate::knowledge::data::rows;

/// Who decides whether a guest has what a HWCAP names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Giver {
    /// Nobody: it is Linux's own doing.
    Kernel,
    /// An option of the machine type.
    Machine,
    /// Nobody: KVM hides it.
    None,
    /// The feature `sve` of the guest's `<cpu>`.
    Sve,
    /// The feature `pauth` of the guest's `<cpu>`.
    Pauth,
}

struct Entry {
    name: &'static str,
    giver: Giver,
    why: &'static str,
}

static HWCAPS: LazyLock<Vec<Entry>> =
    LazyLock::new(|| rows::<3>(include_str!("../data/arm-hwcaps.txt")).filter_map(read).collect());

fn read([name, giver, why]: [&'static str; 3]) -> Option<Entry> {
    let giver = match giver {
        "kernel" => Giver::Kernel,
        "machine" => Giver::Machine,
        "none" => Giver::None,
        "sve" => Giver::Sve,
        "pauth" => Giver::Pauth,
        _ => return None,
    };
    Some(Entry { name, giver, why })
}

/// Who decides whether a guest has what `hwcap` names, and what that means; `None` where every
/// guest has what its host has.
pub fn giver(hwcap: &str) -> Option<(Giver, &'static str)> {
    let fits = |entry: &&Entry| match entry.name.strip_suffix('*') {
        Some(beginning) => hwcap.starts_with(beginning),
        None => hwcap == entry.name,
    };
    HWCAPS.iter().find(fits).map(|entry| (entry.giver, entry.why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::data::assert_rows;

    #[test]
    fn hwcaps_are_given_or_not() {
        let text = include_str!("../data/arm-hwcaps.txt");
        assert_rows::<3>(text);
        assert_eq!(HWCAPS.len(), rows::<3>(text).count());
        let of = |name| giver(name).map(|(giver, _)| giver);
        assert_eq!(of("mte3"), Some(Giver::Machine));
        assert_eq!(of("svei8mm"), Some(Giver::Sve));
        assert_eq!((of("asimd"), of("cpuid2")), (None, None));
    }
}
