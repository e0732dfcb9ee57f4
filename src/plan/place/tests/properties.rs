//! What holds for every problem.

use proptest::prelude::*;

use super::super::{Effort, Group, Outcome, Problem, Rule, Score, place};
use super::checker::{best_of_all, check};
use super::made_up::{Size, problems, uneven};

fn solve(problem: &Problem, steps: u64) -> Outcome {
    place(problem, &(), Effort { steps, seed: 7 }).expect("numbers that fit together")
}

fn on_threads(problem: &Problem, threads: usize, steps: u64) -> Outcome {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| solve(problem, steps))
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
        prop_assert_eq!(on_threads(&problem, 1, 20_000), on_threads(&problem, 4, 20_000));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn tempers_are_tried_where_there_are_steps_enough(
        problem in problems(Size { hosts: 20, items: 20, groups: 6 })
    ) {
        let outcome = on_threads(&problem, 1, 32_000);
        prop_assert_eq!(check(&problem, &outcome.at), Ok(outcome.score));
        prop_assert!(outcome.score <= outcome.start);
        prop_assert_eq!(outcome, on_threads(&problem, 3, 32_000));
    }
}

/// The items that are not at home though they might be; of those that go together it depends on the others.
fn moved(problem: &Problem, at: &[Option<usize>]) -> Vec<usize> {
    let may_stay = |item: &usize| {
        let one = &problem.items[*item];
        let home = one.home.filter(|home| !one.bans.contains(home));
        let class = home.map(|home| problem.hosts[home].class);
        at[*item] != one.home && class.is_some_and(|class| problem.permits[one.permit].contains(class))
    };
    let together: Vec<&Group> = problem.groups.iter().filter(|group| group.rule == Rule::Together).collect();
    let alone = |item: &usize| !together.iter().any(|group| group.members.contains(item));
    (0..problem.items.len()).filter(may_stay).filter(alone).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn no_move_for_evenness_is_worth_less_than_it_costs(
        problem in uneven(Size { hosts: 20, items: 40, groups: 0 })
    ) {
        let outcome = solve(&problem, 4_000);
        prop_assert_eq!(check(&problem, &outcome.at), Ok(outcome.score));
        for item in moved(&problem, &outcome.at) {
            let mut without = outcome.at.clone();
            without[item] = problem.items[item].home;
            prop_assert!(check(&problem, &without).map_or(true, |score| score >= outcome.score));
        }
    }

    #[test]
    fn no_more_move_than_may(
        problem in uneven(Size { hosts: 20, items: 40, groups: 5 }), most in 0..12_usize
    ) {
        let problem = Problem { most_moves: Some(most), ..problem };
        let outcome = solve(&problem, 4_000);
        prop_assert_eq!(check(&problem, &outcome.at), Ok(outcome.score));
        prop_assert!(outcome.score <= outcome.start);
        prop_assert!(moved(&problem, &outcome.at).len() <= most);
    }
}

#[test]
fn the_first_of_a_score_counts_first() {
    assert!(Score { left_out: 0, cost: 9 } < Score { left_out: 1, cost: 0 });
}
