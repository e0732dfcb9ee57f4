//! Whether persons are told all that moves need to be done before.

use std::collections::BTreeSet;

use crate::plan::document::PlanDocument;

/// What moves ask for and no step tells, or the other way round.
pub(super) fn wrong(document: &PlanDocument) -> Vec<String> {
    let moves = document.waves.iter().flatten();
    let asked: BTreeSet<[&str; 3]> = moves
        .flat_map(|one| one.preparations.iter().map(|to_do| [&*to_do.rule, &*to_do.text, &*one.guest]))
        .collect();
    let steps = document.steps.iter();
    let told: BTreeSet<[&str; 3]> =
        steps.flat_map(|step| step.guests.iter().map(|guest| [&*step.rule, &*step.text, &**guest])).collect();
    let text = |[rule, _, guest]: &[&str; 3]| {
        format!(
            "what '{rule}' asks to be done for guest '{guest}' is not the same in its move and in the steps"
        )
    };
    asked.symmetric_difference(&told).map(text).collect()
}
