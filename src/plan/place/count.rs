//! How good a placement is, counted anew: sums alone, without the lists that a search keeps.

use super::model::Model;
use super::score::Score;
use super::units::{SCATTERED, is_host};

impl Model<'_> {
    /// How good it is, and whether no host holds more than it can.
    pub(super) fn count(&self, at: &[usize]) -> (Score, bool) {
        let (mut used, mut room) = (vec![0; self.room.len()], self.room.clone());
        let mut score = Score::default();
        for (unit, &at) in at.iter().enumerate() {
            score += self.stay(unit, at);
            if is_host(at) {
                add(&mut used[at * self.width..], self.uses(unit), 1);
                add(&mut room[at * self.width..], self.take(unit, at), -1);
            } else if at == SCATTERED {
                for (home, uses) in self.scattered(unit) {
                    add(&mut used[home * self.width..], &uses, 1);
                    add(&mut room[home * self.width..], &uses[..self.plain()], -1);
                }
            }
        }
        for host in 0..self.problem.hosts.len() {
            let used = &used[host * self.width..];
            score.cost += self.costs.of(host, |resource| used[resource]);
        }
        (score, room.iter().all(|room| *room >= 0))
    }
}

fn add(sums: &mut [i64], amounts: &[i64], sign: i64) {
    sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += sign * amount);
}
