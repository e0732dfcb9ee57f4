//! Why a guest of a lost host does not start again, for people.

use super::document::{BarredRecord, BarringRecord, HostLossRecord, LeftRecord};
use crate::model::Memory;
use crate::report::words::some;

/// Why a guest does not start again once hosts are lost; `barred` is what keeps guests from hosts, room aside.
pub(in crate::report) fn why(left: &LeftRecord, loss: &HostLossRecord, barred: &[BarredRecord]) -> String {
    match left.why {
        "no-room" => format!("no room; least is lacking on {}: {}", left.hosts.join(", "), lacking(left)),
        "no-huge-pages" => format!(
            "too few huge pages of {}; least is lacking on {}: {}",
            Memory::kib(left.page_kib.unwrap_or_default()),
            left.hosts.join(", "),
            lacking(left)
        ),
        "no-room-of-a-kind" => format!(
            "too little {}; least is lacking on {}: {}",
            left.kind.as_deref().unwrap_or_default(),
            left.hosts.join(", "),
            left.lacking.unwrap_or_default()
        ),
        "keep-apart" => apart(left),
        "unknown" => unknown(left, loss, barred),
        _ => {
            let rules = rules(left, loss, barred, "no");
            let colon = if rules.is_empty() { "" } else { ": " };
            format!("no other host may run it{colon}{}", rules.join("; "))
        }
    }
}

/// What is lacking of memory and vCPUs.
fn lacking(left: &LeftRecord) -> String {
    let memory = left.lacking_mib.filter(|&mib| mib > 0).map(|mib| Memory::mib(mib).to_string());
    let vcpus = left.lacking_vcpus.filter(|&count| count > 0).map(|count| format!("{count} vCPUs"));
    memory.into_iter().chain(vcpus).collect::<Vec<_>>().join(" and ")
}

/// From whom it is kept apart.
fn apart(left: &LeftRecord) -> String {
    let others = match some(left.apart_from.iter().map(String::as_str)) {
        none if none.is_empty() => "guests".to_owned(),
        names => names,
    };
    let group = left.apart.as_deref().unwrap_or_default();
    format!("{group} keeps it apart from {others}, on every host that may run it")
}

/// What is not known, of room and else.
fn unknown(left: &LeftRecord, loss: &HostLossRecord, barred: &[BarredRecord]) -> String {
    let mut all = left.unknown.clone();
    all.extend(rules(left, loss, barred, "unknown"));
    let colon = if all.is_empty() { "" } else { ": " };
    format!("not known on {}{colon}{}", left.hosts.join(", "), all.join("; "))
}

/// A rule that keeps a guest from starting. What is lost with its host no other place tells.
fn barring(rule: &BarringRecord) -> String {
    if rule.rule == "disk-to-copy" { format!("{} ({})", rule.rule, rule.remedy) } else { rule.rule.clone() }
}

/// The rules that keep the guest from hosts that are not lost; of what is not known, those of the hosts that are in question.
fn rules(left: &LeftRecord, loss: &HostLossRecord, barred: &[BarredRecord], answer: &str) -> Vec<String> {
    let own = barred.iter().filter(|one| one.guest == left.guest && one.answer == answer);
    let asked = |host: &&String| match answer {
        "unknown" => left.hosts.contains(host),
        _ => !loss.hosts.contains(host),
    };
    let line = |one: &BarredRecord| {
        let hosts: Vec<&str> = one.hosts.iter().filter(asked).map(String::as_str).collect();
        let rules: Vec<String> = match answer {
            "no" => one.rules.iter().map(barring).collect(),
            _ => one.rules.iter().map(|rule| format!("{}: {}", rule.rule, rule.remedy)).collect(),
        };
        // Where a reason holds for all hosts that are asked of, they are named already.
        let named = answer == "unknown" && hosts == left.hosts;
        let on = if named { String::new() } else { format!(" on {}", some(hosts.iter().copied())) };
        (!hosts.is_empty() && !rules.is_empty()).then(|| format!("{}{on}", rules.join(", ")))
    };
    own.filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_is_not_known_is_told_of_the_hosts_in_question() {
        let left = LeftRecord {
            guest: "gpu".to_owned(),
            why: "unknown",
            hosts: names(&["b", "c"]),
            lacking_mib: None,
            lacking_vcpus: None,
            page_kib: None,
            kind: None,
            lacking: None,
            apart: None,
            apart_from: Vec::new(),
            unknown: Vec::new(),
        };
        let barred = |rule: &str, hosts: &[&str]| BarredRecord {
            guest: "gpu".to_owned(),
            hosts: names(hosts),
            answer: "unknown",
            rules: vec![BarringRecord { rule: rule.to_owned(), remedy: "ask".to_owned() }],
        };
        let loss = HostLossRecord {
            hosts: names(&["a"]),
            outcome: "unknown",
            proven: true,
            restarts: Vec::new(),
            left: Vec::new(),
        };
        // What is asked of a lost host, or of one that cannot take it for want of room, is not told.
        let all =
            [barred("card", &["a", "b", "c", "d"]), barred("disk", &["c", "d"]), barred("none", &["d"])];
        assert_eq!(why(&left, &loss, &all), "not known on b, c: card: ask; disk: ask on c");
    }
}
