//! The cluster as it is when a stage has been carried out.

use std::collections::BTreeMap;

use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, CpuMap, Host, Platform, Requirements};
use crate::plan::huge_pages;
use crate::plan::mode::MoveMode;
use crate::plan::moves::Plan;
use crate::plan::settle::{forget_live, settle};
use crate::plan::verdicts::Verdicts;

/// What a host offers after it was down.
#[derive(Clone, Debug)]
pub struct After {
    /// Its platform.
    pub platform: Platform,
    /// The CPU map that comes with it.
    pub cpu_map: Option<std::sync::Arc<CpuMap>>,
}

impl After {
    /// The host offers this from now on.
    pub(in crate::plan) fn bring_to(&self, host: &mut Host) {
        host.platform.clone_from(&self.platform);
        host.cpu_map.clone_from(&self.cpu_map);
    }
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
    // Those that arrive may take what others leave. One that goes on has left its host once.
    for one in plan.moves() {
        if let Some(from) = one.from.filter(|&from| is_on(cluster, one.guest, from)) {
            huge_pages::leave(&cluster.guests[one.guest], &mut cluster.hosts[from]);
        }
    }
    for one in plan.moves() {
        if !one.goes_on {
            huge_pages::arrive(&cluster.guests[one.guest], &mut cluster.hosts[one.to]);
        }
        settle(cluster, one.guest, (one.from, one.to));
        let guest = &mut cluster.guests[one.guest];
        if one.stops {
            guest.running = false;
            forget_live(guest);
        }
    }
    for (guest, requirements) in arrived {
        cluster.guests[guest].requirements = requirements;
    }
}

fn is_on(cluster: &Cluster, guest: GuestIndex, host: HostIndex) -> bool {
    cluster.guests[guest].host.as_deref() == Some(cluster.hosts[host].name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fact;
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
