//! `portolan baseline`

use clap::{Args, ValueEnum};

use super::Outcome;
use super::error::CliError;
use super::inventory::Inventory;
use super::output::Terminal;
use crate::cpu::arm::{ArmGroups, ArmHost, arm_groups};
use crate::cpu::x86::{ClusterBaselines, ClusterInput, cluster_baselines};
use crate::knowledge::x86::map_of;
use crate::model::{Arch, Cluster};
use crate::report;

/// Compute the x86 CPU that every host can give, and what each host loses under it
///
/// One baseline for each vendor, for no guest moves live between vendors. ARM hosts have none: libvirt cannot describe
/// their CPUs by a model; for them it says which are near enough to one another.
#[derive(Args)]
pub(super) struct Baseline {
    #[command(flatten)]
    inventory: Inventory,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// libvirt's XML, one <cpu> for each vendor
    Xml,
}

impl Baseline {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let cluster = self.inventory.read()?;
        let document = report::baseline_document(&cluster.name, &baselines(&cluster), &arm_hosts(&cluster));
        match self.format {
            Format::Text => terminal.print(&report::baseline_text(&document))?,
            Format::Json => terminal.print_json(&document)?,
            Format::Xml => {
                let all: String =
                    document.baselines.iter().filter_map(|baseline| baseline.xml.clone()).collect();
                terminal.print(&all)?;
            }
        }
        let found = document.left_out.is_empty()
            && document.baselines.iter().all(|baseline| baseline.model.is_some());
        Ok(if found { Outcome::Clear } else { Outcome::Blocked })
    }
}

/// The cluster's ARM hosts, compared with one another.
pub(super) fn arm_hosts(cluster: &Cluster) -> ArmGroups {
    let arm = cluster.hosts.iter().filter(|host| host.platform.arch.value().is_some_and(Arch::is_arm));
    arm_groups(&arm.map(|host| ArmHost { name: &host.name, platform: &host.platform }).collect::<Vec<_>>())
}

/// The baselines of the cluster's hosts, ARM hosts left out.
pub(super) fn baselines(cluster: &Cluster) -> ClusterBaselines {
    let x86 = cluster.hosts.iter().filter(|host| host.platform.arch.value().is_none_or(Arch::is_x86));
    let inputs =
        x86.map(|host| ClusterInput { name: &host.name, platform: &host.platform, map: map_of(host) });
    cluster_baselines(&inputs.collect::<Vec<_>>())
}
