//! `portolan cpu decode`

use std::path::PathBuf;

use clap::Args;

use super::{Answer, MapChoice, capability, print, text, wrong};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cpu::x86::virsh::{baseline_words, offers};
use crate::cpu::x86::{RawCpu, Side, decode_raw, host_to_xml, to_xml};
use crate::ingest::read_cpu_data;
use crate::model::{Capability, CpuMap};

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
    /// Only a model that the host with these domain capabilities offers
    #[arg(long, value_name = "DOMCAPABILITIES", requires = "guest")]
    on: Option<PathBuf>,
    #[command(flatten)]
    map: MapChoice,
}

impl Decode {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let map = self.map.read()?;
        let host = self.on.as_deref().map(capability).transpose()?;
        let data = read_cpu_data(&self.file.display().to_string(), &text(&self.file)?).map_err(wrong)?;
        print(self.answer(&map, host.as_ref(), &RawCpu::of(&map, &data)), terminal)
    }

    fn answer(&self, map: &CpuMap, host: Option<&Capability>, raw: &RawCpu) -> Answer {
        let models = host.map(|host| offers(map, host));
        let side = if self.guest { Side::Guest } else { Side::Host };
        let cpu = decode_raw(map, raw, side, models.as_deref());
        let cpu = cpu.map_err(|error| vec![baseline_words(&error)])?;
        let xml = if self.guest { to_xml(&cpu) } else { host_to_xml(&cpu, raw.signature) };
        Ok((xml, Outcome::Clear))
    }
}
