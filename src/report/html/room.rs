//! The room on each host, now and once the plan is carried out.

use super::links::Linked;
use crate::model::Memory;
use crate::report::heatmap::Quotes;
use crate::report::{HostRoomRecord, HugePagesRecord, Located};

/// A host, with what its guests take of it.
pub(super) struct Room<'r> {
    pub(super) host: &'r str,
    /// Memory and vCPUs, each now and then, with what stands behind the figures.
    pub(super) bars: [(Vec<Bar>, &'static str); 2],
    /// The guests on it, with what memory they may have.
    pub(super) guests: Vec<(Linked, String)>,
    /// What they have in all.
    pub(super) used: Option<String>,
    pub(super) huge_pages: Vec<String>,
    pub(super) unknown: &'r [String],
}

/// What is taken of something.
pub(super) struct Bar {
    /// Before what is told, if that is not now.
    pub(super) when: &'static str,
    /// `None` where it is not known.
    pub(super) told: Option<Told>,
}

/// How much there is of something.
pub(super) struct Told {
    /// What is free; where more is taken than there is, that.
    pub(super) amount: String,
    pub(super) overfull: bool,
    /// What may be used.
    pub(super) of: Linked,
    /// What is used of it, in hundredths, at most all.
    pub(super) percent: u64,
}

impl<'r> Room<'r> {
    /// A host with its guests; `then` is the same host once the plan is carried out.
    pub(super) fn new(
        host: &'r HostRoomRecord,
        then: Option<&HostRoomRecord>,
        guests: Vec<(Linked, String)>,
        quotes: &mut Quotes<'_>,
    ) -> Self {
        let mut cited = |at: Option<&Located>, label| at.map(|at| quotes.located(at, label));
        let places = [
            cited(host.memory_at.as_ref(), "all the host's memory, before what stays free and huge pages"),
            cited(host.processors_at.as_ref(), "the host's processors"),
        ];
        let after = then.map(|then| bars("after: ", then, [None, None]));
        let [memory, vcpus] = bars("", host, places);
        let [memory_then, vcpus_then] = after.map_or([None, None], |both| both.map(Some));
        Self {
            host: &host.host,
            bars: [
                ([memory].into_iter().chain(memory_then).collect(), ""),
                ([vcpus].into_iter().chain(vcpus_then).collect(), " vCPUs"),
            ],
            guests,
            used: host.used_mib.map(|mib| used(host, mib)),
            huge_pages: huge_pages(host, then),
            unknown: &host.unknown,
        }
    }
}

/// What the guests on a host have of its memory.
fn used(host: &HostRoomRecord, mib: u64) -> String {
    let beside = if host.huge_pages.is_empty() { "" } else { " beside huge pages" };
    format!("{}{beside}", Memory::mib(mib))
}

/// What is in huge pages now, and then where that is something else.
fn huge_pages(host: &HostRoomRecord, then: Option<&HostRoomRecord>) -> Vec<String> {
    let now = host.huge_pages.iter().map(pages);
    let other = then.filter(|then| then.huge_pages != host.huge_pages);
    let after = other.iter().flat_map(|then| &then.huge_pages).map(|one| format!("after: {}", pages(one)));
    now.chain(after).collect()
}

/// Memory and vCPUs, each with the line that tells how much there is.
fn bars(when: &'static str, host: &HostRoomRecord, [memory, vcpus]: [Option<usize>; 2]) -> [Bar; 2] {
    let mib = |mib: u64| Memory::mib(mib).to_string();
    let count = |count: u64| count.to_string();
    [
        Bar { when, told: told((host.used_mib, host.usable_mib), &mib, memory) },
        Bar { when, told: told((host.used_vcpus, host.usable_vcpus), &count, vcpus) },
    ]
}

fn told(
    (used, usable): (Option<u64>, Option<u64>),
    show: &dyn Fn(u64) -> String,
    quote: Option<usize>,
) -> Option<Told> {
    let (used, usable) = (used?, usable?);
    let overfull = used > usable;
    Some(Told {
        amount: show(if overfull { used } else { usable - used }),
        overfull,
        of: Linked::quote(show(usable), quote),
        percent: (used.min(usable) * 100).checked_div(usable).unwrap_or(100),
    })
}

/// What is in huge pages of one size, beside the memory that is told.
fn pages(one: &HugePagesRecord) -> String {
    let size = one.size_kib.map_or_else(String::new, |kib| format!(" of {}", Memory::kib(kib)));
    let show =
        |mib: Option<u64>| mib.map_or_else(|| "not known".to_owned(), |mib| Memory::mib(mib).to_string());
    format!("in huge pages{size}: used {}, free {}", show(one.used_mib), show(one.free_mib))
}
