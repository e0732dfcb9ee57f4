//! `portolan cpu baseline`

use std::path::PathBuf;

use clap::Args;

use super::{MapChoice, capability, inputs, print};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cpu::x86::virsh::{
    any_input, baseline_words, cpu_words, emulator, host_input, known_to_qemu, offers,
};
use crate::cpu::x86::{self, BaselineOptions, Definition, expand_features, to_xml};
use crate::ingest::CpuInput;
use crate::model::{Capability, CpuMap};

/// Compute the CPU that all of several can give
///
/// With --on as `virsh hypervisor-cpu-baseline` on the host that printed that document, with --legacy as `virsh
/// cpu-baseline`. What QEMU has properties for is in no document: all features of the map are taken for known to it. Nor
/// does libvirt before 10.9 print what blocks a model: it is derived from the host-model, and the answer for CPUs that the
/// host cannot give whole may differ there.
#[derive(Args)]
pub(super) struct Baseline {
    /// Documents with the CPUs
    #[arg(required_unless_present = "model", conflicts_with = "model", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The domain capabilities of the host that is asked
    #[arg(
        long,
        value_name = "DOMCAPABILITIES",
        required_unless_present = "legacy",
        conflicts_with = "legacy"
    )]
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
    #[command(flatten)]
    map: MapChoice,
}

impl Baseline {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let map = self.map.read()?;
        let host = self.on.as_deref().map(capability).transpose()?;
        let mut all: Vec<CpuInput> = Vec::new();
        for file in &self.files {
            match inputs(file)? {
                Ok(found) => all.extend(found),
                Err(refusal) => return print(Err(vec![refusal]), terminal),
            }
        }
        if host.is_some() {
            self.map.warn_of_hosts(&all, terminal);
        }
        print(self.answer(&map, host.as_ref(), &all).map_err(|refusal| vec![refusal]), terminal)
    }

    fn answer(
        &self,
        map: &CpuMap,
        host: Option<&Capability>,
        all: &[CpuInput],
    ) -> Result<(String, Outcome), String> {
        let options = self.options(map, host)?;
        let read = if self.legacy { host_input } else { any_input };
        let given: Result<Vec<Definition>, _> = all.iter().map(read).collect();
        let mut given = given.map_err(|error| error.to_string())?;
        given.extend(self.model.as_ref().map(Definition::of_model));
        let found = x86::baseline(map, &given, &options);
        // libvirt's driver leaves out what it never passes on, whichever way the baseline was made.
        let mut found = found.map_err(|error| baseline_words(&error))?.passed_to_qemu();
        found.max_physical_bits = found.max_physical_bits.filter(|_| self.map.tells_physical_bits());
        let found = if self.features { expand_features(map, &found) } else { Ok(found) };
        let found = found.map_err(|error| cpu_words(&error))?;
        Ok((to_xml(&found), Outcome::Clear))
    }

    fn options(&self, map: &CpuMap, host: Option<&Capability>) -> Result<BaselineOptions, String> {
        let migratable = self.migratable;
        let Some(host) = host else {
            return Ok(BaselineOptions { migratable, ..BaselineOptions::default() });
        };
        let arch = &host.arch.value;
        if !arch.is_x86() {
            let what = "computing baseline hypervisor CPU is not supported for arch";
            return Err(format!("Operation not supported: {what} {arch}"));
        }
        let models = offers(map, host);
        if models.is_empty() {
            let (emulator, kind) = (emulator(host), host.virt_type.value.as_str());
            return Err(format!(
                "Operation not supported: QEMU '{emulator}' does not support any CPU models for virttype '{kind}'"
            ));
        }
        let features = Some(known_to_qemu(map, migratable));
        Ok(BaselineOptions { models: Some(models), features, migratable })
    }
}
