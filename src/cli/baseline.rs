//! `portolan baseline`

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Outcome;
use super::error::CliError;
use super::inventory::{Inventory, hosts};
use super::members::Chosen;
use super::output::{Terminal, json, write_file};
use super::versions::{OfHost, upgrades};
use crate::cpu::arm::arm_groups;
use crate::cpu::x86::{
    Change, ClusterBaseline, ClusterBaselines, Ladder, Lock, LockError, Members, changes, cluster_baselines,
    drags, drift, forecasts, guest_standings, ladders, lock, prospects, read_lock, to_xml,
};
use crate::ingest;
use crate::model::Cluster;
use crate::plan::quoted;
use crate::report::{self, Places};
use crate::text::Place;

/// Compute the x86 CPU that every host can give, and what each host loses under it
///
/// One baseline for each vendor, for no guest moves live between vendors. ARM hosts have none: libvirt cannot describe
/// their CPUs by a model; for them it says which are near enough to one another.
///
/// Beside it: which hosts hold the others back, which guests run on features beyond it, what more CPU groups would
/// keep, what joining or leaving hosts would change, and what is known of hosts with another libvirt or QEMU.
#[derive(Args)]
pub(super) struct Baseline {
    #[command(flatten)]
    inventory: Inventory,
    /// Divide the hosts of each vendor into 1, 2, … up to K CPU groups that keep most features
    #[arg(long, value_name = "K")]
    groups: Option<NonZeroUsize>,
    /// Leave this host out (may be given several times)
    #[arg(long, value_name = "HOST")]
    without: Vec<String>,
    /// Let the hosts of another inventory join (may be given several times)
    #[arg(long, value_name = "INVENTORY")]
    with: Vec<PathBuf>,
    /// Say what is known of this host, or of all, with another libvirt (may be given several times)
    #[arg(long, value_name = "[HOST=]VERSION", conflicts_with_all = ["lock", "verify"])]
    libvirt: Vec<OfHost>,
    /// Say what is known of this host, or of all, with another QEMU (may be given several times)
    #[arg(long, value_name = "[HOST=]VERSION", conflicts_with_all = ["lock", "verify"])]
    qemu: Vec<OfHost>,
    /// Write the baselines, of the last division where --groups is given, with what they were made from
    #[arg(long, value_name = "FILE", conflicts_with = "verify")]
    lock: Option<PathBuf>,
    /// Say how the hosts have drifted from this lock; exit code 1 where it holds no more
    #[arg(long, value_name = "FILE", conflicts_with = "groups")]
    verify: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// libvirt's XML: one <cpu> for each vendor, or for each CPU group of the last division
    Xml,
}

impl Baseline {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let cluster = self.inventory.read(terminal)?;
        hosts(&cluster, &self.without)?;
        let others = self.with.iter().map(|path| ingest::read(path)).collect::<Result<Vec<_>, _>>()?;
        let mut chosen = Chosen::of(&cluster, &self.without);
        for other in &others {
            chosen.join(other)?;
        }
        match &self.verify {
            Some(path) => self.verify(path, &chosen.x86(), terminal),
            None => self.compute((&cluster, &others), &chosen, terminal),
        }
    }

    fn compute(
        &self,
        (cluster, others): (&Cluster, &[Cluster]),
        chosen: &Chosen<'_>,
        terminal: &mut Terminal,
    ) -> Result<Outcome, CliError> {
        let now = chosen.x86();
        let baselines = cluster_baselines(&now.hosts);
        let ladders = terminal.during("dividing the hosts", || {
            self.groups.map(|most| ladders(&now.hosts, &now.guests, most.get()))
        });
        let document =
            report::baseline_document(&cluster.name, &baselines, arm_record(chosen, (cluster, others)));
        let found = document.left_out.is_empty() && document.baselines.iter().all(|one| one.model.is_some());
        if let Some(path) = &self.lock {
            let known = baselines.left_out.is_empty();
            let whole = chosen_baselines(&baselines, ladders.as_deref()).filter(|_| known);
            match whole {
                Some(whole) => write_file(path, &json(&lock(&cluster.name, &whole, &now.hosts))?)?,
                None => terminal.note("no lock is written: not every host has a baseline\n"),
            }
        }
        let report = self.report(cluster, &now, document, ladders.as_deref())?;
        match self.format {
            Format::Text => terminal.print(&report::baseline_report_text(&report))?,
            Format::Json => terminal.print_json(&report)?,
            Format::Xml => terminal.print_as_it_is(&xml(&baselines, ladders.as_deref()))?,
        }
        Ok(if found { Outcome::Clear } else { Outcome::Blocked })
    }

    /// All that is printed, for people or programs.
    fn report(
        &self,
        cluster: &Cluster,
        now: &Members<'_>,
        document: report::BaselineDocument,
        ladders: Option<&[Ladder]>,
    ) -> Result<report::BaselineReport, CliError> {
        let changes = self.changes(cluster, now);
        let pin = changes.is_none().then(|| self.pin_command());
        let found = report::Found {
            pin,
            drags: &drags(&now.hosts),
            ladders,
            changes: changes.as_deref(),
            versions: self.versions(now)?,
            guests: &guest_standings(&now.hosts, &now.guests),
        };
        Ok(report::baseline_report(document, found))
    }

    /// What changes against the cluster as it is, where hosts leave or join.
    fn changes(&self, cluster: &Cluster, now: &Members<'_>) -> Option<Vec<Change>> {
        let asked = !self.without.is_empty() || !self.with.is_empty();
        asked.then(|| changes(&Chosen::of(cluster, &[]).x86(), now))
    }

    /// What is known of hosts with other versions, where that is asked for.
    fn versions(&self, now: &Members<'_>) -> Result<Option<report::ProspectsRecord>, CliError> {
        if self.libvirt.is_empty() && self.qemu.is_empty() {
            return Ok(None);
        }
        let upgrades = upgrades(now, &self.libvirt, &self.qemu)?;
        let (known, unknown) = forecasts(&upgrades, &now.hosts);
        let prospects = prospects(now, &known);
        Ok(Some(report::prospects_record(&known, &unknown, &prospects)))
    }

    /// What pins the guests that go beyond the baselines that are printed.
    fn pin_command(&self) -> String {
        let path = quoted(&self.inventory.path().to_string_lossy());
        let groups = self.groups.map_or_else(String::new, |most| format!(" --groups {most}"));
        format!("portolan rewrite {path} --baseline{groups} --allow-unsafe --output DIR")
    }

    fn verify(
        &self,
        path: &Path,
        members: &Members<'_>,
        terminal: &mut Terminal,
    ) -> Result<Outcome, CliError> {
        let found = drift(&read(path)?, &members.hosts);
        let document = report::drift_document(&found);
        match self.format {
            Format::Json => terminal.print_json(&document)?,
            Format::Text => terminal.print(&report::drift_text(&document))?,
            Format::Xml => return Err(CliError::Wrong("--verify prints text or json".to_owned())),
        }
        Ok(if document.holds { Outcome::Clear } else { Outcome::Blocked })
    }
}

