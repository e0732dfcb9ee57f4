//! Replays a plan against its cluster, move by move: wave by wave, as somebody carries it out by hand, and at every instant of its
//! times.
//!
//! Nothing here is shared with the planner but the vocabulary of the document: what a guest
//! takes, what a host holds and what the groups ask is worked out a second time, so that a mistake
//! in the planner is not repeated in the judgement of it.

mod apart;
mod commands;
mod freed;
mod groups;
mod headroom;
mod order;
mod outcome;
mod pieces;
mod racks;
mod replay;
mod room;
mod slots;
mod span;
mod steps;
mod stock;
mod timeline;
mod times;
mod units;
mod violation;

pub(in crate::plan) use freed::{given_back, taken};
pub use violation::{Violation, ViolationKind};

use super::document::PlanDocument;
use crate::compat::{Assessment, Chart, GuestIndex, HostIndex};
use crate::model::Cluster;

/// Every way in which a plan does not hold on a cluster; none where it is right.
pub fn verify(chart: &Chart<'_>, document: &PlanDocument) -> Vec<Violation> {
    let onward = |guest, via, to| chart.onward(guest, via, to);
    verify_by(chart.cluster, (&|guest, host| chart.assess(guest, host), &onward), document)
}

/// What is possible for a guest on a host, from where it is.
type Assess<'a> = dyn Fn(GuestIndex, HostIndex) -> Assessment + 'a;
/// What is possible for a guest that went live to the first host, and is to go on to the second.
type Onward<'a> = dyn Fn(GuestIndex, HostIndex, HostIndex) -> Assessment + 'a;

/// As [`verify`], by the answers of `assess` and `onward`.
pub fn verify_by(
    cluster: &Cluster,
    (assess, onward): (&Assess<'_>, &Onward<'_>),
    document: &PlanDocument,
) -> Vec<Violation> {
    let rooms = room::Rooms::new(cluster, document);
    let mut found = replay::Replay::new(cluster, &rooms, assess, onward).run(document);
    found.extend(timeline::violations(cluster, &rooms, document));
    found
}
