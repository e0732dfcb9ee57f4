//! Lost hosts.

use super::document::{BarredRecord, BarringRecord, HostLossRecord, LeftRecord, PairsRecord, RestartRecord};
use crate::model::Cluster;
use crate::plan::review::{Barred, Left, Loss, Outcome, Why};

pub(super) fn loss_record(cluster: &Cluster, loss: &Loss) -> HostLossRecord {
    let restart = |&(guest, host): &(usize, usize)| RestartRecord {
        guest: cluster.guests[guest].name.clone(),
        to: cluster.hosts[host].name.clone(),
    };
    HostLossRecord {
        hosts: names(cluster, &loss.hosts),
        outcome: loss.outcome.as_str(),
        proven: loss.proven,
        restarts: loss.restarts.iter().map(restart).collect(),
        left: loss.left.iter().map(|left| left_record(cluster, left)).collect(),
    }
}

fn left_record(cluster: &Cluster, left: &Left) -> LeftRecord {
    let guest = cluster.guests[left.guest].name.clone();
    let blank = LeftRecord {
        guest,
        why: "no-host",
        hosts: Vec::new(),
        lacking_mib: None,
        lacking_vcpus: None,
        page_kib: None,
        kind: None,
        lacking: None,
        apart: None,
        apart_from: Vec::new(),
        unknown: Vec::new(),
    };
    match &left.why {
        Why::NoHost => blank,
        Why::Apart { group, from } => {
            let apart_from = from.iter().map(|&other| cluster.guests[other].name.clone()).collect();
            LeftRecord { why: "keep-apart", apart: Some(group.clone()), apart_from, ..blank }
        }
        Why::Room { host, lacking } => LeftRecord {
            why: "no-room",
            hosts: names(cluster, &[*host]),
            lacking_mib: Some(lacking.memory.as_mib()),
            lacking_vcpus: Some(lacking.vcpus),
            ..blank
        },
        Why::Pages { host, size, lacking } => LeftRecord {
            why: "no-huge-pages",
            hosts: names(cluster, &[*host]),
            lacking_mib: Some(lacking.as_mib()),
            page_kib: Some(size.as_kib()),
            ..blank
        },
        Why::Kind { host, kind, lacking } => LeftRecord {
            why: "no-room-of-a-kind",
            hosts: names(cluster, &[*host]),
            kind: Some(kind.clone()),
            lacking: Some(*lacking),
            ..blank
        },
        Why::Unknown { hosts, room } => {
            LeftRecord { why: "unknown", hosts: names(cluster, hosts), unknown: room.clone(), ..blank }
        }
    }
}

pub(super) fn pairs_record(cluster: &Cluster, pairs: &[Loss]) -> PairsRecord {
    let count = |outcome| pairs.iter().filter(|loss| loss.outcome == outcome).count();
    let told = pairs.iter().filter(|loss| loss.outcome != Outcome::Absorbed);
    PairsRecord {
        tried: pairs.len(),
        absorbed: count(Outcome::Absorbed),
        unknown: count(Outcome::Unknown),
        stranded: count(Outcome::Stranded),
        losses: told
            .map(|loss| HostLossRecord { restarts: Vec::new(), ..loss_record(cluster, loss) })
            .collect(),
    }
}

pub(super) fn barred_record(cluster: &Cluster, barred: &Barred) -> BarredRecord {
    let rule =
        |(rule, remedy): &(String, String)| BarringRecord { rule: rule.clone(), remedy: remedy.clone() };
    BarredRecord {
        guest: cluster.guests[barred.guest].name.clone(),
        hosts: names(cluster, &barred.hosts),
        answer: barred.answer.as_str(),
        rules: barred.rules.iter().map(rule).collect(),
    }
}

fn names(cluster: &Cluster, hosts: &[usize]) -> Vec<String> {
    hosts.iter().map(|&host| cluster.hosts[host].name.clone()).collect()
}
