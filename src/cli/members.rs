//! The hosts and guests that a baseline is asked for.

use super::error::CliError;
use crate::cpu::arm::ArmHost;
use crate::cpu::x86::{ClusterInput, GuestInput, Members};
use crate::knowledge::x86::map_of;
use crate::model::{Arch, Cluster, Guest, Host, VirtType};

/// Hosts with the guests on them.
#[derive(Default)]
pub(super) struct Chosen<'c> {
    hosts: Vec<&'c Host>,
    guests: Vec<&'c Guest>,
}

impl<'c> Chosen<'c> {
    /// Those of the cluster, without the hosts of these names.
    pub(super) fn of(cluster: &'c Cluster, without: &[String]) -> Self {
        let stays = |name: &String| !without.contains(name);
        let on = |guest: &&Guest| guest.host.as_ref().is_some_and(stays);
        Self {
            hosts: cluster.hosts.iter().filter(|host| stays(&host.name)).collect(),
            guests: cluster.guests.iter().filter(on).collect(),
        }
    }

    /// Adds those of another inventory, whose hosts must have other names.
    pub(super) fn join(&mut self, other: &'c Cluster) -> Result<(), CliError> {
        if let Some(twice) =
            other.hosts.iter().find(|one| self.hosts.iter().any(|host| host.name == one.name))
        {
            return Err(CliError::Wrong(format!("the host '{}' is in both inventories", twice.name)));
        }
        self.hosts.extend(&other.hosts);
        self.guests.extend(&other.guests);
        self.hosts.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(())
    }

    /// The x86 ones. Hosts of unknown architecture are among them, to be told of.
    pub(super) fn x86(&self) -> Members<'c> {
        let hosts = self.hosts.iter().filter(|host| host.platform.arch.value().is_none_or(Arch::is_x86));
        let hosts =
            hosts.map(|host| ClusterInput { name: &host.name, platform: &host.platform, map: map_of(host) });
        Members {
            hosts: hosts.collect(),
            guests: self.guests.iter().filter_map(|guest| x86_guest(guest)).collect(),
        }
    }

    /// The ARM hosts.
    pub(super) fn arm(&self) -> Vec<ArmHost<'c>> {
        let arm = self.hosts.iter().filter(|host| host.platform.arch.value().is_some_and(Arch::is_arm));
        arm.map(|host| ArmHost { name: &host.name, platform: &host.platform }).collect()
    }
}

/// The guest, where it uses its host's x86 CPU: an emulated one does not.
fn x86_guest(guest: &Guest) -> Option<GuestInput<'_>> {
    let needs = &guest.requirements;
    let kvm = needs.virt_type.value().is_none_or(|kind| *kind == VirtType::Kvm);
    let x86 = needs.arch.value().is_some_and(Arch::is_x86);
    (x86 && kvm).then_some(())?;
    Some(GuestInput {
        name: &guest.name,
        host: guest.host.as_deref()?,
        stored: needs.cpu.as_ref().map(|cpu| &cpu.value),
        running: guest.running.then(|| needs.effective_cpu().map(|cpu| &cpu.value)),
    })
}
