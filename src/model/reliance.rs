//! What a guest uses of its host beyond disks, networks and devices that an emulator offers.

use super::{Guest, Known};
use crate::text::{Place, Span};

/// What a domain XML names that must be on the host where the guest starts. It is one guest's alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reliance {
    /// Network filters: `interface/filterref@filter`.
    pub filters: Vec<Known<String>>,
    /// Secrets of disks and TPMs, by UUID or by what they are for.
    pub secrets: Vec<Known<SecretName>>,
    /// Files that it is started with: kernel, initial RAM disk, device tree.
    pub kernels: Vec<Known<String>>,
    /// Files that its serial lines are written to, but for those in folders that every host has.
    pub logs: Vec<Known<String>>,
    /// Files below disks, which are only read.
    pub backing: Vec<Known<String>>,
    /// Where displays listen, if at an address or port of their own.
    pub displays: Vec<Known<Listen>>,
}

/// How a domain XML names a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// `secret@uuid`
    Uuid(String),
    /// `secret@usage`
    Usage(String),
}

impl SecretName {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Uuid(name) | Self::Usage(name) => name,
        }
    }
}

/// A secret of a host, as `virsh secret-list` tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Secret {
    /// Its UUID.
    pub uuid: String,
    /// The kind of thing it is for and that thing's name, such as `volume images/db`.
    pub usage: Option<String>,
}

impl Secret {
    /// Whether this is the secret of that name.
    pub fn is(&self, name: &SecretName) -> bool {
        match name {
            SecretName::Uuid(uuid) => self.uuid == *uuid,
            SecretName::Usage(usage) => {
                let own = self.usage.as_deref().and_then(|own| own.split_once(' '));
                own.is_some_and(|(_, own)| own == usage)
            }
        }
    }
}

/// Where a display of a guest listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address; `None` where it is every address, or the host's own choice.
    pub address: Option<String>,
    /// The port; `None` where libvirt chooses one.
    pub port: Option<u16>,
}

impl Listen {
    /// Whether one host cannot give both.
    pub fn clashes(&self, other: &Self) -> bool {
        let apart = matches!((&self.address, &other.address), (Some(one), Some(other)) if one != other);
        self.port.is_some() && self.port == other.port && !apart
    }
}

/// A guest of a host, as another that comes there meets it.
#[derive(Clone, Debug)]
pub struct Resident {
    /// Its name.
    pub name: Known<String>,
    /// Its UUID.
    pub uuid: Option<Known<String>>,
    /// Where its displays listen while it runs.
    pub displays: Vec<Known<Listen>>,
}

impl Resident {
    /// A guest as others meet it; one that does not run has no displays.
    pub fn of(guest: &Guest) -> Self {
        let place = Place { source: guest.source, span: Span::new(0, 1) };
        let displays = if guest.running { guest.running_reliance().displays.clone() } else { Vec::new() };
        Self { name: Known::new(guest.name.clone(), place), uuid: guest.uuid.clone(), displays }
    }
}
