//! What of a guest and of a host the rules about one guest and one host look at.
//!
//! Such rules are many times asked, once for each guest and host. But what each looks at is the same for many guests and
//! many hosts: the folders of disks, the pools, the networks, the size. So each names its aspect, guests and hosts that are
//! equal in it share an answer, and only those answers are computed. A test holds them against the rules themselves.

/// What a rule about one guest and one host looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// The guest's memory and vCPUs, and all of the host.
    Room,
    /// The guest's class and vCPUs, and the host's class.
    Machine,
    /// The folders and pools of the guest's files, and the storage of the host it is on and of the other.
    Storage,
    /// The guest's interfaces and their filters, and the host's networks.
    Network,
    /// The guest's secrets, and the host's.
    Secrets,
    /// The addresses at which the guest's displays listen, and all of the host.
    Displays,
    /// The host alone: what rules of the user's own ask.
    Host,
    /// The UUIDs of the host that the guest is on and of the other.
    Twins,
    /// Names, UUIDs and ports, which no two guests of a host share.
    Identity,
}

impl Aspect {
    /// Those for which guests and hosts share answers.
    pub(super) const SHARED: [Self; 8] = [
        Self::Room,
        Self::Machine,
        Self::Storage,
        Self::Network,
        Self::Secrets,
        Self::Displays,
        Self::Host,
        Self::Twins,
    ];
}
