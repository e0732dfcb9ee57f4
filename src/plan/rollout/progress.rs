//! The cluster as it is when a stage has been carried out.

use std::collections::BTreeMap;

use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, CpuMap, Fact, Guest, Host, Known, Memory, Platform, Requirements, Shape};
use crate::plan::mode::MoveMode;
use crate::plan::moves::{Move, Plan};
use crate::plan::verdicts::Verdicts;

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

/// What guests need once they went live to other hosts.
pub(super) type Arrived = Vec<(GuestIndex, Requirements)>;

/// What the guests need that a plan moves live, where they are in the end.
pub(super) fn arrived(verdicts: &dyn Verdicts, plan: &Plan) -> Arrived {
    let lasting = plan.moves().filter(|one| one.mode == MoveMode::Live && !one.goes_on);
    lasting.filter_map(|one| Some((one.guest, verdicts.arrived(one.guest, one.to)?))).collect()
}

/// Carries out the moves of a plan. A guest that was stopped for its move runs as nothing collected tells any more: it counts as shut
/// off.
pub(super) fn carry_out(cluster: &mut Cluster, plan: &Plan, arrived: Arrived) {
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
    }
    for (guest, requirements) in arrived {
        cluster.guests[guest].requirements = requirements;
    }
}

/// The guest is on the other host, and in what was listed there, and no longer where it was.
fn settle(cluster: &mut Cluster, one: &Move) {
    let name = cluster.guests[one.guest].name.clone();
    cluster.guests[one.guest].host = Some(cluster.hosts[one.to].name.clone());
    take_pages(&cluster.guests[one.guest], &mut cluster.hosts[one.to]);
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

/// Huge pages of a guest that runs are not free any more where it came to. Those that it left are not told of as free: of which cell
/// they are is not known.
fn take_pages(guest: &Guest, host: &mut Host) {
    let (Some(memory), Fact::Known(free)) = (guest.memory.value(), &mut host.free_pages) else { return };
    let mut left: BTreeMap<Memory, u64> = BTreeMap::new();
    for free in free.value.iter_mut().filter(|_| guest.running) {
        let named =
            guest.requirements.hugepages.iter().any(|page| page.value.is_none_or(|size| size == free.size));
        if named && guest.cells.as_ref().is_none_or(|cells| cells.value.contains(&free.cell)) {
            let all = memory.as_kib().div_ceil(free.size.as_kib().max(1));
            let left = left.entry(free.size).or_insert(all);
            let taken = free.count.min(*left);
            (free.count, *left) = (free.count - taken, *left - taken);
        }
    }
}

/// What a list that is known has of it.
fn take<T>(list: &mut Fact<Vec<Known<T>>>, is_it: impl Fn(&T) -> bool) -> Vec<Known<T>> {
    let Fact::Known(list) = list else { return Vec::new() };
    let (gone, stay) = list.value.drain(..).partition(|one| is_it(&one.value));
    list.value = stay;
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Place, Span};

    // All hosts here are made up.
    fn host(name: &str, model: Option<&str>, place: Place) -> Host {
        let mut host = Host::unknown(name);
        if let Some(model) = model {
            host.platform.cpu.model = Fact::known(model.into(), place);
            host.platform.os = Fact::known(name.to_owned(), place);
        }
        host
    }

    #[test]
    fn hosts_become_like_one_with_the_same_processor() {
        let mut cluster = Cluster::default();
        let place = Place { source: cluster.sources.add("made", ""), span: Span::new(0, 0) };
        let all = [("old", Some("Haswell")), ("new", Some("Haswell")), ("amd", Some("EPYC")), ("dark", None)];
        cluster.hosts = all.map(|(name, model)| host(name, model, place)).into();
        let after = after_upgrade(&cluster, &["new".to_owned()]).expect("a host");
        assert_eq!(after.keys().copied().collect::<Vec<_>>(), [0, 1]);
        assert_eq!(after[&0].platform.os.value().map(String::as_str), Some("new"));
        assert_eq!(after_upgrade(&cluster, &["gone".to_owned()]).err(), Some("gone".to_owned()));
        assert!(after_upgrade(&cluster, &[]).expect("nothing is named").is_empty());
    }
}
