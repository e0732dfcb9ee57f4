//! One line of the sum of root ports.

/// Root ports taken by devices of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortLine {
    /// What they are, such as `disks on virtio`.
    pub what: String,
    /// Their names, where they have some.
    pub names: Vec<String>,
    /// How many ports they take.
    pub ports: u32,
}
