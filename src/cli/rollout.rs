//! Upgrades: `portolan plan` where an intent asks for one, and `portolan verify` of what it wrote.

use std::collections::BTreeMap;
use std::path::Path;

use super::Outcome;
use super::baseline::{arm_hosts, baselines};
use super::error::CliError;
use super::format::Format;
use super::html::html;
use super::leftovers;
use super::output::{Terminal, write_file};
use super::preparations::preparations;
use crate::compat::{Chart, GuestIndex, HostIndex, Mode};
use crate::model::{Cluster, Intent};
use crate::plan::timetable::Effort;
use crate::plan::{
    Charted, Prepare, RolloutDocument, RolloutViolation, Stages, Upgrade, Verdicts, after_rollout,
    after_upgrade, rollout, rollout_to_json, verify, verify_rollout,
};
use crate::report::{self, Wanted};

/// What the chart of each stage says.
struct ByChart;

impl Stages for ByChart {
    fn at(&self, cluster: &Cluster, then: &mut dyn FnMut(&dyn Verdicts, &Prepare<'_>)) {
        let chart = Chart::new(cluster);
        then(&Charted::new(&chart), &|guest, host, mode| preparations(&chart, (guest, host), mode));
    }
}

/// Plans to take hosts down, writes it and prints it.
pub(super) fn run(
    cluster: &Cluster,
    intents: &[Intent],
    folder: &Path,
    (format, terminal): (Format, &mut Terminal),
) -> Result<Outcome, CliError> {
    let upgrade = upgrade(cluster)?;
    let found = terminal.during("planning stages", || rollout(cluster, &ByChart, intents, &upgrade));
    let document = found.map_err(|error| CliError::of_plan(&error, cluster))?;
    let violations = terminal.during("replaying the rollout", || replayed(cluster, &document))?;
    if !violations.is_empty() {
        let list: Vec<_> = violations.iter().map(ToString::to_string).collect();
        return Err(CliError::Wrong(format!(
            "the rollout does not hold and was not written: {}",
            list.join("; ")
        )));
    }
    let (json, text) = (rollout_to_json(&document)?, report::rollout_text(&document));
    let files = files(cluster, &document, (&json, &text))?;
    for (name, text) in &files {
        write_file(&folder.join(name), text)?;
    }
    leftovers::tell(folder, &files.into_keys().collect(), terminal);
    match format {
        Format::Text => {
            terminal.print(&text)?;
            let written = "plan.json, plan.txt, moves.csv and report.html";
            terminal.print(&format!("\n{written} are in {}\n", folder.display()))?;
        }
        Format::Json => terminal.print_as_it_is(&json)?,
    }
    let whole = document.left.is_empty() && document.figures.not_back == 0;
    Ok(if whole { Outcome::Clear } else { Outcome::Blocked })
}

/// What is written of a rollout, by its path.
fn files(
    cluster: &Cluster,
    document: &RolloutDocument,
    (json, text): (&str, &str),
) -> Result<BTreeMap<String, String>, CliError> {
    let baseline = report::baseline_document(&cluster.name, &baselines(cluster), arm_hosts(cluster));
    let then = carried_out(cluster, document)?;
    let wanted = (Wanted::Rollout(document), Some(&then));
    let mut files = html(&Chart::new(cluster), wanted, &baseline, &[])?;
    files.insert("plan.json".to_owned(), json.to_owned());
    files.insert("plan.txt".to_owned(), text.to_owned());
    files.insert("moves.csv".to_owned(), report::rollout_csv(document));
    Ok(files)
}

/// The cluster once a rollout is carried out.
pub(super) fn carried_out(cluster: &Cluster, document: &RolloutDocument) -> Result<Cluster, CliError> {
    Ok(after_rollout(cluster, document, &upgrade(cluster)?.after))
}

fn upgrade(cluster: &Cluster) -> Result<Upgrade, CliError> {
    let unknown = |name| {
        CliError::Wrong(format!("cluster.toml: 'like' names '{name}', which is no host of the inventory"))
    };
    let after = after_upgrade(cluster, &cluster.settings.upgrade_like).map_err(unknown)?;
    Ok(Upgrade { after, effort: Effort::default() })
}

/// Every way in which a rollout does not hold.
pub(super) fn replayed(
    cluster: &Cluster,
    document: &RolloutDocument,
) -> Result<Vec<RolloutViolation>, CliError> {
    let replay = |now: &Cluster, plan: &crate::plan::PlanDocument| verify(&Chart::new(now), plan);
    let arrived = |now: &Cluster, journeys: &[(GuestIndex, HostIndex)]| {
        let chart = Chart::new(now);
        let of =
            |&(guest, to): &(GuestIndex, HostIndex)| Some((guest, chart.arrived(guest, to, Mode::Live)?));
        journeys.iter().filter_map(of).collect()
    };
    Ok(verify_rollout(cluster, &upgrade(cluster)?.after, (&replay, &arrived), document))
}
