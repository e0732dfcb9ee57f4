//! How many ARM cores would take the x86 guests that may be rebuilt.

use super::cores::cores;
use super::room::Room;
use crate::compat::{Answer, GuestIndex, HostIndex};
use crate::model::{Arch, Host, Memory};
use crate::plan::capacity::{Amount, capacity};
use crate::plan::needs::Needs;

/// What x86 guests would take of ARM hosts, in sums. That a vCPU of theirs has a thread for itself is not supposed: both
/// sides are counted with the cluster's overcommitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmSizing {
    /// What an x86 thread of a core with SMT is taken for, in thousandths of an ARM core. One without is taken for a core.
    pub core_per_thread: u32,
    /// The guests that may be rebuilt on an ARM host of the inventory, and whose needs are known.
    pub guests: Vec<GuestIndex>,
    /// The vCPUs of these.
    pub vcpus: u64,
    /// How many of the vCPUs are on hosts with SMT.
    pub smt_vcpus: u64,
    /// The memory of these, with overhead.
    pub memory: Memory,
    /// The guests of which something is not known, and what.
    pub unknown: Vec<(GuestIndex, String)>,
    /// What the latter take at most, with a core for each vCPU; `None` where even that is not known.
    pub unknown_at_most: Option<Room>,
    /// What each ARM host offers; or what is not known of it.
    pub offers: Vec<(HostIndex, Result<ArmOffer, String>)>,
}

/// What an ARM host offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArmOffer {
    /// Its cores.
    pub cores: u64,
    /// What is free: memory, and vCPUs of a core each, with overcommitment.
    pub free: Room,
}

impl ArmSizing {
    /// What the guests take, in thousandths of vCPUs that have an ARM core each, where a thread with SMT is taken for so
    /// many thousandths of one.
    pub fn cores_at(&self, core_per_thread: u32) -> u64 {
        let whole = self.vcpus.saturating_sub(self.smt_vcpus).saturating_mul(1000);
        whole.saturating_add(self.smt_vcpus.saturating_mul(u64::from(core_per_thread)))
    }

    /// The sum of what is offered.
    pub fn offered(&self) -> ArmOffer {
        let known = self.offers.iter().filter_map(|(_, offer)| offer.as_ref().ok());
        known.fold(ArmOffer::default(), |sum, offer| ArmOffer {
            cores: sum.cores.saturating_add(offer.cores),
            free: sum.free.plus(offer.free),
        })
    }

    /// Whether the sums fit; `None` where what is not known decides it.
    pub fn fits(&self) -> Option<bool> {
        let offered = self.offered().free;
        let fits = |memory: Memory, cores: u64| {
            memory <= offered.memory && cores <= offered.vcpus.saturating_mul(1000)
        };
        let cores = self.cores_at(self.core_per_thread);
        if !fits(self.memory, cores) {
            return self.offers.iter().all(|(_, offer)| offer.is_ok()).then_some(false);
        }
        let most = self.unknown_at_most?;
        let more = most.vcpus.saturating_mul(u64::from(self.core_per_thread.max(1000)));
        fits(self.memory.plus(most.memory), cores.saturating_add(more)).then_some(true)
    }
}

/// The sums; `None` where the cluster has no ARM hosts.
pub(super) fn sizing(needs: &Needs<'_>, core_per_thread: u32) -> Option<ArmSizing> {
    let hosts = &needs.cluster.hosts;
    let is_arm = |host: &Host| host.platform.arch.value().is_some_and(Arch::is_arm);
    let arm: Vec<HostIndex> = (0..hosts.len()).filter(|&host| is_arm(&hosts[host])).collect();
    let mut sizing = ArmSizing {
        core_per_thread,
        guests: Vec::new(),
        vcpus: 0,
        smt_vcpus: 0,
        memory: Memory::default(),
        unknown: Vec::new(),
        unknown_at_most: Some(Room::default()),
        offers: arm.iter().map(|&host| (host, offer(needs, host))).collect(),
    };
    for guest in 0..needs.homes.len() {
        sizing.add(needs, guest, &arm);
    }
    (!arm.is_empty()).then_some(sizing)
}

impl ArmSizing {
    /// Adds a guest that may be rebuilt on one of these hosts.
    fn add(&mut self, needs: &Needs<'_>, guest: GuestIndex, arm: &[HostIndex]) {
        if !needs.guest(guest).requirements.arch.value().is_some_and(Arch::is_x86) {
            return;
        }
        let rebuild = arm.iter().map(|&host| needs.verdicts.assess(guest, host).rebuild).min();
        match rebuild.unwrap_or(Answer::No) {
            Answer::No => {}
            Answer::Unknown => self.doubt(needs, guest, "whether it can be rebuilt is not known".to_owned()),
            Answer::Yes => match need(needs, guest) {
                Ok((amount, has_smt)) => {
                    self.guests.push(guest);
                    self.vcpus = self.vcpus.saturating_add(amount.vcpus);
                    self.smt_vcpus = self.smt_vcpus.saturating_add(if has_smt { amount.vcpus } else { 0 });
                    self.memory = self.memory.plus(amount.memory);
                }
                Err(unknown) => self.doubt(needs, guest, unknown),
            },
        }
    }

    fn doubt(&mut self, needs: &Needs<'_>, guest: GuestIndex, unknown: String) {
        self.unknown.push((guest, unknown));
        let most = self.unknown_at_most.zip(needs.guests[guest].as_ref().ok());
        self.unknown_at_most = most.map(|(sum, need)| sum.plus(Room::from(*need)));
    }
}

/// What a guest takes now, and whether its host has SMT.
fn need(needs: &Needs<'_>, guest: GuestIndex) -> Result<(Amount, bool), String> {
    let amount = needs.guests[guest].clone()?;
    let home = needs.homes[guest]
        .ok_or("it is on no host of the inventory, which would tell whether its vCPUs are threads")?;
    let cores = cores(needs.cluster, &needs.cluster.hosts[home]);
    let cores = cores.map_err(|unknown| format!("'{}': {unknown}", needs.host_name(home)))?;
    Ok((amount, cores.has_smt()))
}

/// What is free of an ARM host, in cores of its own.
fn offer(needs: &Needs<'_>, host: HostIndex) -> Result<ArmOffer, String> {
    let (cluster, one) = (needs.cluster, &needs.cluster.hosts[host]);
    let cores = cores(cluster, one)?.cores;
    let all = capacity(one, &cluster.settings)?;
    let vcpus = cores.saturating_mul(cluster.settings.cpu_overcommit_percent) / 100;
    let used = needs
        .homes
        .iter()
        .zip(&needs.guests)
        .filter(|(home, _)| **home == Some(host))
        .map(|(_, need)| need.clone());
    let used =
        used.collect::<Result<Vec<Amount>, String>>()?.into_iter().fold(Amount::default(), Amount::plus);
    Ok(ArmOffer { cores, free: Room::from(Amount { vcpus, ..all }.minus(used)) })
}
