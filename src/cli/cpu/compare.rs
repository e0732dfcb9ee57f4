//! `portolan cpu compare`

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Answer, MapChoice, capability, inputs, print};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cpu::x86::virsh::{any_input, comparison_words, cpu_words, incompatible_words};
use crate::cpu::x86::{self, Comparison, Definition, hypervisor_compare};
use crate::ingest::CpuInput;
use crate::model::{Capability, CpuMap};

/// Say whether a host can give a CPU
///
/// With the domain capabilities of a host as `virsh hypervisor-cpu-compare` there; with --legacy and its capabilities as
/// `virsh cpu-compare`. Of several CPUs in the file only the first is compared, as virsh does.
#[derive(Args)]
pub(super) struct Compare {
    /// The document with the CPU
    file: PathBuf,
    /// The domain capabilities of the host that is asked; with --legacy, its capabilities
    #[arg(long, value_name = "FILE")]
    on: PathBuf,
    /// Say on standard error why the CPU is incompatible
    #[arg(long)]
    error: bool,
    /// Answer as `virsh cpu-compare`, by the map alone
    #[arg(long)]
    legacy: bool,
    #[command(flatten)]
    map: MapChoice,
}

/// What a comparison says of the host, and what of the comparison failed.
struct Words {
    subject: &'static str,
    host: &'static str,
    failed: &'static str,
}

const LEGACY: Words = Words { subject: "Host CPU", host: "host CPU", failed: "host CPU" };
const HYPERVISOR: Words = Words {
    subject: "The CPU provided by hypervisor on the host",
    host: "the CPU provided by hypervisor on the host",
    failed: "hypervisor CPU",
};

impl Compare {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let map = self.map.read()?;
        let found = match inputs(&self.file)? {
            Ok(found) => found,
            Err(refusal) => return print(Err(vec![refusal]), terminal),
        };
        let (words, compared) = if self.legacy {
            (LEGACY, inputs(&self.on)?.and_then(|hosts| self.by_map(&map, &hosts, &found)))
        } else {
            let host = capability(&self.on)?;
            self.map.warn_of_hosts(&found, terminal);
            (HYPERVISOR, by_hypervisor(&map, &host, &found))
        };
        print(self.answer(&words, compared), terminal)
    }

    fn by_map(&self, map: &CpuMap, hosts: &[CpuInput], found: &[CpuInput]) -> Result<Comparison, String> {
        let none = || format!("File '{}' does not contain any host CPU", self.on.display());
        let host = hosts.iter().find(|host| host.cpu.arch.is_some()).ok_or_else(none)?;
        let host = any_input(host).map_err(|error| error.to_string())?;
        x86::compare(map, &host, &first(found)?).map_err(|error| cpu_words(&error))
    }

    /// `cmdCPUCompare` and `cmdHypervisorCPUCompare`.
    fn answer(&self, words: &Words, compared: Result<Comparison, String>) -> Answer {
        let file = Path::display(&self.file);
        let failed = |why| vec![format!("Failed to compare {} with {file}", words.failed), why];
        let (text, outcome) = match compared.map_err(failed)? {
            Comparison::Identical => {
                (format!("CPU described in {file} is identical to {}\n", words.host), Outcome::Clear)
            }
            Comparison::Superset => {
                (format!("{} is a superset of CPU described in {file}\n", words.subject), Outcome::Clear)
            }
            Comparison::Incompatible(reasons) if self.error => {
                return Err(failed(incompatible_words(&reasons)));
            }
            Comparison::Incompatible(_) => {
                (format!("CPU described in {file} is incompatible with {}\n", words.host), Outcome::Blocked)
            }
        };
        Ok((text, outcome))
    }
}

fn first(found: &[CpuInput]) -> Result<Definition, String> {
    let first = found.first().map(any_input).transpose();
    Ok(first.map_err(|error| error.to_string())?.unwrap_or_default())
}

fn by_hypervisor(map: &CpuMap, host: &Capability, found: &[CpuInput]) -> Result<Comparison, String> {
    let arch = &host.arch.value;
    if !arch.is_x86() {
        let what = "comparing with the hypervisor CPU is not supported for arch";
        return Err(format!("Operation not supported: {what} {arch}"));
    }
    hypervisor_compare(map, host, &first(found)?).map_err(|error| comparison_words(&error, host))
}
