//! Memory and vCPUs of each host, and what its guests take of them.

use super::drawing::{Drawing, scaled, short, times};
use crate::model::Memory;
use crate::report::{HostRoomRecord, ReviewDocument};

const WIDTH: i64 = 960;
const LEFT: i64 = 170;
const BAR: i64 = 250;
const STEP: i64 = 24;
const SECOND: i64 = LEFT + BAR + 150;
/// Hosts that are drawn at most.
const HOSTS: usize = 100;

/// Bars for the hosts, in their order.
pub(in crate::report) fn capacity(review: &ReviewDocument) -> Drawing {
    let title = format!("Room on the hosts of {}", review.cluster);
    let description =
        format!("Memory and vCPUs of {} hosts, and what their guests take of them.", review.hosts.len());
    let mut out = Drawing::new("capacity", title, description, WIDTH);
    out.text((LEFT, 18), "head", "memory");
    out.text((SECOND, 18), "head", "vCPUs");
    for (at, host) in review.hosts.iter().take(HOSTS).enumerate() {
        row(&mut out, host, 28 + times(at, STEP));
    }
    let mut y = 28 + times(review.hosts.len().min(HOSTS), STEP);
    if review.hosts.len() > HOSTS {
        y += 18;
        out.text((12, y), "faint", format!("{} hosts more are not drawn", review.hosts.len() - HOSTS));
    }
    out.height(y + 12)
}

fn row(out: &mut Drawing, host: &HostRoomRecord, y: i64) {
    out.text((LEFT - 10, y + 12), "end", short(&host.host));
    let memory = host.used_mib.zip(host.usable_mib);
    let show = |mib| Memory::mib(mib).to_string();
    bar(out, (LEFT, y), memory, &show);
    bar(out, (SECOND, y), host.used_vcpus.zip(host.usable_vcpus), &|count| count.to_string());
}

fn bar(out: &mut Drawing, (x, y): (i64, i64), of: Option<(u64, u64)>, show: &dyn Fn(u64) -> String) {
    let Some((used, usable)) = of else {
        out.text((x, y + 12), "faint", "not known");
        return;
    };
    let told = format!("{} of {}", show(used), show(usable));
    out.rect((x, y), (BAR, 16), "free", told.clone());
    let class = if used > usable { "over" } else { "used" };
    out.rect((x, y), (scaled(used.min(usable), usable, BAR).max(1), 16), class, told.clone());
    out.text((x + BAR + 8, y + 12), "faint", told);
}
