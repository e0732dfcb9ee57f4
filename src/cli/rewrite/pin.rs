//! `portolan rewrite --baseline` and `portolan rewrite --cpu`

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::rewritten::{Rewritten, Told};
use super::source;
use crate::cli::error::CliError;
use crate::cli::inventory::guests;
use crate::cli::members::Chosen;
use crate::cpu::x86::virsh::any_input;
use crate::cpu::x86::{ClusterInput, Definition, PinGroup, cluster_baselines, ladders, read_lock};
use crate::ingest::{self, CpuInput, read_cpu_inputs};
use crate::model::{Cluster, Guest};
use crate::report;
use crate::rewrite::{PinOutcome, PinRefusal, PinnedCpu, pin_guest, pin_text, pinned_on};

/// Which baselines an inventory's guests are pinned to.
pub(super) enum Baselines<'b> {
    /// Of all hosts of each vendor, or of the last division into at most so many CPU groups.
    Computed(Option<usize>),
    /// Those of a lock.
    Locked(&'b Path),
}

/// Pins guests of an inventory; all where none is named, without those that no baseline concerns.
pub(super) fn of_inventory(
    path: &Path,
    names: &[String],
    baselines: &Baselines<'_>,
) -> Result<Vec<Rewritten>, CliError> {
    let cluster = ingest::read(path)?;
    let targets = targets(&cluster, baselines)?;
    let one = |guest: usize| {
        let guest = &cluster.guests[guest];
        let source = cluster.sources.get(guest.source);
        let outcome = pin_guest(guest, &source.text, &targets);
        let concerns = !names.is_empty() || !outcome.as_ref().is_err_and(PinRefusal::is_of_no_concern);
        concerns.then(|| told(&guest.name, Some(guest), (&source.path, &source.text), &outcome))
    };
    Ok(guests(&cluster, names)?.into_par_iter().filter_map(one).collect())
}

/// The CPU that a guest is pinned to when it comes to the hosts called `to`: by the baseline that all of them have.
pub(super) fn on_hosts(
    guest: &Guest,
    to: &[String],
    groups: &[PinGroup<'_>],
) -> Result<Option<PinnedCpu>, CliError> {
    let group = groups.iter().find(|group| to.iter().all(|host| group.has(host)));
    let host = to.first().map_or("", String::as_str);
    if group.is_none() && groups.iter().any(|group| group.has(host)) {
        return Err(CliError::Wrong(format!(
            "{} are of several CPU groups, which share no baseline",
            to.join(", ")
        )));
    }
    let wrong = |refusal: PinRefusal| CliError::Wrong(format!("{}: {refusal}", guest.name));
    pinned_on(guest, host, group.map_or(&[], std::slice::from_ref)).map_err(wrong)
}

/// Pins the guests of these files to the CPU, or the one of several, in the file `cpu`.
pub(super) fn of_files(files: &[PathBuf], cpu: &Path) -> Result<Vec<Result<Rewritten, CliError>>, CliError> {
    let baselines = definitions(&cpu.display().to_string(), &text(cpu)?)?;
    Ok(files.par_iter().map(|path| of_file(path, &baselines)).collect())
}

fn of_file(path: &Path, baselines: &[Definition]) -> Result<Rewritten, CliError> {
    let (from, old) = (source::shown(path), source::read(path)?);
    let found = inputs(&from, &old)?;
    let outcome = pin_text(&old, found.first().map(|input| &input.cpu), baselines);
    if let Err(PinRefusal::Rewrite(error)) = &outcome {
        return Err(source::refused(path, &old, error));
    }
    Ok(told(&source::guest_name(path, &old), None, (&from, &old), &outcome))
}

/// What became of the guest, whose definition was read `from` somewhere.
fn told(
    name: &str,
    guest: Option<&Guest>,
    (from, old): (&str, &str),
    outcome: &Result<PinOutcome, PinRefusal>,
) -> Rewritten {
    let document = report::pin_document(name, guest, old, outcome);
    let blocked = outcome.is_err() || document.notices.iter().any(|notice| notice.blocks);
    let (name, from, old) = (name.to_owned(), from.to_owned(), old.to_owned());
    Rewritten { name, from, old, told: Told::Pin(Box::new(document)), blocked }
}

/// The baselines with the hosts that they are for.
pub(super) fn targets<'c>(cluster: &'c Cluster, from: &Baselines<'_>) -> Result<Vec<PinGroup<'c>>, CliError> {
    let members = Chosen::of(cluster, &[]).x86();
    let target = |names: &[String], baseline: Definition| {
        let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let is_one = |host: &&ClusterInput<'_>| names.contains(host.name);
        let hosts: Vec<ClusterInput<'c>> = members.hosts.iter().filter(is_one).copied().collect();
        PinGroup::new(baseline, &hosts)
    };
    Ok(match from {
        Baselines::Computed(None) => {
            let groups = cluster_baselines(&members.hosts).groups.into_iter();
            groups.filter_map(|one| Some(target(&one.hosts, one.baseline.ok()?.definition))).collect()
        }
        Baselines::Computed(Some(most)) => {
            let ladders = ladders(&members.hosts, &members.guests, *most);
            let last = ladders.into_iter().filter_map(|mut ladder| ladder.rungs.pop());
            let groups = last.flat_map(|rung| rung.groups);
            groups.filter_map(|one| Some(target(&one.hosts, one.baseline.ok()?.definition))).collect()
        }
        Baselines::Locked(path) => {
            let shown = path.display().to_string();
            let lock =
                read_lock(&text(path)?).map_err(|error| CliError::Wrong(format!("{shown}: {error}")))?;
            let mut all = Vec::new();
            for locked in &lock.baselines {
                let names: Vec<String> = locked.hosts.iter().map(|host| host.name.clone()).collect();
                for baseline in definitions(&shown, &locked.xml)? {
                    all.push(target(&names, baseline));
                }
            }
            all
        }
    })
}

/// The CPUs that a text names; each must name a model.
fn definitions(path: &str, text: &str) -> Result<Vec<Definition>, CliError> {
    let found = inputs(path, text)?;
    let wrong = |why: String| CliError::Wrong(format!("{path}: {why}"));
    let each = found.iter().map(|input| any_input(input).map_err(wrong));
    let all: Vec<Definition> = each.collect::<Result<_, _>>()?;
    if all.is_empty() || all.iter().any(|cpu| cpu.model.is_none()) {
        return Err(wrong(
            "no <cpu> with a <model>; `portolan baseline --format xml` prints such a one".to_owned(),
        ));
    }
    Ok(all.into_iter().map(as_guests).collect())
}

/// A host's CPU as a guest's: each feature that it lists is required.
fn as_guests(cpu: Definition) -> Definition {
    let features = cpu.features.iter();
    let features = features.map(|one| crate::model::CpuFeature { policy: cpu.policy(one), ..one.clone() });
    Definition { features: features.collect(), side: crate::cpu::x86::Side::Guest, arch: None, ..cpu }
}

fn inputs(path: &str, text: &str) -> Result<Vec<CpuInput>, CliError> {
    read_cpu_inputs(path, text).map_err(crate::cli::cpu::wrong)
}

#[expect(clippy::disallowed_methods, reason = "the files are named on the command line")]
fn text(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|source| CliError::File { path: path.to_owned(), source })
}
