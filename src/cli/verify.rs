//! `portolan verify`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::inventory::Policy;
use super::output::Terminal;
use super::rollout;
use crate::compat::Chart;
use crate::plan::{DocumentError, PlanDocument, read_document, read_rollout, verify};

/// Replay a plan against its inventory, move by move
#[derive(Args)]
pub(super) struct Verify {
    /// The plan: plan.json
    plan: PathBuf,
    /// The inventory it was made for
    #[arg(long, value_name = "INVENTORY")]
    inventory: PathBuf,
    #[command(flatten)]
    policy: Policy,
}

impl Verify {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let text = read_text(&self.plan)?;
        let cluster = terminal.during("reading the inventory", || self.policy.read(&self.inventory))?;
        if let Some(rollout) = read_rollout(&text).map_err(|error| wrong(&self.plan, &text, &error))? {
            return rollout::checked(&cluster, &rollout, terminal);
        }
        let document = read_document(&text).map_err(|error| wrong(&self.plan, &text, &error))?;
        let violations = terminal.during("replaying the plan", || verify(&Chart::new(&cluster), &document));
        if violations.is_empty() {
            let moves: usize = document.waves.iter().map(Vec::len).sum();
            terminal.print(&format!("The plan holds: {moves} moves in {} waves.\n", document.waves.len()))?;
            return Ok(Outcome::Clear);
        }
        for violation in &violations {
            terminal.print(&format!("{violation}\n"))?;
        }
        Ok(Outcome::Blocked)
    }
}

/// Reads a plan that is named on the command line.
pub(super) fn read_plan(path: &Path) -> Result<PlanDocument, CliError> {
    let text = read_text(path)?;
    read_document(&text).map_err(|error| wrong(path, &text, &error))
}

#[expect(clippy::disallowed_methods, reason = "the plan is named on the command line")]
fn read_text(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|source| CliError::File { path: path.to_owned(), source })
}

fn wrong(path: &Path, text: &str, error: &DocumentError) -> CliError {
    match error {
        DocumentError::Json(error) => {
            CliError::of_json(path, text, error, "give the plan.json that `portolan plan` wrote, unchanged")
        }
        error => CliError::Wrong(format!("{}: {error}", path.display())),
    }
}
