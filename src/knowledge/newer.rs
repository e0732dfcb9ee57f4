//! What a domain XML may hold that older programs refuse.

use std::sync::LazyLock;

use super::data::rows;
use crate::model::Version;

/// Whose age decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refuser {
    /// libvirt does not take the definition.
    Libvirt,
    /// QEMU does not start.
    Qemu,
}

/// One such element, as a domain XML spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newer {
    /// The path of the element below `<domain>`.
    pub path: &'static str,
    /// The attribute and value that tell it; `None` where the element alone does.
    pub says: Option<(&'static str, &'static str)>,
    /// Who refuses it while older.
    pub refuser: Refuser,
    /// The first version that takes it.
    pub since: Version,
    /// Who says so.
    pub source: &'static str,
}

static ALL: LazyLock<Vec<Newer>> =
    LazyLock::new(|| rows::<6>(include_str!("data/newer.txt")).filter_map(read).collect());

fn read([path, attribute, value, program, since, source]: [&'static str; 6]) -> Option<Newer> {
    let refuser = if program == "QEMU" { Refuser::Qemu } else { Refuser::Libvirt };
    let says = (attribute != "-").then_some((attribute, value));
    Some(Newer { path, says, refuser, since: Version::parse(since)?, source })
}

/// All that are known.
pub fn newer() -> &'static [Newer] {
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let text = include_str!("data/newer.txt");
        crate::knowledge::data::assert_rows::<6>(text);
        assert_eq!(newer().len(), rows::<6>(text).count(), "every version parses");
    }
}
