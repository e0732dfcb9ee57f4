//! `portolan cpu`: what virsh would answer about x86 CPUs, without libvirt.

mod baseline;
mod compare;
mod decode;
mod expand;
mod map;
mod on;

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::{Args, Subcommand};

use self::map::{Chosen, MapChoice};

use super::Outcome;
use super::error::CliError;
use super::output::Terminal;
use crate::ingest::{CpuInput, read_cpu_inputs};
use crate::model::Problem;

/// Answer about x86 CPUs what virsh would, in its words and with its exit codes, without libvirt
///
/// Files hold what virsh takes: `<cpu>` elements, domains, capabilities and domain capabilities, one after the other.
/// Answers go by the CPU map that libvirt has installed on this machine, else by that of libvirt 11.3, unless --libvirt
/// or --cpu-map names another.
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

/// How a question to virsh ends: with what it prints, or with lines after `error: `.
type Answer = Result<(String, Outcome), Vec<String>>;

/// Prints an answer as virsh does.
fn print(answer: Answer, chosen: &Chosen, terminal: &mut Terminal) -> Result<Outcome, CliError> {
    match answer {
        Ok((text, outcome)) => terminal.print_as_it_is(&text).map(|()| outcome),
        Err(lines) => {
            for line in &lines {
                terminal.say(&format!("error: {line}\n"));
            }
            chosen.tell(&lines, terminal);
            Ok(Outcome::Blocked)
        }
    }
}

/// The text of a document that stands for a host.
#[expect(clippy::disallowed_methods, reason = "the files are named on the command line")]
fn readable(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|source| CliError::File { path: path.to_owned(), source })
}

/// The definitions in the file, or virsh's refusal. It is as far as the text in the words of libxml2 there that ours are
/// others.
fn inputs(path: &Path) -> Result<Vec<CpuInput>, String> {
    let name = path.display();
    let found = read_cpu_inputs(&name.to_string(), &text(path)?).map_err(told)?;
    let none = "does not contain any <cpu> element or valid domain XML, host capabilities XML, or domain \
                capabilities XML";
    if found.is_empty() { Err(format!("File '{name}' {none}")) } else { Ok(found) }
}

/// The text of a document with CPUs, or why virsh cannot read it.
fn text(path: &Path) -> Result<String, String> {
    let name = path.display();
    let failed = |what: &str, error: &io::Error| format!("Failed to {what} file '{name}': {}", reason(error));
    let mut bytes = Vec::new();
    let mut file = fs::File::open(path).map_err(|error| failed("open", &error))?;
    file.read_to_end(&mut bytes).map_err(|error| failed("read", &error))?;
    String::from_utf8(bytes).map_err(|_| format!("{name}: the document is not UTF-8"))
}

/// What the system says, without the number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words).to_owned()
}

fn told(problem: Problem) -> String {
    let Problem { path, position, message, remedy } = problem;
    let at = position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
    format!("{path}{at}: {message}; {remedy}")
}

pub(super) fn wrong(problem: Problem) -> CliError {
    CliError::Wrong(told(problem))
}
