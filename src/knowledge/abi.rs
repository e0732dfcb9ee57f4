//! What libvirt compares of two domain XMLs before one may take the other's place under a running guest.

use std::sync::LazyLock;

use super::data::rows;

/// Elements that are paired by their place, and what is compared of each pair.
#[derive(Debug)]
pub struct AbiScope {
    /// What they are.
    pub name: &'static str,
    /// Their path below `<domain>`; `.` for the domain itself.
    pub path: &'static str,
    /// libvirt's name of how many there are.
    pub count: &'static str,
    /// What libvirt takes where there is none.
    pub absent: AbiDefault,
    /// What is compared, in libvirt's order.
    pub properties: Vec<AbiProperty>,
}

/// One thing that is compared.
#[derive(Debug)]
pub struct AbiProperty {
    /// Where it stands, below the element of the scope: names of elements.
    pub path: &'static str,
    /// The attribute; without one, the element's text.
    pub attribute: Option<&'static str>,
    /// How it is read.
    pub kind: AbiKind,
    /// What libvirt takes where it is absent.
    pub absent: AbiDefault,
    /// libvirt's name of it.
    pub property: &'static str,
}

/// What libvirt takes where a document says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbiDefault {
    /// This, or nothing.
    Value(Option<&'static str>),
    /// libvirt or QEMU chooses; the document does not tell what.
    Chosen,
    /// Whatever the other document says.
    Same,
}

/// How a property is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbiKind {
    /// As it stands.
    Text,
    /// A number, in decimal or hexadecimal.
    Number,
    /// A number that libvirt rounds up to a power of two.
    Power,
    /// A MAC address.
    Mac,
    /// A UUID.
    Uuid,
    /// An amount with a unit, in bytes.
    Size,
    /// An amount with a unit, in KiB.
    Kib,
    /// Whether the element stands there, told without a value.
    Once,
    /// The names of the elements inside.
    Inside,
    /// A feature: its state, or `on` where it stands without one.
    State,
    /// What a feature that is on says besides.
    Enabled,
    /// Whether the element holds entries with names, told without a value.
    Entries,
    /// The texts of all elements of the path by their names.
    Keyed,
    /// The address of a device.
    Address,
    /// The options of a virtio device, and whether it has any.
    Virtio,
    /// The same of a device whose `<driver>` may say other things, which count when it is asked whether there are any.
    Driver,
    /// The options of a virtio disk, which always has some.
    Options,
    /// The memory of the guest.
    Memory,
    /// Its NUMA nodes.
    Numa,
    /// Its vCPUs.
    Vcpus,
    /// Whether a disk is read-only.
    Readonly,
    /// A machine type.
    Machine,
}

impl AbiKind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "number" => Self::Number,
            "power" => Self::Power,
            "mac" => Self::Mac,
            "uuid" => Self::Uuid,
            "size" => Self::Size,
            "kib" => Self::Kib,
            "once" => Self::Once,
            "inside" => Self::Inside,
            "state" => Self::State,
            "enabled" => Self::Enabled,
            "entries" => Self::Entries,
            "keyed" => Self::Keyed,
            "address" => Self::Address,
            "virtio" => Self::Virtio,
            "driver" => Self::Driver,
            "options" => Self::Options,
            "memory" => Self::Memory,
            "numa" => Self::Numa,
            "vcpus" => Self::Vcpus,
            "readonly" => Self::Readonly,
            "machine" => Self::Machine,
            _ => return None,
        })
    }
}

static ALL: LazyLock<Vec<AbiScope>> = LazyLock::new(|| {
    let mut scopes: Vec<AbiScope> = Vec::new();
    for [name, path, kind, absent, property] in rows::<5>(include_str!("data/abi.txt")) {
        let absent = default(absent);
        if kind == "list" {
            scopes.push(AbiScope { name, path, count: property, absent, properties: Vec::new() });
        } else if let (Some(scope), Some(kind)) = (scopes.last_mut(), AbiKind::named(kind)) {
            let (path, attribute) = match path.split_once('@') {
                Some((path, attribute)) => (path, Some(attribute)),
                None => (path, None),
            };
            scope.properties.push(AbiProperty { path, attribute, kind, absent, property });
        }
    }
    scopes
});

fn default(word: &'static str) -> AbiDefault {
    match word {
        "-" => AbiDefault::Value(None),
        "?" => AbiDefault::Chosen,
        "*" => AbiDefault::Same,
        value => AbiDefault::Value(Some(value)),
    }
}

/// All that is compared, in libvirt's order.
pub fn abi_scopes() -> &'static [AbiScope] {
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let text = include_str!("data/abi.txt");
        crate::knowledge::data::assert_rows::<5>(text);
        let mut scopes = abi_scopes().iter();
        let mut scope: Option<&AbiScope> = None;
        for [name, _, kind, ..] in rows::<5>(text) {
            if kind == "list" {
                scope = scopes.next();
            }
            assert!(kind == "list" || AbiKind::named(kind).is_some(), "{kind}");
            assert_eq!(scope.map(|scope| scope.name), Some(name), "a scope stands in one piece");
        }
    }
}
