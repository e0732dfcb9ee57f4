//! `portolan plan`

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;

use super::Outcome;
use super::baseline::{arm_hosts, baselines};
use super::error::CliError;
use super::format::Format;
use super::html::html;
use super::inventory::{Inventory, Policy};
use super::leftovers;
use super::output::{Terminal, file_name, json, write_file, write_file_by};
use super::preparations::preparations;
use super::rollout;
use super::verify::read_plan;
use crate::compat::{Chart, GuestIndex, HostIndex, Reach};
use crate::model::{Arch, Cluster, Intent};
use crate::plan::{
    IntentRecord, PlanDocument, Since, afterwards, plan, plan_since, to_document, to_json, verify, write_json,
};
use crate::report::{self, BaselineDocument, Places, Selection, Standings, Told, Wanted};
use crate::rewrite::{Profile, Rewrite, Wish, rewrite_guest};

/// What each intent asks for, in lines that fit where they stand in the help on 80 columns.
const INTENTS: &str = "\
What is wanted (may be given several times):

drain HOST…: all guests leave these hosts
evacuate HOST…: these hosts are emptied group by group, and after
  each group has been down its guests come back
upgrade HOST…: as evacuate, but guests are not moved back, and the
  hosts may offer something else afterwards
adopt HOST…: guests come to these hosts, as far as they may run there
balance HOST…: these hosts become about as full as one another
relieve HOST…: none of these hosts holds more than it can
move GUEST… to HOST: these guests go to this host, and to no other
ban HOST…: no guest comes to these hosts; those there may stay
pin GUEST…: these guests stay where they are";

/// Check, compute baselines, rewrite and plan; write all of it into a folder of reports
///
/// Intents are taken from the command line, else from the inventory's cluster.toml. What cannot move is left out with all
/// reasons, and the rest is planned all the same.
#[derive(Args)]
pub(super) struct Plan {
    #[command(flatten)]
    inventory: Inventory,
    #[command(flatten)]
    policy: Policy,
    /// What is wanted: 'drain HOST…', 'adopt HOST…', 'upgrade HOST…', 'evacuate HOST…', 'balance HOST…', 'relieve HOST…', 'move GUEST… to HOST', 'ban HOST…' or 'pin GUEST…' (may be given several times)
    #[arg(long = "intent", value_name = "INTENT", long_help = INTENTS)]
    intents: Vec<Intent>,
    /// An older plan (plan.json), part of which is carried out: what it has moved stays, the rest changes as little as can be;
    /// without --intent its intents hold
    #[arg(long, value_name = "PLAN")]
    since: Option<PathBuf>,
    /// The folder to write into [default: reports/CLUSTER]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Plan {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let cluster = self.inventory.read_with(&self.policy, terminal)?;
        let older = self.since.as_deref().map(read_plan).transpose()?;
        let intents = self.wanted(&cluster, older.as_ref())?;
        let folder =
            self.output.clone().unwrap_or_else(|| Path::new("reports").join(file_name(&cluster.name)));
        if intents.iter().any(Intent::takes_down) {
            if older.is_some() {
                return Err(CliError::Wrong(
                    "hosts are taken down from what is there: leave --since out".to_owned(),
                ));
            }
            return rollout::run(&cluster, &intents, &folder, (self.format, terminal));
        }
        let chart = terminal.during("judging guests and hosts", || Chart::new(&cluster));
        let document = terminal.during("planning", || planned(&chart, &intents, older.as_ref()))?;
        let written =
            terminal.during("writing reports", || Reports::new(&chart, &document).write(&folder))?;
        leftovers::tell(&folder, &written, terminal);
        match self.format {
            Format::Text => {
                let text = report::plan_text(&document, terminal.detail);
                terminal.print(&text)?;
                terminal.print(&unasked(&chart, &document))?;
                terminal.print(&report::stuck_text(&chart))?;
                terminal.print(&ended(&document))?;
                terminal.print(&format!(
                    "\n{} is the report, for a browser; it is one of {} files\n",
                    folder.join("report.html").display(),
                    written.len()
                ))?;
            }
            Format::Json => terminal.print_as_it_is(&to_json(&document)?)?,
        }
        Ok(if document.left_out.is_empty() { Outcome::Clear } else { Outcome::Blocked })
    }
}

impl Plan {
    /// The intents of the command line, else those of the older plan, else those of cluster.toml.
    fn wanted(&self, cluster: &Cluster, older: Option<&PlanDocument>) -> Result<Vec<Intent>, CliError> {
        if !self.intents.is_empty() {
            return Ok(self.intents.clone());
        }
        let Some(older) = older else { return Ok(cluster.settings.intents.clone()) };
        let of = |one: &IntentRecord| Intent::new(&one.intent, one.hosts.clone(), one.guests.clone());
        let intents: Result<_, _> = older.intents.iter().map(of).collect();
        intents.map_err(|error| CliError::Wrong(format!("the older plan: {error}")))
    }
}

