//! The smallest question about which two judges still differ.

use super::mix::{Answer, By, Input, Judge, Mix, Shape, Work};

/// Takes away what can be taken away, one thing at a time, until nothing can.
pub(super) fn smallest(mut mix: Mix, one: &impl Judge, other: &impl Judge) -> (Mix, Answer, Answer) {
    while let Some(found) = smaller(&mix).into_iter().find(|less| one.answer(less) != other.answer(less)) {
        mix = found;
    }
    let answers = (one.answer(&mix), other.answer(&mix));
    (mix, answers.0, answers.1)
}

/// All that are smaller by one thing; first those that are smaller by much.
fn smaller(mix: &Mix) -> Vec<Mix> {
    let mut less = Vec::new();
    if mix.inputs.len() > 1 {
        less.extend((0..mix.inputs.len()).map(|at| {
            let mut inputs = mix.inputs.clone();
            inputs.remove(at);
            Mix { inputs, ..mix.clone() }
        }));
    }
    let works: Vec<Work> = match mix.work {
        Work::Baseline { expanded: false, migratable: false } | Work::Model { .. } => vec![],
        Work::Baseline { expanded, migratable } => [(expanded, false), (false, migratable), (false, false)]
            .map(|(expanded, migratable)| Work::Baseline { expanded, migratable })
            .into(),
        Work::Compare { error } => {
            if error {
                vec![Work::Compare { error: false }]
            } else {
                vec![]
            }
        }
    };
    less.extend(works.into_iter().filter(|work| *work != mix.work).map(|work| Mix { work, ..mix.clone() }));
    less.push(Mix { prolog: false, ..mix.clone() });
    less.push(Mix { spoiled: None, ..mix.clone() });
    if let By::Hypervisor(guests) = &mix.by {
        less.extend((0..guests.len()).map(|at| {
            let mut guests = guests.clone();
            guests.remove(at);
            Mix { by: By::Hypervisor(guests), ..mix.clone() }
        }));
    }
    for (at, input) in mix.inputs.iter().enumerate() {
        less.extend(smaller_input(input).into_iter().map(|input| {
            let mut inputs = mix.inputs.clone();
            inputs[at] = input;
            Mix { inputs, ..mix.clone() }
        }));
    }
    less.retain(|less| less != mix);
    less
}

fn smaller_input(input: &Input) -> Vec<Input> {
    let half = input.features.len() / 2;
    let parts = [&input.features[..half], &input.features[half..]];
    let halves = parts.into_iter().filter(|part| part.len() < input.features.len());
    let mut less: Vec<Input> =
        halves.map(|part| Input { features: part.to_vec(), ..input.clone() }).collect();
    less.extend((0..input.features.len()).map(|at| {
        let mut features = input.features.clone();
        features.remove(at);
        Input { features, ..input.clone() }
    }));
    let bare = [
        Input { vendor: None, ..input.clone() },
        Input { bits: None, ..input.clone() },
        Input { matching: None, ..input.clone() },
        Input { mode: None, ..input.clone() },
        Input { arch: None, ..input.clone() },
        Input { odd: None, ..input.clone() },
        Input { shape: Shape::Bare, ..input.clone() },
    ];
    less.extend(bare.into_iter().filter(|one| one != input));
    less
}
