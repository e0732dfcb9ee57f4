//! Operating systems of guests: which of them there is for aarch64.

use std::sync::LazyLock;

use super::data::rows;

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
    WITHOUT_ARM.iter().find(|entry| match entry.id.strip_suffix('*') {
        Some(prefix) => {
            id.strip_prefix(prefix).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        }
        None => id == entry.id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
