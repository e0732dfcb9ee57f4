//! Memory and vCPUs of each host, and what its guests take of them, now and once the plan is carried out.

use super::drawing::{Drawing, scaled, short, times};
use crate::model::Memory;
use crate::report::{HostRoomRecord, ReviewDocument};

const WIDTH: i64 = 980;
const LEFT: i64 = 170;
const BAR: i64 = 250;
/// From one host to the next with one pair of bars, and with two.
const STEPS: (i64, i64) = (24, 42);
const SECOND: i64 = LEFT + BAR + 190;
/// Hosts that are drawn at most.
const HOSTS: usize = 100;

/// Bars for the hosts, in their order; `then` has the same hosts.
pub(in crate::report) fn capacity(now: &ReviewDocument, then: Option<&ReviewDocument>) -> Drawing {
    let title = format!("Room on the hosts of {}", now.cluster);
    let when = if then.is_some() { ", now and after the plan" } else { "" };
    let description =
        format!("Memory and vCPUs of {} hosts, and what their guests take of them{when}.", now.hosts.len());
    let mut out = Drawing::new("capacity", title, description, WIDTH);
    let step = if then.is_some() { STEPS.1 } else { STEPS.0 };
    out.text((LEFT, 18), "head", format!("memory{when}"));
    out.text((SECOND, 18), "head", format!("vCPUs{when}"));
    for (at, host) in now.hosts.iter().take(HOSTS).enumerate() {
        let y = 28 + times(at, step);
        let after = then.and_then(|then| then.hosts.get(at));
        name(&mut out, host, after, y);
        bars(&mut out, host, "", y);
        if let Some(host) = after {
            bars(&mut out, host, "after: ", y + 18);
        }
    }
    let mut y = 28 + times(now.hosts.len().min(HOSTS), step);
    if now.hosts.len() > HOSTS {
        y += 18;
        out.text((12, y), "faint", format!("{} hosts more are not drawn", now.hosts.len() - HOSTS));
    }
    out.height(y + 12)
}

/// The host; the memory that it has in huge pages is not in the bars.
fn name(out: &mut Drawing, host: &HostRoomRecord, after: Option<&HostRoomRecord>, y: i64) {
    out.text((LEFT - 10, y + 12), "end", short(&host.host));
    let told = match (in_pages(host), after.map_or(0, in_pages)) {
        (0, 0) => return,
        (0, then) => format!("after: {} in huge pages", Memory::mib(then)),
        (now, _) => format!("and {} in huge pages", Memory::mib(now)),
    };
    out.text((LEFT - 10, y + 25), "faint-end", told);
}

/// The memory in huge pages that is known, in MiB.
fn in_pages(host: &HostRoomRecord) -> u64 {
    let parts = host.huge_pages.iter().flat_map(|pages| [pages.used_mib, pages.free_mib]);
    parts.flatten().sum()
}

fn bars(out: &mut Drawing, host: &HostRoomRecord, when: &str, y: i64) {
    let memory = host.used_mib.zip(host.usable_mib);
    let show = |mib| Memory::mib(mib).to_string();
    bar(out, (LEFT, y), memory, (when, &show));
    bar(out, (SECOND, y), host.used_vcpus.zip(host.usable_vcpus), (when, &|count| count.to_string()));
}

fn bar(
    out: &mut Drawing,
    (x, y): (i64, i64),
    of: Option<(u64, u64)>,
    (when, show): (&str, &dyn Fn(u64) -> String),
) {
    let Some((used, usable)) = of else {
        out.text((x, y + 12), "faint", format!("{when}not known"));
        return;
    };
    let told = format!("{when}{} of {}", show(used), show(usable));
    out.rect((x, y), (BAR, 16), "free", told.clone());
    let class = match (used > usable, when.is_empty()) {
        (true, _) => "over",
        (false, true) => "used",
        (false, false) => "then",
    };
    out.rect((x, y), (scaled(used.min(usable), usable, BAR).max(1), 16), class, told.clone());
    out.text((x + BAR + 8, y + 12), "faint", told);
}
