//! `report.html` and the pictures beside it.

use std::collections::BTreeMap;

use super::error::CliError;
use super::members::Chosen;
use crate::compat::{Chart, Reach};
use crate::cpu::x86::{drags, ladders};
use crate::model::Cluster;
use crate::plan::review::{ARM_CORE_PER_THREAD, Asked, Losses, PairsRefused, review};
use crate::report::{
    self, BaselineDocument, Pictured, Places, ReviewDocument, RewriteDocument, Wanted, drag_records,
    ladder_records, pages,
};

/// CPU groups in the ladder, at most.
const GROUPS: usize = 8;
/// Of so many guests times hosts at most the page tells what the loss of a host means: that asks each guest of each host.
const CELLS: usize = 20_000_000;

/// The page and its pictures, by file name; `then` is the cluster once the plan is carried out.
pub(super) fn html(
    chart: &Chart<'_>,
    (wanted, then): (Wanted<'_>, Option<&Cluster>),
    baseline: &BaselineDocument,
    rewritten: &[(RewriteDocument, String)],
) -> Result<BTreeMap<String, String>, CliError> {
    let cluster = chart.cluster;
    let places = Places::new(&cluster.sources);
    let members = Chosen::of(cluster, &[]).x86();
    let cells = cluster.hosts.len() * cluster.guests.len();
    let losses = if cells > CELLS { Losses::None } else { Losses::Single };
    let asked = Asked { losses, arm_core_per_thread: ARM_CORE_PER_THREAD };
    let wrong = |error: &dyn std::fmt::Display| CliError::Wrong(error.to_string());
    let now = reviewed(chart, asked).map_err(|error| wrong(&error))?;
    let then = then.map(|then| reviewed(&Chart::new(then), asked));
    let then = then.transpose().map_err(|error| wrong(&error))?;
    let shown = Pictured {
        chart,
        reach: &Reach::new(chart),
        wanted,
        baseline,
        drags: &drag_records(&drags(&members.hosts)),
        ladders: &ladder_records(&ladders(&members.hosts, &members.guests, GROUPS)),
        review: &now,
        then: then.as_ref(),
        rewritten,
        places: &places,
    };
    pages(&shown).map_err(|error| wrong(&error))
}

/// What a cluster can take.
fn reviewed(chart: &Chart<'_>, asked: Asked) -> Result<ReviewDocument, PairsRefused> {
    let found = review(chart, asked)?;
    Ok(report::review_document(chart.cluster, &found, &Places::new(&chart.cluster.sources)))
}
