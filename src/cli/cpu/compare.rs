//! `portolan cpu compare`

use std::path::{Path, PathBuf};

use clap::Args;

use super::on::Guests;
use super::{Answer, MapChoice, inputs, print};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cpu::arm;
use crate::cpu::x86::virsh::{any_input, comparison_words, cpu_words, incompatible_words};
use crate::cpu::x86::{self, Comparison, Definition, Hypervisor, hypervisor_compare};
use crate::ingest::CpuInput;
use crate::model::CpuMap;

/// Say whether a host can give a CPU
///
/// With the domain capabilities of a host as `virsh hypervisor-cpu-compare` there; with --legacy and its capabilities as
/// `virsh cpu-compare`. Of several CPUs in the file only the first is compared, as virsh does.
#[derive(Args)]
pub(super) struct Compare {
    /// The document with the CPU
    file: PathBuf,
    /// The domain capabilities of the host that is asked, or what its libvirt holds of QEMU in its cache; with --legacy,
    /// its capabilities
    #[arg(long, value_name = "FILE")]
    on: PathBuf,
    /// Say on standard error why the CPU is incompatible
    #[arg(long)]
    error: bool,
    /// Answer as `virsh cpu-compare`, by the map alone
    #[arg(long)]
    legacy: bool,
    #[command(flatten, next_help_heading = "Guests that --on is asked for")]
    guests: Guests,
    #[command(flatten, next_help_heading = "libvirt")]
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

/// What virsh does not say.
const ARM_NOTE: &str =
    "note: on ARM virsh calls every CPU of a guest identical, and of a host's it compares the names only\n";

impl Compare {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let chosen = self.map.read()?;
        let map = &chosen.map;
        if self.legacy && self.guests.are_named() {
            return Err(CliError::Wrong("virsh cpu-compare knows the host only, and no guests".to_owned()));
        }
        let host = if self.legacy { None } else { Some(self.guests.hypervisor(map, &self.on)?) };
        let found = match inputs(&self.file) {
            Ok(found) => found,
            Err(refusal) => return print(Err(vec![refusal]), &chosen, terminal),
        };
        let (words, compared) = match host {
            None => (LEGACY, self.by_map(map, &found, terminal)),
            Some(host) => {
                chosen.warn_of_hosts(&found, terminal);
                (HYPERVISOR, host.and_then(|host| by_hypervisor(map, &host, &found)))
            }
        };
        print(self.answer(&words, compared), &chosen, terminal)
    }

    /// `qemuConnectCompareCPU`; the host says whose code it is that answers.
    fn by_map(
        &self,
        map: &CpuMap,
        found: &[CpuInput],
        terminal: &mut Terminal,
    ) -> Result<Comparison, String> {
        let none = || format!("File '{}' does not contain any host CPU", self.on.display());
        let hosts = inputs(&self.on)?;
        let host = hosts.iter().find(|host| host.cpu.arch.is_some()).ok_or_else(none)?;
        let (host, cpu) = (Definition::from(&host.cpu), first(found)?);
        match host.arch.as_ref().filter(|arch| !arch.is_x86()) {
            None => x86::compare(map, &host, &cpu).map_err(|error| cpu_words(&error)),
            Some(arch) => {
                let compared = arm::virsh::compare(arch, &host, &cpu)?;
                terminal.note(ARM_NOTE);
                Ok(compared)
            }
        }
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
    Ok(found.first().map(any_input).transpose()?.unwrap_or_default())
}

/// `qemuConnectCompareHypervisorCPU`
fn by_hypervisor(map: &CpuMap, host: &Hypervisor, found: &[CpuInput]) -> Result<Comparison, String> {
    let host = &host.capability;
    let words = |error| comparison_words(&error, host);
    x86::reported(host).map_err(words)?;
    let arch = &host.arch.value;
    if !arch.is_x86() {
        let what = "comparing with the hypervisor CPU is not supported for arch";
        return Err(format!("Operation not supported: {what} {arch}"));
    }
    hypervisor_compare(map, host, &first(found)?).map_err(words)
}
