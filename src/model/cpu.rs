//! CPUs: what a guest asks for, what a host-model gives, and what an ARM core says of itself.

use schemars::JsonSchema;

use std::collections::BTreeMap;
use std::fmt;

use super::{Arch, Known, Memory, Name};

/// `cpu@mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum CpuMode {
    /// A named model.
    Custom,
    /// The host's nearest model, expanded when the guest starts.
    HostModel,
    /// The host's own CPU.
    HostPassthrough,
    /// All that the emulator can give.
    Maximum,
}

impl CpuMode {
    /// The mode libvirt spells so.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "custom" => Some(Self::Custom),
            "host-model" => Some(Self::HostModel),
            "host-passthrough" => Some(Self::HostPassthrough),
            "maximum" => Some(Self::Maximum),
            _ => None,
        }
    }

    /// libvirt's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::HostModel => "host-model",
            Self::HostPassthrough => "host-passthrough",
            Self::Maximum => "maximum",
        }
    }
}

/// `feature@policy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Given to the guest even where the host lacks it.
    Force,
    /// The guest needs it.
    Require,
    /// Given where the host has it.
    Optional,
    /// Kept from the guest.
    Disable,
    /// The guest does not start where the host has it.
    Forbid,
}

impl Policy {
    /// The policy libvirt spells so.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "force" => Some(Self::Force),
            "require" => Some(Self::Require),
            "optional" => Some(Self::Optional),
            "disable" => Some(Self::Disable),
            "forbid" => Some(Self::Forbid),
            _ => None,
        }
    }

    /// libvirt's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Force => "force",
            Self::Require => "require",
            Self::Optional => "optional",
            Self::Disable => "disable",
            Self::Forbid => "forbid",
        }
    }
}

/// One `<feature>` of a CPU definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuFeature {
    /// libvirt's name of the feature.
    pub name: Name,
    /// What is asked of it.
    pub policy: Policy,
}

/// `<topology>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topology {
    /// Sockets.
    pub sockets: u32,
    /// Dies in each socket; 1 where it is not said.
    pub dies: u32,
    /// Cores in each die.
    pub cores: u32,
    /// Threads in each core.
    pub threads: u32,
}

/// A `<cpu>` element: of a guest, of a host-model, or of a document made to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuDefinition {
    /// `<arch>`, which only definitions of hosts have.
    pub arch: Option<Arch>,
    /// `@mode`; `None` where it is not said (libvirt takes that for `custom`).
    pub mode: Option<Known<CpuMode>>,
    /// `@match`.
    pub match_: Option<Known<Name>>,
    /// `@check`.
    pub check: Option<Known<Name>>,
    /// `@migratable`.
    pub migratable: Option<Known<bool>>,
    /// `<model>`.
    pub model: Option<Known<Name>>,
    /// `model@fallback`.
    pub fallback: Option<Known<Name>>,
    /// `<vendor>`.
    pub vendor: Option<Known<Name>>,
    /// `<feature>`s, in order. One without a policy is required, as libvirt takes it.
    pub features: Vec<Known<CpuFeature>>,
    /// `<topology>`.
    pub topology: Option<Known<Topology>>,
    /// `maxphysaddr@limit` of `mode='passthrough'`.
    pub max_physical_bits: Option<Known<u32>>,
    /// The memory of each cell of `<numa>`.
    pub numa_cells: Vec<Known<Memory>>,
}

impl CpuDefinition {
    /// The mode, `custom` where none is said.
    pub fn mode(&self) -> CpuMode {
        self.mode.as_ref().map_or(CpuMode::Custom, |mode| mode.value)
    }
}

/// What an x86 processor answers to CPUID and in its MSRs, bit for bit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuData {
    /// EAX, EBX, ECX and EDX by leaf and sub-leaf.
    pub cpuid: BTreeMap<(u32, u32), [u32; 4]>,
    /// The 64 bits of each model-specific register.
    pub msrs: BTreeMap<u32, u64>,
}

/// What CPUID leaf 1 says an x86 processor is (Intel SDM, volume 2, "CPUID").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuSignature {
    /// Base and extended family together.
    pub family: u32,
    /// Base and extended model together.
    pub model: u32,
    /// The stepping.
    pub stepping: u32,
}

impl fmt::Display for CpuSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("family {} model {} stepping {}", self.family, self.model, self.stepping))
    }
}

/// The Main ID Register of an ARM core (Arm Architecture Reference Manual, `MIDR_EL1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Midr(pub u32);

impl Midr {
    /// The register with these fields.
    pub const fn new(implementer: u8, variant: u8, part: u16, revision: u8) -> Self {
        let high = (implementer as u32) << 24 | (variant as u32 & 0xf) << 20 | 0xf << 16;
        Self(high | (part as u32 & 0xfff) << 4 | (revision as u32 & 0xf))
    }

    /// Who designed the core: 0x41 is Arm, 0x48 is `HiSilicon`.
    pub const fn implementer(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// The major revision (`rN`).
    pub const fn variant(self) -> u8 {
        (self.0 >> 20 & 0xf) as u8
    }

    /// Which core it is, among its implementer's.
    pub const fn part(self) -> u16 {
        (self.0 >> 4 & 0xfff) as u16
    }

    /// The minor revision (`pN`).
    pub const fn revision(self) -> u8 {
        (self.0 & 0xf) as u8
    }
}

impl fmt::Display for Midr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:#010x}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midr_fields_are_where_the_manual_puts_them() {
        let kunpeng = Midr::new(0x48, 1, 0xd01, 0);
        assert_eq!(kunpeng, Midr(0x481f_d010));
        assert_eq!((kunpeng.implementer(), kunpeng.part()), (0x48, 0xd01));
        assert_eq!((kunpeng.variant(), kunpeng.revision()), (1, 0));
    }
}
