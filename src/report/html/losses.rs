//! What the loss of a host means, as things are and once the plan is carried out.

use super::links::{Linked, Links};
use crate::report::words::counted;
use crate::report::{HostLossRecord, ReviewDocument, why_left};

/// Hosts in the table.
const HOSTS: usize = 250;
/// Guests of a lost host that are told of.
const LEFT: usize = 8;

/// The hosts of which not all guests start again for certain, now or then.
pub(super) struct Losses {
    /// Of how many hosts it is asked; of none where the cluster is too large.
    pub(super) all: usize,
    /// Of how many the others take all guests, now and then.
    pub(super) absorbed: (usize, Option<usize>),
    pub(super) rows: Vec<Row>,
    pub(super) more: usize,
}

/// What the loss of one host means.
pub(super) struct Row {
    pub(super) host: Linked,
    /// Now and then.
    pub(super) outcomes: Vec<Outcome>,
}

/// What becomes of the guests that run on a lost host.
pub(super) struct Outcome {
    pub(super) said: &'static str,
    pub(super) proven: bool,
    /// The guests that do not start elsewhere, and why.
    pub(super) left: Vec<(Linked, String)>,
    pub(super) more: usize,
    /// How many others do; nothing where nobody else ran there.
    pub(super) others: String,
}

impl Losses {
    pub(super) fn new(now: &ReviewDocument, then: Option<&ReviewDocument>, links: &Links) -> Self {
        let reviews: Vec<&ReviewDocument> = [now].into_iter().chain(then).collect();
        let told = |at: &usize| reviews.iter().any(|review| !is_absorbed(&review.losses[*at]));
        // Both tell of the same hosts in the same order.
        let hosts: Vec<usize> = (0..now.losses.len()).filter(told).collect();
        let row = |&at: &usize| Row {
            host: now.losses[at].hosts.first().map_or_else(|| Linked::no(""), |host| links.host(host)),
            outcomes: reviews.iter().map(|review| outcome(&review.losses[at], review, links)).collect(),
        };
        Self {
            all: now.losses.len(),
            absorbed: (absorbed(now), then.map(absorbed)),
            rows: hosts.iter().take(HOSTS).map(row).collect(),
            more: hosts.len().saturating_sub(HOSTS),
        }
    }
}

fn is_absorbed(loss: &HostLossRecord) -> bool {
    loss.outcome == "absorbed"
}

fn absorbed(review: &ReviewDocument) -> usize {
    review.losses.iter().filter(|loss| is_absorbed(loss)).count()
}

fn outcome(loss: &HostLossRecord, review: &ReviewDocument, links: &Links) -> Outcome {
    let left = loss.left.iter().take(LEFT);
    Outcome {
        said: match loss.outcome {
            "absorbed" if loss.restarts.is_empty() => "no guest runs there",
            "absorbed" => "all its guests start elsewhere",
            "stranded" => "not all its guests start elsewhere",
            _ => "not known whether all its guests start elsewhere",
        },
        proven: loss.proven,
        left: left.map(|left| (links.guest(&left.guest), why_left(left, loss, &review.barred))).collect(),
        more: loss.left.len().saturating_sub(LEFT),
        others: match loss.restarts.len() {
            0 => String::new(),
            count if loss.left.is_empty() => counted(count, "guest"),
            1 => "1 other guest does".to_owned(),
            count => format!("{count} other guests do"),
        },
    }
}
