//! `portolan cpu`: what virsh would answer about x86 CPUs, without libvirt.

mod baseline;
mod compare;
mod decode;
mod expand;

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::Outcome;
use super::error::CliError;
use super::output::Terminal;
use crate::ingest::{CpuInput, read_cpu_inputs, read_cpu_map_folder, read_domain_capabilities};
use crate::knowledge::x86::{latest, map};
use crate::model::{Capability, CpuMap, Problem, Version};

/// Answer about x86 CPUs what virsh would, in its words and with its exit codes, without libvirt
///
/// Files hold what virsh takes: `<cpu>` elements, domains, capabilities and domain capabilities, one after the other.
/// Answers are those of the CPU map of libvirt 11.3, unless --libvirt or --cpu-map names another.
#[derive(Args)]
pub(super) struct Cpu {
    #[command(subcommand)]
    command: CpuCommand,
}

#[derive(Subcommand)]
enum CpuCommand {
    Baseline(baseline::Baseline),
    Compare(compare::Compare),
    Expand(expand::Expand),
    Decode(decode::Decode),
}

impl Cpu {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        match &self.command {
            CpuCommand::Baseline(baseline) => baseline.run(terminal),
            CpuCommand::Compare(compare) => compare.run(terminal),
            CpuCommand::Expand(expand) => expand.run(terminal),
            CpuCommand::Decode(decode) => decode.run(terminal),
        }
    }
}

/// Which libvirt answers.
#[derive(Args)]
struct MapChoice {
    /// Answer as the libvirt of this version
    #[arg(long, value_enum, conflicts_with = "cpu_map")]
    libvirt: Option<Libvirt>,
    /// Answer by the CPU map in this folder, such as `/usr/share/libvirt/cpu_map`
    #[arg(long, value_name = "DIR")]
    cpu_map: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Libvirt {
    /// libvirt 9.0
    #[value(name = "9.0")]
    V9,
    /// libvirt 11.3
    #[value(name = "11.3")]
    V11,
}

impl MapChoice {
    /// Whether baselines tell how many bits of physical addresses a guest may have (libvirt 9.5 and later).
    fn tells_physical_bits(&self) -> bool {
        !matches!(self.libvirt, Some(Libvirt::V9))
    }

    /// What virsh says beside its answer where the CPU of capabilities is put to QEMU (not yet in 9.0).
    fn warn_of_hosts(&self, inputs: &[CpuInput], terminal: &mut Terminal) {
        let warns = !matches!(self.libvirt, Some(Libvirt::V9));
        if warns && inputs.iter().any(|input| input.without_policy) {
            terminal.note("error: using host CPU definition as input may provide incorrect results\n");
        }
    }

    fn read(&self) -> Result<Cow<'static, CpuMap>, CliError> {
        Ok(match (&self.cpu_map, self.libvirt) {
            (Some(folder), _) => Cow::Owned(read_cpu_map_folder(folder)?),
            (None, Some(Libvirt::V9)) => Cow::Borrowed(map(Version::new(9, 0, 0))),
            (None, Some(Libvirt::V11)) => Cow::Borrowed(map(Version::new(11, 3, 0))),
            (None, None) => Cow::Borrowed(latest()),
        })
    }
}

/// How a question to virsh ends: with what it prints, or with lines after `error: `.
type Answer = Result<(String, Outcome), Vec<String>>;

/// Prints an answer as virsh does.
fn print(answer: Answer, terminal: &mut Terminal) -> Result<Outcome, CliError> {
    match answer {
        Ok((text, outcome)) => terminal.print(&text).map(|()| outcome),
        Err(lines) => {
            for line in lines {
                terminal.note(&format!("error: {line}\n"));
            }
            Ok(Outcome::Blocked)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the files are named on the command line")]
fn text(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|source| CliError::File { path: path.to_owned(), source })
}

/// The definitions in the file; virsh's refusal where there is none.
fn inputs(path: &Path) -> Result<Result<Vec<CpuInput>, String>, CliError> {
    let found = read_cpu_inputs(&path.display().to_string(), &text(path)?).map_err(wrong)?;
    let none = format!(
        "File '{}' does not contain any <cpu> element or valid domain XML, host capabilities XML, or domain \
         capabilities XML",
        path.display()
    );
    Ok(if found.is_empty() { Err(none) } else { Ok(found) })
}

/// What the domain capabilities in the file offer.
fn capability(path: &Path) -> Result<Capability, CliError> {
    read_domain_capabilities(&path.display().to_string(), &text(path)?).map_err(wrong)
}

pub(super) fn wrong(problem: Problem) -> CliError {
    let Problem { path, position, message, remedy } = problem;
    let at = position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
    CliError::Wrong(format!("{path}{at}: {message}; {remedy}"))
}
