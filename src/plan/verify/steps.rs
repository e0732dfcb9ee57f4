//! Whether persons are told all that moves need to be done, and until when.

use std::collections::BTreeSet;

use crate::plan::document::PlanDocument;
use crate::plan::preparation::When;

/// Something to be done: until when, by which rule, what, and for which guest.
type Asked<'d> = (When, &'d str, &'d str, &'d str);

/// What moves ask for and no step tells, or the other way round.
pub(super) fn wrong(document: &PlanDocument) -> Vec<String> {
    let moves = document.waves.iter().flatten();
    let asked: BTreeSet<Asked<'_>> = moves
        .flat_map(|one| {
            one.preparations.iter().map(|to_do| (to_do.when, &*to_do.rule, &*to_do.text, &*one.guest))
        })
        .collect();
    let steps = document.steps.iter();
    let told: BTreeSet<Asked<'_>> = steps
        .flat_map(|step| step.guests.iter().map(|guest| (step.when, &*step.rule, &*step.text, &**guest)))
        .collect();
    let text = |(_, rule, _, guest): &Asked<'_>| {
        format!(
            "what '{rule}' asks to be done for guest '{guest}' is not the same in its move and in the steps"
        )
    };
    asked.symmetric_difference(&told).map(text).collect()
}
