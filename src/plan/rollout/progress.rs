//! The cluster as it is when a stage has been carried out.

use std::collections::BTreeMap;

use crate::compat::HostIndex;
use crate::model::{Cluster, CpuMap, Fact, Host, Intent, Known, Platform, Shape};
use crate::plan::mode::MoveMode;
use crate::plan::moves::{Move, Plan};

/// What a host offers after it was down.
#[derive(Clone, Debug)]
pub struct After {
    /// Its platform.
    pub platform: Platform,
    /// The CPU map that comes with it.
    pub cpu_map: Option<std::sync::Arc<CpuMap>>,
}

/// What hosts offer after their upgrade, by the first host of `like` that has the same processor; what no host of them has, offers what it
/// does now.
///
/// # Errors
/// The name of `like` that is no host of the cluster.
pub fn after_upgrade(cluster: &Cluster, like: &[String]) -> Result<BTreeMap<HostIndex, After>, String> {
    let models: Result<Vec<&Host>, String> =
        like.iter().map(|name| cluster.host(name).ok_or_else(|| name.clone())).collect();
    let models = models?;
    let same = |one: &Host, other: &Host| match (one.platform.cpu.signature.value(), &one.platform.cpu.model)
    {
        (Some(signature), _) => other.platform.cpu.signature.value() == Some(signature),
        (None, model) => model.value().is_some() && model.value() == other.platform.cpu.model.value(),
    };
    let of = |(at, host): (HostIndex, &Host)| {
        let model = models.iter().find(|model| same(host, model))?;
        Some((at, After { platform: model.platform.clone(), cpu_map: model.cpu_map.clone() }))
    };
    Ok(cluster.hosts.iter().enumerate().filter_map(of).collect())
}

/// Carries out the moves of a plan. A guest that was stopped for its move runs as nothing collected tells any more: it counts as shut
/// off. Guests that were rebuilt have other definitions by then; what tells that they stay is returned.
pub(super) fn carry_out(cluster: &mut Cluster, plan: &Plan) -> Vec<Intent> {
    let mut rebuilt = Vec::new();
    for one in plan.moves() {
        settle(cluster, one);
        let guest = &mut cluster.guests[one.guest];
        if one.stops {
            guest.running = false;
            guest.live = None;
            guest.live_storage = None;
            guest.live_machine = None;
            guest.live_reliance = None;
            guest.requirements.live_cpu = None;
            guest.requirements.live_shape = Shape::default();
        }
        if one.mode == MoveMode::Rebuild {
            rebuilt.push(guest.name.clone());
        }
    }
    if rebuilt.is_empty() { Vec::new() } else { vec![Intent::Pin(rebuilt)] }
}

/// The guest is on the other host, and in what was listed there, and no longer where it was.
fn settle(cluster: &mut Cluster, one: &Move) {
    let name = cluster.guests[one.guest].name.clone();
    cluster.guests[one.guest].host = Some(cluster.hosts[one.to].name.clone());
    let Some(from) = one.from else { return };
    let is_it = |resident: &crate::model::Resident| resident.name.value == name;
    let residents = &mut cluster.hosts[from].residents;
    let (gone, stay): (Vec<_>, Vec<_>) = residents.drain(..).partition(is_it);
    *residents = stay;
    cluster.hosts[one.to].residents.extend(gone);
    let listed = take(&mut cluster.hosts[from].states, |listed| listed.name == name);
    if let Fact::Known(states) = &mut cluster.hosts[one.to].states {
        states.value.extend(listed);
    }
}

/// What a list that is known has of it.
fn take<T>(list: &mut Fact<Vec<Known<T>>>, is_it: impl Fn(&T) -> bool) -> Vec<Known<T>> {
    let Fact::Known(list) = list else { return Vec::new() };
    let (gone, stay) = list.value.drain(..).partition(|one| is_it(&one.value));
    list.value = stay;
    gone
}
