//! `portolan verify`

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::inventory::Policy;
use super::output::Terminal;
use crate::compat::Chart;
use crate::plan::{read_document, verify};

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
    #[expect(clippy::disallowed_methods, reason = "the plan is named on the command line")]
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let fail = |source| CliError::File { path: self.plan.clone(), source };
        let text = fs::read_to_string(&self.plan).map_err(fail)?;
        let wrong =
            |error: crate::plan::DocumentError| CliError::Wrong(format!("{}: {error}", self.plan.display()));
        let document = read_document(&text).map_err(wrong)?;
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
