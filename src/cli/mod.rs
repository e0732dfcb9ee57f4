//! The command line: arguments in, one call, printing, exit code.
//!
//! The only room that knows clap, the terminal and the environment.

mod abi;
mod baseline;
mod check;
mod cpu;
mod error;
mod explain;
mod format;
mod generate;
mod graph;
mod html;
mod inventory;
mod members;
mod output;
mod plan;
mod preparations;
mod review;
mod rewrite;
mod rollout;
mod schema;
mod verify;
mod versions;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::CliError;
use output::Terminal;

/// Which hosts each guest of a libvirt/KVM cluster can reach, why not the others, and in what
/// order to move them.
#[derive(Parser)]
#[command(name = "portolan", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Example: portolan plan inventories/kunpeng-rollout\n\nExit codes: 0 nothing blocks, \
                        1 something does, 2 the input or the arguments are wrong."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Plan(plan::Plan),
    Check(check::Check),
    Baseline(baseline::Baseline),
    Cpu(cpu::Cpu),
    Explain(explain::Explain),
    Graph(graph::Graph),
    Review(review::Review),
    Rewrite(rewrite::RewriteGuests),
    Verify(verify::Verify),
    Abi(abi::Abi),
    Schema(schema::Schema),
    #[command(hide = true)]
    Generate(generate::Generate),
}

/// How a command ended, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Nothing blocks: exit code 0.
    Clear,
    /// Something does: exit code 1.
    Blocked,
    /// Some of the input is wrong, which was told, and the rest went on: exit code 2.
    Wrong,
}

/// Runs the command line with the process's arguments.
pub fn run() -> ExitCode {
    let mut terminal = Terminal::of_process();
    match dispatch(Cli::parse().command, &mut terminal) {
        Ok(Outcome::Clear) => ExitCode::SUCCESS,
        Ok(Outcome::Blocked) => ExitCode::from(1),
        Ok(Outcome::Wrong) => ExitCode::from(2),
        Err(error) => {
            terminal.complain(&error);
            ExitCode::from(2)
        }
    }
}

fn dispatch(command: Command, terminal: &mut Terminal) -> Result<Outcome, CliError> {
    match command {
        Command::Plan(plan) => plan.run(terminal),
        Command::Check(check) => check.run(terminal),
        Command::Baseline(baseline) => baseline.run(terminal),
        Command::Cpu(cpu) => cpu.run(terminal),
        Command::Explain(explain) => explain.run(terminal),
        Command::Graph(graph) => graph.run(terminal),
        Command::Review(review) => review.run(terminal),
        Command::Rewrite(rewrite) => rewrite.run(terminal),
        Command::Verify(verify) => verify.run(terminal),
        Command::Abi(abi) => abi.run(terminal),
        Command::Schema(schema) => schema.run(terminal),
        Command::Generate(generate) => generate.run(terminal),
    }
}
