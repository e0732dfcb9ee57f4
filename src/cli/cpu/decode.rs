//! `portolan cpu decode`

use std::path::PathBuf;

use clap::Args;

use super::on::Guests;
use super::{Answer, MapChoice, print, readable, wrong};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cpu::x86::virsh::baseline_words;
use crate::cpu::x86::{Hypervisor, RawCpu, Side, decode_raw, host_to_xml, to_xml};
use crate::ingest::read_cpu_data;
use crate::model::CpuMap;

/// Say what CPU a processor is by its answers to CPUID, as `virsh capabilities` does on the processor itself
///
/// The document is libvirt's `<cpudata>`, with a <cpuid> for each leaf and an <msr> for each register.
#[derive(Args)]
pub(super) struct Decode {
    /// The document with the answers
    file: PathBuf,
    /// Print the CPU that a guest would be given, not the host's
    #[arg(long)]
    guest: bool,
    /// Only a model that the host offers which has these domain capabilities, or this document of libvirt's cache
    #[arg(long, value_name = "FILE", requires = "guest")]
    on: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Guests that --on is asked for")]
    guests: Guests,
    #[command(flatten, next_help_heading = "libvirt")]
    map: MapChoice,
}

impl Decode {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let chosen = self.map.read()?;
        let host = self.on.as_deref().map(|path| self.guests.hypervisor(&chosen.map, path)).transpose()?;
        let data = read_cpu_data(&self.file.display().to_string(), &readable(&self.file)?).map_err(wrong)?;
        let raw = RawCpu::of(&chosen.map, &data);
        let host = host.transpose().map_err(|refusal| vec![refusal]);
        let answer = host.and_then(|host| self.answer(&chosen.map, host.as_ref(), &raw));
        print(answer, &chosen, terminal)
    }

    fn answer(&self, map: &CpuMap, host: Option<&Hypervisor>, raw: &RawCpu) -> Answer {
        let models = host.map(|host| host.models(map));
        let side = if self.guest { Side::Guest } else { Side::Host };
        let cpu = decode_raw(map, raw, side, models.as_deref());
        let cpu = cpu.map_err(|error| vec![baseline_words(&error)])?;
        let xml = if self.guest { to_xml(&cpu) } else { host_to_xml(&cpu, raw.signature) };
        Ok((xml, Outcome::Clear))
    }
}
