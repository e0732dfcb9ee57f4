//! The command line: arguments in, one call, printing, exit code.
//!
//! The only room that knows clap, the terminal and the environment.

mod abi;
mod baseline;
mod check;
mod completions;
mod cpu;
mod error;
mod examples;
mod explain;
mod format;
mod generate;
mod graph;
mod html;
mod inventory;
mod leftovers;
mod man;
mod manner;
mod members;
mod near_file;
mod output;
mod plan;
mod preparations;
mod progress;
mod review;
mod rewrite;
mod rollout;
mod schema;
mod verify;
mod versions;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use error::CliError;
use manner::{Manner, heed_color};
use output::Terminal;

/// Which hosts each guest of a libvirt/KVM cluster can reach, why not the others, and in what
/// order to move them.
#[derive(Parser)]
#[command(name = "portolan", version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    manner: Manner,
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
    Completions(completions::Completions),
    Man(man::Manual),
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
    heed_color(std::env::args_os());
    let cli = Cli::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit());
    let mut terminal = Terminal::of_process(cli.manner);
    match dispatch(cli.command, &mut terminal) {
        Ok(Outcome::Clear) => ExitCode::SUCCESS,
        Ok(Outcome::Blocked) => ExitCode::from(1),
        Ok(Outcome::Wrong) => ExitCode::from(2),
        Err(error) => {
            terminal.complain(&error);
            ExitCode::from(2)
        }
    }
}

/// All commands, with their examples.
fn command() -> clap::Command {
    examples::taught(Cli::command())
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
        Command::Completions(completions) => completions.run(terminal),
        Command::Man(manual) => manual.run(terminal),
        Command::Generate(generate) => generate.run(terminal),
    }
}
