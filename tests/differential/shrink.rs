//! The smallest question about which two judges still differ.

use super::mix::{Answer, Input, Judge, Mix, Work};

/// Takes away what can be taken away, one thing at a time, until nothing can.
pub(super) fn smallest(mut mix: Mix, one: &mut dyn Judge, other: &mut dyn Judge) -> (Mix, Answer, Answer) {
    loop {
        let less = smaller(&mix);
        let answers = one.answers(&less).into_iter().zip(other.answers(&less));
        match less.iter().zip(answers).find(|(_, (one, other))| one != other) {
            Some((found, _)) => mix = found.clone(),
            None => break,
        }
    }
    let only = std::slice::from_ref(&mix);
    let (mut one, mut other) = (one.answers(only), other.answers(only));
    (mix, one.remove(0), other.remove(0))
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
    if let Work::Baseline { expanded, migratable } = mix.work {
        let works = [(expanded, Work::Baseline { expanded: false, migratable })];
        let works = works.into_iter().chain([(migratable, Work::Baseline { expanded, migratable: false })]);
        less.extend(works.filter(|(had, _)| *had).map(|(_, work)| Mix { work, ..mix.clone() }));
    }
    for (at, input) in mix.inputs.iter().enumerate() {
        less.extend(smaller_input(input).into_iter().map(|input| {
            let mut inputs = mix.inputs.clone();
            inputs[at] = input;
            Mix { inputs, ..mix.clone() }
        }));
    }
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
    ];
    less.extend(bare.into_iter().filter(|one| one != input));
    less
}
