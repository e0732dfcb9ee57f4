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
use crate::model::Cluster;
use crate::plan::{
    DocumentError, PlanDocument, RolloutDocument, afterwards, read_document, read_rollout, verify,
};

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
        let plan = Planned::read(&self.plan)?;
        let cluster = terminal.during("reading the inventory", || self.policy.read(&self.inventory))?;
        let violations = terminal.during("replaying the plan", || plan.violations(&cluster))?;
        if violations.is_empty() {
            terminal.print(&plan.holds())?;
            return Ok(Outcome::Clear);
        }
        for violation in &violations {
            terminal.print(&format!("{violation}\n"))?;
        }
        Ok(Outcome::Blocked)
    }
}

/// What `portolan plan` has written: a plan, or a rollout.
pub(super) enum Planned {
    /// One plan.
    Plan(Box<PlanDocument>),
    /// Plans, stage by stage.
    Rollout(Box<RolloutDocument>),
}

impl Planned {
    /// Reads what is named on the command line.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let text = read_text(path)?;
        if let Some(rollout) = read_rollout(&text).map_err(|error| wrong(path, &text, &error))? {
            return Ok(Self::Rollout(Box::new(rollout)));
        }
        read_document(&text)
            .map(|plan| Self::Plan(Box::new(plan)))
            .map_err(|error| wrong(path, &text, &error))
    }

    /// Every way in which it does not hold on a cluster, for people.
    pub(super) fn violations(&self, cluster: &Cluster) -> Result<Vec<String>, CliError> {
        Ok(match self {
            Self::Plan(plan) => told(&verify(&Chart::new(cluster), plan)),
            Self::Rollout(rollout) => told(&rollout::replayed(cluster, rollout)?),
        })
    }

    /// The cluster once it is carried out.
    pub(super) fn carried_out(&self, cluster: &Cluster) -> Result<Cluster, CliError> {
        Ok(match self {
            Self::Plan(plan) => afterwards(&Chart::new(cluster), plan),
            Self::Rollout(rollout) => rollout::carried_out(cluster, rollout)?,
        })
    }

    fn holds(&self) -> String {
        match self {
            Self::Plan(plan) => {
                let moves: usize = plan.waves.iter().map(Vec::len).sum();
                format!("The plan holds: {moves} moves in {} waves.\n", plan.waves.len())
            }
            Self::Rollout(rollout) => {
                let (moves, stages) = (rollout.figures.moves, rollout.stages.len());
                format!("The rollout holds: {moves} moves in {stages} stages.\n")
            }
        }
    }
}

fn told(violations: &[impl ToString]) -> Vec<String> {
    violations.iter().map(ToString::to_string).collect()
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
