//! What guests are rewritten for, as the command line says it.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::firmware::Firmware;
use super::part;
use super::pin::Baselines;
use crate::cli::error::CliError;
use crate::model::VirtType;
use crate::rewrite::{Part, Profile, Wish};

/// What guests are rewritten for.
#[derive(Args)]
pub(super) struct Target {
    #[command(flatten)]
    pub(super) goal: Goal,
    /// With --baseline: the baselines of the best division into at most K CPU groups
    #[arg(long, value_name = "K", requires = "baseline", conflicts_with = "lock")]
    groups: Option<NonZeroUsize>,
    /// With --baseline: the baselines that `portolan baseline --lock` wrote
    #[arg(long, value_name = "FILE", requires = "baseline")]
    lock: Option<PathBuf>,
    /// How the target runs the guests [default: kvm, or what the host offers]
    #[arg(long, value_enum, conflicts_with_all = ["baseline", "cpu", "firmware"])]
    virt_type: Option<Run>,
    /// With --to: the chipset of an x86 guest afterwards, though the host has its own
    #[arg(long, value_enum, requires = "to")]
    chipset: Option<Chipset>,
    /// Rewrite this part only (may be given several times)
    #[arg(long, value_parser = part::parser(), value_name = "PART", conflicts_with_all = ["baseline", "cpu"])]
    only: Vec<Part>,
}

/// One of these is asked for.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(super) struct Goal {
    /// The host of the inventory to rewrite for (several times: for what fits all of them)
    #[arg(long, value_name = "HOST")]
    pub(super) to: Vec<String>,
    /// The built-in target to rewrite files for
    #[arg(long, value_name = "NAME", conflicts_with_all = ["to", "baseline", "cpu"])]
    #[arg(value_parser = PossibleValuesParser::new(Profile::names()))]
    pub(super) profile: Option<String>,
    /// Pin guests of the inventory to the baseline of their host; with --to to that of the host that they are rewritten for
    #[arg(long, conflicts_with = "cpu")]
    pub(super) baseline: bool,
    /// Say the firmware of guests of the inventory another way, or give a BIOS guest UEFI; on their own host, or with --to on
    /// that one
    #[arg(long, value_enum, value_name = "HOW")]
    pub(super) firmware: Option<Firmware>,
    /// Pin the guests of files to the CPU in this file
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    pub(super) cpu: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Run {
    /// Under KVM
    Kvm,
    /// By emulation
    Qemu,
}

#[derive(Clone, Copy, ValueEnum)]
enum Chipset {
    /// The PC with PCI Express
    Q35,
}

impl Target {
    /// How the target runs the guests, where it is said.
    fn virt_type(&self) -> Option<VirtType> {
        self.virt_type.map(|run| match run {
            Run::Kvm => VirtType::Kvm,
            Run::Qemu => VirtType::Qemu,
        })
    }

    /// The parts that are rewritten.
    fn parts(&self) -> BTreeSet<Part> {
        if self.only.is_empty() { Part::ALL.into() } else { self.only.iter().copied().collect() }
    }

    /// How guests are rewritten for hosts.
    pub(super) fn wish(&self) -> Wish {
        let firmware = self.goal.firmware.map(Firmware::wish);
        Wish {
            virt_type: self.virt_type(),
            q35: self.chipset.is_some(),
            cpu: None,
            firmware,
            parts: self.parts(),
        }
    }

    /// The built-in target called `name`.
    pub(super) fn profile(&self, name: &str) -> Result<Profile, CliError> {
        let found = Profile::named(name, self.virt_type().unwrap_or(VirtType::Kvm));
        let profile = found.ok_or_else(|| CliError::unknown("profile", name, Profile::names()))?;
        Ok(Profile { parts: self.parts(), ..profile })
    }

    /// The baselines that guests are pinned to.
    pub(super) fn baselines(&self) -> Baselines<'_> {
        let computed = Baselines::Computed(self.groups.map(NonZeroUsize::get));
        self.lock.as_deref().map_or(computed, Baselines::Locked)
    }
}
