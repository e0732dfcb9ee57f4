//! The plan in time; of a rollout each stage by itself, for each has a clock of its own.

use super::held::held;
use super::links::MOVES;
use super::pictured::Wanted;
use super::plan::purpose;
use crate::model::Cluster;
use crate::report::svg::{Drawing, carried_out, timeline};

/// A picture for each plan, with the name of its file without the ending. Stages whose moves the page does not tell of are not
/// drawn either.
pub(super) fn timelines(wanted: Wanted<'_>, cluster: &Cluster) -> Vec<(String, Drawing)> {
    let mut now = held(cluster);
    let rollout = match wanted {
        Wanted::Plan(plan) => {
            let what = format!("The plan for {}", plan.cluster);
            return vec![("timeline".to_owned(), timeline(plan, &now, ("timeline", &what)))];
        }
        Wanted::Rollout(rollout) => rollout,
    };
    let mut pictures = Vec::new();
    let mut moves = 0;
    for (stage, number) in rollout.stages.iter().zip(1..) {
        if moves >= MOVES {
            break;
        }
        moves += stage.plan.figures.moves;
        let name = format!("timeline-{number}");
        let picture = timeline(&stage.plan, &now, (&name, &purpose(number, stage)));
        pictures.push((name, picture));
        carried_out(&mut now, &stage.plan);
    }
    pictures
}
