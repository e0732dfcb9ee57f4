//! Operating systems of guests: of which family they are, which of them there is for aarch64, and what CPU those for x86-64 need.

use std::sync::LazyLock;

use super::data::rows;
use super::x86::levels;

/// A family of operating systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OsFamily {
    /// Linux, of whatever distribution.
    Linux,
    /// Windows.
    Windows,
    /// Neither.
    Other,
}

/// The family of the operating system with this libosinfo id, where it is known.
pub fn family(id: &str) -> Option<OsFamily> {
    let mut lines = rows::<2>(include_str!("data/os-families.txt"));
    let [_, family] = lines.find(|[beginning, _]| id.starts_with(beginning))?;
    Some(match family {
        "linux" => OsFamily::Linux,
        "windows" => OsFamily::Windows,
        _ => OsFamily::Other,
    })
}

/// An operating system of which there is no edition for aarch64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithoutArm {
    /// libosinfo's id; `*` at the end stands for anything.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Who says so.
    pub source: &'static str,
}

static WITHOUT_ARM: LazyLock<Vec<WithoutArm>> = LazyLock::new(|| {
    let lines = rows::<3>(include_str!("data/os-without-arm.txt"));
    lines.map(|[id, name, source]| WithoutArm { id, name, source }).collect()
});

/// The entry of the operating system with this libosinfo id, where it is known to have no edition
/// for aarch64. That there is none says nothing.
pub fn without_arm(id: &str) -> Option<&'static WithoutArm> {
    WITHOUT_ARM.iter().find(|entry| fits(entry.id, id))
}

/// Whether an id is one that a line of a table means.
fn fits(pattern: &str, id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => {
            id.strip_prefix(prefix).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        }
        None => id == pattern,
    }
}

/// What an operating system needs of an x86 CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpuNeed {
    /// libosinfo's id; `*` at the end stands for anything.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// A level of x86-64, or the features, as the table has it.
    pub words: &'static str,
    /// libvirt's names of the features.
    pub features: Vec<&'static str>,
    /// Who says so.
    pub source: &'static str,
}

static CPU_NEEDS: LazyLock<Vec<CpuNeed>> = LazyLock::new(|| {
    let features = |words: &'static str| {
        let level = levels().iter().find(|level| level.name == words);
        level.map_or_else(|| words.split_whitespace().collect(), |level| level.features.clone())
    };
    let lines = rows::<4>(include_str!("data/os-needs.txt"));
    lines
        .map(|[id, name, words, source]| CpuNeed { id, name, words, features: features(words), source })
        .collect()
});

/// What the operating system with this libosinfo id needs of an x86 CPU, where it is known to need more than the first
/// level of x86-64. That there is no entry says nothing.
pub fn cpu_need(id: &str) -> Option<&'static CpuNeed> {
    CPU_NEEDS.iter().find(|entry| fits(entry.id, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_a_level_or_a_list_of_features() {
        crate::knowledge::data::assert_rows::<4>(include_str!("data/os-needs.txt"));
        let need = |id| cpu_need(id).map(|need| need.features.clone()).unwrap_or_default();
        assert!(need("http://redhat.com/rhel/9.4").contains(&"sse4.2"));
        assert!(need("http://redhat.com/rhel/10.0").contains(&"avx2"));
        assert!(!need("http://redhat.com/rhel/9.4").contains(&"avx2"));
        assert_eq!(need("http://microsoft.com/win/2k25").first(), Some(&"sse4.2"));
        assert!(
            need("http://redhat.com/rhel/8.9").is_empty() && need("http://redhat.com/rhel/90").is_empty()
        );
        let known = |name: &&str| super::super::x86::latest().features.iter().any(|one| one.name == *name);
        assert!(CPU_NEEDS.iter().all(|need| need.features.iter().all(known)));
    }

    #[test]
    fn families_are_those_of_libosinfo() {
        let text = include_str!("data/os-families.txt");
        crate::knowledge::data::assert_rows::<2>(text);
        let known = ["linux", "windows", "other"];
        assert!(rows::<2>(text).all(|[_, family]| known.contains(&family)));
        assert_eq!(family("http://debian.org/debian/12"), Some(OsFamily::Linux));
        assert_eq!(family("http://microsoft.com/win/2k19"), Some(OsFamily::Windows));
        assert_eq!(family("http://freebsd.org/freebsd/14.0"), Some(OsFamily::Other));
        assert_eq!(family("http://example.org/made-up/1"), None);
    }

    #[test]
    fn ids_are_found_with_their_point_releases_and_not_beyond() {
        crate::knowledge::data::assert_rows::<3>(include_str!("data/os-without-arm.txt"));
        let name = |id| without_arm(id).map(|entry| entry.name);
        assert_eq!(name("http://centos.org/centos/6.10"), Some("CentOS 6"));
        assert_eq!(name("http://microsoft.com/win/2k8r2"), Some("Windows Server 2008"));
        assert_eq!(name("http://microsoft.com/win/2k19"), Some("Windows Server 2019"));
        assert_eq!(name("http://debian.org/debian/12"), None);
        assert_eq!(name("http://centos.org/centos/7.0"), None);
    }
}
