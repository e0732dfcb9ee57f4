//! `portolan verify`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::inventory::Policy;
use super::output::Terminal;
use crate::compat::Chart;
use crate::plan::{PlanDocument, read_document, verify};

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
        let document = read_plan(&self.plan)?;
        let cluster = self.policy.read(&self.inventory)?;
        let violations = verify(&Chart::new(&cluster), &document);
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
#[expect(clippy::disallowed_methods, reason = "the plan is named on the command line")]
pub(super) fn read_plan(path: &Path) -> Result<PlanDocument, CliError> {
    let fail = |source| CliError::File { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(fail)?;
    let wrong = |error: crate::plan::DocumentError| CliError::Wrong(format!("{}: {error}", path.display()));
    read_document(&text).map_err(wrong)
}