/// How many guests nothing is asked of; nothing where there are none.
fn unasked(chart: &Chart<'_>, plan: &PlanDocument) -> String {
    match chart.cluster.guests.len().saturating_sub(plan.guests().len()) {
        0 => String::new(),
        1 => "\n1 guest is not asked to move\n".to_owned(),
        several => format!("\n{several} guests are not asked to move\n"),
    }
}

/// Why the exit code is not 0; nothing where it is.
fn ended(plan: &PlanDocument) -> String {
    match plan.left_out.len() {
        0 => String::new(),
        1 => "\nExit code 1: a guest is left out\n".to_owned(),
        several => format!("\nExit code 1: {several} guests are left out\n"),
    }
}

/// The plan for `intents`, replayed by the verifier before anybody sees it.
fn planned(
    chart: &Chart<'_>,
    intents: &[Intent],
    older: Option<&PlanDocument>,
) -> Result<PlanDocument, CliError> {
    if intents.is_empty() {
        let what = "nothing is wanted: name an intent, such as --intent 'drain HOST', or write one into cluster.toml";
        return Err(CliError::Wrong(what.to_owned()));
    }
    let prepare = |guest, host, mode| preparations(chart, (guest, host), mode);
    let found = match older {
        Some(older) => plan_since(chart, intents, &Since::of(chart.cluster, older), &prepare),
        None => plan(chart, intents, &prepare),
    };
    let found = found.map_err(|error| CliError::of_plan(&error, chart.cluster))?;
    let document = to_document(&found, chart.cluster);
    let violations = verify(chart, &document);
    if violations.is_empty() {
        return Ok(document);
    }
    let list: Vec<_> = violations.iter().map(ToString::to_string).collect();
    Err(CliError::Wrong(format!("the plan does not hold and was not written: {}", list.join("; "))))
}

/// Everything that the reports are made of.
struct Reports<'r> {
    chart: &'r Chart<'r>,
    plan: &'r PlanDocument,
    standings: Standings,
    rewritten: Vec<Rewritten>,
}

/// A guest's domain XML for the host that it is to go to.
struct Rewritten {
    guest: GuestIndex,
    profile: Profile,
    rewrite: Rewrite,
    diff: String,
}

impl<'r> Reports<'r> {
    fn new(chart: &'r Chart<'r>, plan: &'r PlanDocument) -> Self {
        let cluster = chart.cluster;
        let standings = Standings::new(chart, &Selection::all(cluster), Standings::PAIRS);
        let (goals, named) = (goals(cluster, plan), plan.guests());
        // Of a large cluster the guests that the plan speaks of: nobody asked for files of the others.
        let asked = |&guest: &GuestIndex| {
            standings.tell_of_each() || named.contains(cluster.guests[guest].name.as_str())
        };
        let guests: Vec<GuestIndex> = (0..cluster.guests.len()).filter(asked).collect();
        let rewritten = guests.into_par_iter().filter_map(|guest| {
            let host = target(chart, &goals, guest)?;
            let (profile, rewrite) =
                rewrite_guest(cluster, &cluster.guests[guest], &[&cluster.hosts[host]], &Wish::default())
                    .ok()?;
            if rewrite.edits.is_empty() {
                return None;
            }
            let diff = diff(cluster, guest, &rewrite);
            Some(Rewritten { guest, profile, rewrite, diff })
        });
        let rewritten = rewritten.collect();
        Self { chart, plan, standings, rewritten }
    }

    /// Writes every report; which files these are.
    fn write(&self, folder: &Path) -> Result<BTreeSet<String>, CliError> {
        let files = self.files()?;
        for (name, text) in &files {
            write_file(&folder.join(name), text)?;
        }
        write_file_by(&folder.join("plan.json"), |file| write_json(self.plan, BufWriter::new(file)))?;
        Ok(files.into_keys().chain(["plan.json".to_owned()]).collect())
    }

    /// Every report but the plan itself, by its path.
    fn files(&self) -> Result<BTreeMap<String, String>, CliError> {
        let cluster = self.chart.cluster;
        let places = Places::new(&cluster.sources);
        let all = Selection::all(cluster);
        let findings = report::findings(self.chart, (&all, &self.standings), &places);
        let baseline = report::baseline_document(&cluster.name, &baselines(cluster), arm_hosts(cluster));
        let hosts = report::hosts_document(cluster, &places);
        let rewritten: Vec<_> = self.rewritten.iter().map(|one| self.document(one)).collect();
        let page = self.page(&baseline)?;
        let verdicts = report::verdicts_csv(self.chart, &self.standings, &places);
        let told = Told {
            chart: self.chart,
            standings: &self.standings,
            findings: &findings,
            hosts: &hosts,
            baseline: &baseline,
            plan: self.plan,
            rewritten: &rewritten,
            places: &places,
        };
        let mut files = BTreeMap::from([
            ("findings.json".to_owned(), json(&findings)?),
            ("hosts.json".to_owned(), json(&hosts)?),
            ("baseline.json".to_owned(), json(&baseline)?),
            ("graph.dot".to_owned(), report::dot(self.chart, &Reach::new(self.chart))),
            ("report.md".to_owned(), report::markdown(&told)),
            ("moves.csv".to_owned(), report::plan_csv(self.plan)),
            ("verdicts.csv".to_owned(), verdicts),
        ]);
        files.extend(page);
        for one in &baseline.baselines {
            files.extend(one.xml.clone().map(|xml| (format!("baseline/{}.xml", file_name(one.stem())), xml)));
        }
        for one in &self.rewritten {
            files.extend(self.guest_files(one));
        }
        Ok(files)
    }

