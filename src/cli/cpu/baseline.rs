//! `portolan cpu baseline`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::on::{Found, Guests};
use super::{Chosen, MapChoice, inputs, print};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cpu::arm;
use crate::cpu::x86::virsh::{any_input, baseline_words, cpu_words, emulator, host_input};
use crate::cpu::x86::{self, BaselineOptions, Definition, expand_features, to_xml};
use crate::ingest::CpuInput;
use crate::model::CpuMap;

/// Compute the CPU that all of several can give
///
/// With --on as `virsh hypervisor-cpu-baseline` on the host whose document that is, with --legacy as `virsh cpu-baseline`.
///
/// Exact is the answer by libvirt's own cache, a file of /var/cache/libvirt/qemu/capabilities. Domain capabilities do not
/// tell what QEMU has properties for: all features of the map are taken for known to it. Nor do they tell before libvirt
/// 10.9 what blocks a model: it is derived from the host-model, and the answer for CPUs that the host cannot give whole
/// may differ there.
#[derive(Args)]
pub(super) struct Baseline {
    /// Documents with the CPUs
    #[arg(required_unless_present = "model", conflicts_with = "model", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The domain capabilities of the host that is asked, or what its libvirt holds of QEMU in its cache
    #[arg(long, value_name = "FILE", required_unless_present = "legacy", conflicts_with = "legacy")]
    on: Option<PathBuf>,
    /// The model itself, in place of documents
    #[arg(long, conflicts_with = "legacy")]
    model: Option<String>,
    /// Print every feature, those of the model too
    #[arg(long)]
    features: bool,
    /// Leave out features that block migration
    #[arg(long)]
    migratable: bool,
    /// Answer as `virsh cpu-baseline`, by the map alone
    #[arg(long)]
    legacy: bool,
    /// Whose libvirt driver answers as `virsh cpu-baseline`: QEMU's leaves out what it never passes on
    #[arg(long, value_enum, default_value_t = Driver::Qemu, requires = "legacy")]
    driver: Driver,
    #[command(flatten, next_help_heading = "Guests that --on is asked for")]
    guests: Guests,
    #[command(flatten, next_help_heading = "libvirt")]
    map: MapChoice,
}

/// A driver of libvirt.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Driver {
    /// `qemu:///system` and `qemu:///session`
    Qemu,
    /// `test:///default`, and others that know the CPU map only
    Test,
}

/// What virsh does not say.
const ARM_NOTE: &str =
    "note: on ARM virsh copies the model of the first CPU, whatever the others are; that is no baseline\n";

impl Baseline {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let chosen = self.map.read()?;
        let host = self.on.as_deref().map(|path| self.guests.hypervisor(&chosen.map, path)).transpose()?;
        let found: Result<Vec<_>, String> = self.files.iter().map(|file| inputs(file)).collect();
        let answer = found.and_then(|found| {
            let all: Vec<CpuInput> = found.into_iter().flatten().collect();
            match host {
                Some(host) => {
                    chosen.warn_of_hosts(&all, terminal);
                    self.by_hypervisor(&chosen.map, host, &all)
                }
                None => self.by_map(&chosen.map, &all, terminal),
            }
        });
        let answer = answer.and_then(|found| self.printed(&chosen, found)).map_err(|refusal| vec![refusal]);
        print(answer, &chosen, terminal)
    }

    /// `qemuConnectBaselineHypervisorCPU`
    fn by_hypervisor(&self, map: &CpuMap, host: Found, all: &[CpuInput]) -> Result<Definition, String> {
        let mut given = all.iter().map(any_input).collect::<Result<Vec<_>, _>>()?;
        given.extend(self.model.as_ref().map(Definition::of_model));
        let host = host?;
        let (arch, models) = (&host.capability.arch.value, host.models(map));
        if models.is_empty() {
            let (emulator, kind) = (emulator(&host.capability), host.capability.virt_type.value.as_str());
            return Err(format!(
                "Operation not supported: QEMU '{emulator}' does not support any CPU models for virttype '{kind}'"
            ));
        }
        if !arch.is_x86() {
            let what = "computing baseline hypervisor CPU is not supported for arch";
            return Err(format!("Operation not supported: {what} {arch}"));
        }
        let features = Some(host.features(map, self.migratable));
        let options = BaselineOptions { models: Some(models), features, migratable: self.migratable };
        x86::baseline(map, &given, &options).map_err(|error| baseline_words(&error))
    }

    /// `qemuConnectBaselineCPU`; the first CPU says whose code it is that answers.
    fn by_map(&self, map: &CpuMap, all: &[CpuInput], terminal: &mut Terminal) -> Result<Definition, String> {
        if self.driver == Driver::Test && self.migratable {
            // libvirt 9.0 to 11.3
            return Err("unsupported flags (0x2) in function testConnectBaselineCPU".to_owned());
        }
        let given = all.iter().map(host_input).collect::<Result<Vec<_>, _>>()?;
        let first = given.first().and_then(|first| first.arch.as_ref());
        match first.filter(|arch| !arch.is_x86()) {
            None => {
                let options = BaselineOptions { migratable: self.migratable, ..BaselineOptions::default() };
                x86::baseline(map, &given, &options).map_err(|error| baseline_words(&error))
            }
            Some(arch) => {
                let found = arm::virsh::baseline(arch, &given)?;
                terminal.note(ARM_NOTE);
                Ok(found)
            }
        }
    }

    fn printed(&self, chosen: &Chosen, found: Definition) -> Result<(String, Outcome), String> {
        // QEMU's driver leaves out what it never passes on, whichever way the baseline was made.
        let of_qemu = self.driver == Driver::Qemu;
        let mut found = if of_qemu { found.passed_to_qemu() } else { found };
        found.max_physical_bits = found.max_physical_bits.filter(|_| chosen.tells_physical_bits());
        let of_arm = found.arch.as_ref().is_some_and(|arch| !arch.is_x86());
        if self.features && !of_arm {
            found = expand_features(&chosen.map, &found).map_err(|error| cpu_words(&error))?;
        }
        Ok((to_xml(&found), Outcome::Clear))
    }
}
