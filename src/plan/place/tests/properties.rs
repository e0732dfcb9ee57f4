//! What holds for every problem.

use proptest::prelude::*;

use super::super::{Effort, Outcome, Problem, Score, place};
use super::checker::{best_of_all, check};
use super::made_up::{Size, problems};

fn solve(problem: &Problem, steps: u64) -> Outcome {
    place(problem, &(), Effort { steps, seed: 7 }).expect("numbers that fit together")
}

fn on_threads(problem: &Problem, threads: usize) -> Outcome {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| solve(problem, 20_000))
}

fn left_out(problem: &Problem, outcome: &Outcome) -> i64 {
    outcome.left_out.iter().map(|&item| i64::try_from(problem.items[item].price).expect("small")).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn small_problems_are_solved_as_well_as_can_be(
        problem in problems(Size { hosts: 4, items: 5, groups: 3 })
    ) {
        let outcome = solve(&problem, 1_000_000);
        prop_assert!(outcome.best);
        prop_assert_eq!(check(&problem, &outcome.at), Ok(outcome.score));
        prop_assert_eq!(outcome.score, best_of_all(&problem));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_right_and_no_worse_than_the_start(
        problem in problems(Size { hosts: 60, items: 90, groups: 25 })
    ) {
        let outcome = solve(&problem, 20_000);
        let start: Vec<Option<usize>> = problem.items.iter().map(|item| item.home).collect();
        prop_assert_eq!(check(&problem, &start), Ok(outcome.start));
        prop_assert_eq!(check(&problem, &outcome.at), Ok(outcome.score));
        prop_assert!(outcome.score <= outcome.start);
        prop_assert_eq!(left_out(&problem, &outcome), outcome.score.left_out);
    }

    #[test]
    fn threads_make_no_difference(problem in problems(Size { hosts: 60, items: 90, groups: 25 })) {
        prop_assert_eq!(on_threads(&problem, 1), on_threads(&problem, 4));
    }
}

#[test]
fn the_first_of_a_score_counts_first() {
    assert!(Score { left_out: 0, cost: 9 } < Score { left_out: 1, cost: 0 });
}