    /// `report.html` and the pictures.
    fn page(&self, baseline: &BaselineDocument) -> Result<BTreeMap<String, String>, CliError> {
        let with_diff = |one: &Rewritten| (self.document(one).0, one.diff.clone());
        let rewritten: Vec<_> = self.rewritten.iter().map(with_diff).collect();
        let then = (self.plan.figures.moves > 0).then(|| afterwards(self.chart, self.plan));
        html(self.chart, (Wanted::Plan(self.plan), then.as_ref()), baseline, &rewritten)
    }

    fn document(&self, one: &Rewritten) -> (report::RewriteDocument, String) {
        let guest = &self.chart.cluster.guests[one.guest];
        let old = &self.chart.cluster.sources.get(guest.source).text;
        let document = report::rewrite_document(&guest.name, old, &one.profile, &one.rewrite);
        (document, one.rewrite.budget.to_string())
    }

    fn guest_files(&self, one: &Rewritten) -> [(String, String); 2] {
        let name = file_name(&self.chart.cluster.guests[one.guest].name);
        [
            (format!("guests/{name}.xml"), one.rewrite.text.clone()),
            (format!("guests/{name}.diff"), one.diff.clone()),
        ]
    }
}

/// What a rewrite changes, line by line.
fn diff(cluster: &Cluster, guest: GuestIndex, rewrite: &Rewrite) -> String {
    let guest = &cluster.guests[guest];
    let old = &cluster.sources.get(guest.source).text;
    report::diff(&format!("{}.xml", file_name(&guest.name)), old, &rewrite.text)
}

/// Where the plan moves guests, by their names and the hosts that they leave: first to that host.
type Goals<'p> = BTreeMap<(&'p str, Option<&'p str>), HostIndex>;

fn goals<'p>(cluster: &Cluster, plan: &'p PlanDocument) -> Goals<'p> {
    let hosts = cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at));
    let hosts: BTreeMap<&str, HostIndex> = hosts.rev().collect();
    let moves = plan.waves.iter().flatten().rev();
    moves.filter_map(|m| Some(((m.guest.as_str(), m.from.as_deref()), *hosts.get(m.to.as_str())?))).collect()
}

/// The ARM host to rewrite a guest for: where the plan moves it, else where it is, else the first it can be rebuilt for; of an ARM guest on
/// no host the first there is.
fn target(chart: &Chart<'_>, goals: &Goals<'_>, guest: GuestIndex) -> Option<HostIndex> {
    let cluster: &Cluster = chart.cluster;
    let is_arm = |&host: &HostIndex| cluster.hosts[host].platform.arch.value().is_some_and(Arch::is_arm);
    let one = &cluster.guests[guest];
    let moved = goals.get(&(one.name.as_str(), one.host.as_deref())).copied();
    let rebuilt = || chart.targets(guest).into_iter().find(|(_, v)| *v == crate::compat::Verdict::Rebuild);
    let found = moved.filter(is_arm).or_else(|| chart.home(guest).filter(is_arm));
    let nowhere = || {
        let of_arm = one.host.is_none() && one.requirements.arch.value().is_some_and(Arch::is_arm);
        (0..cluster.hosts.len()).find(is_arm).filter(|_| of_arm)
    };
    found.or_else(|| rebuilt().map(|(host, _)| host)).or_else(nowhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What 80 columns leave for the help of an option.
    const COLUMNS: usize = 70;

    #[test]
    fn every_intent_is_explained_where_it_is_asked_for() {
        let lines: Vec<&str> = INTENTS.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= COLUMNS), "{lines:?}");
        let told: Vec<&str> =
            lines.iter().filter_map(|line| line.split_once('…')?.0.split(' ').next()).collect();
        let all = ["drain", "evacuate", "upgrade", "adopt", "balance", "relieve", "move", "ban", "pin"];
        assert_eq!(told, all);
        for line in lines.iter().filter(|line| line.contains('…')) {
            let form = line.split(':').next().unwrap_or_default().replace('…', "");
            assert!(form.parse::<Intent>().is_ok(), "{form}");
        }
    }
}
