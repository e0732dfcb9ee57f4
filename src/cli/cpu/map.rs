//! Which libvirt answers, and by which map.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::ingest::{CpuInput, read_cpu_map_folder};
use crate::knowledge::x86::{latest, map};
use crate::model::{CpuMap, Version};

/// Which libvirt answers.
#[derive(Args)]
pub(super) struct MapChoice {
    /// Answer as the libvirt of this version, by its map unless --cpu-map names one
    #[arg(long, value_enum)]
    libvirt: Option<Libvirt>,
    /// Answer by the CPU map in this folder [default: `/usr/share/libvirt/cpu_map`, where it is]
    #[arg(long, value_name = "DIR")]
    cpu_map: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Libvirt {
    /// libvirt 9.0
    #[value(name = "9.0")]
    V9,
    /// libvirt 11.3
    #[value(name = "11.3")]
    V11,
}

/// Where libvirt installs its map.
const INSTALLED: &str = "/usr/share/libvirt/cpu_map";

/// A map, and how its libvirt speaks.
pub(super) struct Chosen {
    pub(super) map: Cow<'static, CpuMap>,
    libvirt: Libvirt,
    /// Whether it is the installed one, which nobody named.
    installed: bool,
}

impl MapChoice {
    pub(super) fn read(&self) -> Result<Chosen, CliError> {
        let installed = self.cpu_map.is_none() && self.libvirt.is_none() && Path::new(INSTALLED).is_dir();
        let folder = self.cpu_map.as_deref().or(installed.then_some(Path::new(INSTALLED)));
        let map = match (folder, self.libvirt) {
            (Some(folder), _) => Cow::Owned(read_cpu_map_folder(folder)?),
            (None, Some(Libvirt::V9)) => Cow::Borrowed(map(Version::new(9, 0, 0))),
            (None, _) => Cow::Borrowed(latest()),
        };
        Ok(Chosen { libvirt: self.libvirt.unwrap_or_else(|| manner(&map)), map, installed })
    }
}

/// The version whose manner a map goes with: models that are compared the old way are marked since 10.9.
fn manner(map: &CpuMap) -> Libvirt {
    if map.models.iter().any(|model| model.compat) { Libvirt::V11 } else { Libvirt::V9 }
}

impl Chosen {
    /// Whether baselines tell how many bits of physical addresses a guest may have (libvirt 9.5 and later).
    pub(super) fn tells_physical_bits(&self) -> bool {
        self.libvirt == Libvirt::V11
    }

    /// What virsh says beside its answer where the CPU of capabilities is put to QEMU (not yet in 9.0).
    pub(super) fn warn_of_hosts(&self, inputs: &[CpuInput], terminal: &mut Terminal) {
        if self.libvirt == Libvirt::V11 && inputs.iter().any(|input| input.without_policy) {
            terminal.say("error: using host CPU definition as input may provide incorrect results\n");
        }
    }

    /// Where a name is not known, it matters which map was looked into; virsh itself does not say.
    pub(super) fn tell(&self, lines: &[String], terminal: &mut Terminal) {
        if self.installed && lines.iter().any(|line| line.contains("Unknown CPU ")) {
            let other = "--libvirt or --cpu-map names another";
            terminal.note(&format!("note: looked up in the installed map, {INSTALLED}; {other}\n"));
        }
    }
}
