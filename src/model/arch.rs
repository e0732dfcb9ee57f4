//! Architectures and the ways to run a guest, each by one name.

use std::fmt;

/// An architecture, by libvirt's name for it (`virArch`, libvirt 11.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 32-bit ARM.
    Armv7l,
    /// 64-bit ARM; `arm64` elsewhere.
    Aarch64,
    /// 32-bit x86; `i386`, `x86` elsewhere.
    I686,
    /// 64-bit x86; `amd64` elsewhere.
    X86_64,
    /// Any other, as it was spelled.
    Other(String),
}

impl Arch {
    /// The architecture that any of the tools spells so.
    pub fn named(name: &str) -> Self {
        match name.trim() {
            "aarch64" | "arm64" => Self::Aarch64,
            "armv7l" | "armv6l" | "arm" | "armhf" => Self::Armv7l,
            "x86_64" | "amd64" | "x86-64" | "x64" => Self::X86_64,
            "i686" | "i386" | "i486" | "i586" | "x86" => Self::I686,
            other => Self::Other(other.to_owned()),
        }
    }

    /// libvirt's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Armv7l => "armv7l",
            Self::Aarch64 => "aarch64",
            Self::I686 => "i686",
            Self::X86_64 => "x86_64",
            Self::Other(name) => name,
        }
    }

    /// Whether it is an x86.
    pub fn is_x86(&self) -> bool {
        matches!(self, Self::I686 | Self::X86_64)
    }

    /// Whether it is an ARM.
    pub fn is_arm(&self) -> bool {
        matches!(self, Self::Armv7l | Self::Aarch64)
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a guest is run: `domain@type`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VirtType {
    /// With the processor's virtualisation.
    Kvm,
    /// By emulation (QEMU's TCG).
    Qemu,
    /// Any other, as it was spelled.
    Other(String),
}

impl VirtType {
    /// The virt type libvirt spells so.
    pub fn named(name: &str) -> Self {
        match name.trim() {
            "kvm" => Self::Kvm,
            "qemu" => Self::Qemu,
            other => Self::Other(other.to_owned()),
        }
    }

    /// libvirt's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Kvm => "kvm",
            Self::Qemu => "qemu",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for VirtType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