#[expect(clippy::disallowed_methods, reason = "the lock is named on the command line")]
fn read(path: &Path) -> Result<Lock, CliError> {
    let text = fs::read_to_string(path).map_err(|source| CliError::File { path: path.to_owned(), source })?;
    read_lock(&text).map_err(|error| match error {
        LockError::Json(error) => CliError::of_json(
            path,
            &text,
            &error,
            "give the file that `portolan baseline --lock` wrote, unchanged",
        ),
        error => CliError::Wrong(format!("{}: {error}", path.display())),
    })
}

/// The baselines with their vendors: of the last divisions, or of all hosts of each vendor. `None`
/// where one of them has none.
fn chosen_baselines<'b>(
    baselines: &'b ClusterBaselines,
    ladders: Option<&'b [Ladder]>,
) -> Option<Vec<(&'b str, &'b ClusterBaseline)>> {
    let Some(ladders) = ladders else {
        let each = baselines.groups.iter();
        return each.map(|group| Some((group.vendor.as_str(), group.baseline.as_ref().ok()?))).collect();
    };
    let groups = ladders.iter().flat_map(|ladder| {
        let last = ladder.rungs.last().into_iter().flat_map(|rung| &rung.groups);
        last.map(move |group| (ladder.vendor.as_str(), &group.baseline))
    });
    groups.map(|(vendor, baseline)| Some((vendor, baseline.as_ref().ok()?))).collect()
}

/// The CPUs there are, of the last divisions or of all hosts of each vendor.
fn xml(baselines: &ClusterBaselines, ladders: Option<&[Ladder]>) -> String {
    let whole = baselines.groups.iter().map(|group| &group.baseline);
    let last = |ladder: &Ladder| ladder.rungs.last().map(|rung| rung.groups.clone()).unwrap_or_default();
    let groups: Vec<_> = ladders.unwrap_or_default().iter().flat_map(last).collect();
    let cpus: Vec<_> = match ladders {
        Some(_) => groups.iter().filter_map(|group| group.baseline.as_ref().ok()).collect(),
        None => whole.filter_map(|baseline| baseline.as_ref().ok()).collect(),
    };
    cpus.into_iter().map(|baseline| to_xml(&baseline.definition)).collect()
}

/// The cluster's ARM hosts, compared with one another.
pub(super) fn arm_hosts(cluster: &Cluster) -> Option<report::ArmRecord> {
    arm_record(&Chosen::of(cluster, &[]), (cluster, &[]))
}

/// The chosen ARM hosts, which are of these clusters, compared with one another.
fn arm_record(chosen: &Chosen<'_>, (cluster, others): (&Cluster, &[Cluster])) -> Option<report::ArmRecord> {
    let clusters = others.iter().chain([cluster]);
    let places: Vec<_> = clusters.map(|cluster| (cluster, Places::new(&cluster.sources))).collect();
    let locate = |host: &str, place: Place| {
        let own = places.iter().find(|(cluster, _)| cluster.hosts.iter().any(|one| one.name == host));
        own.map(|(_, places)| places.locate(place).to_string()).unwrap_or_default()
    };
    report::arm_record(&arm_groups(&chosen.arm()), &locate)
}

/// The baselines of the cluster's hosts, ARM hosts left out.
pub(super) fn baselines(cluster: &Cluster) -> ClusterBaselines {
    cluster_baselines(&Chosen::of(cluster, &[]).x86().hosts)
}
