//! How good a placement is.

use std::ops::{Add, AddAssign, Sub, SubAssign};

/// How good a placement is, or by how much it changes; the smaller the better, the first first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// The prices of the items that are left out.
    pub left_out: i64,
    /// All other costs.
    pub cost: i64,
}

impl Score {
    /// A cost.
    pub(super) fn of_cost(cost: i64) -> Self {
        Self { left_out: 0, cost }
    }
}

impl Add for Score {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { left_out: self.left_out + other.left_out, cost: self.cost + other.cost }
    }
}

impl Sub for Score {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { left_out: self.left_out - other.left_out, cost: self.cost - other.cost }
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Score {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
