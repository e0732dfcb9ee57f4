//! How hot ways begin, and how often units are drawn home: which is best depends on the problem, so that each is tried for a
//! short time, and the better ones for longer.

/// How a way begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Temper {
    /// How hot it is at first: in hundredths of how big changes are, in the middle.
    pub(super) hot: i64,
    /// In how many of 256 draws a unit that is not at home is to go there. What is at home uses nothing elsewhere.
    pub(super) home: u64,
}

/// What is taken where there are too few steps for trials.
pub(super) const USUAL: Temper = Temper { hot: 50, home: 0 };

/// What is tried.
pub(super) const TEMPERS: [Temper; 12] = [
    Temper { hot: 0, home: 200 },
    Temper { hot: 20, home: 0 },
    Temper { hot: 20, home: 128 },
    Temper { hot: 20, home: 220 },
    Temper { hot: 50, home: 0 },
    Temper { hot: 50, home: 128 },
    Temper { hot: 50, home: 220 },
    Temper { hot: 200, home: 0 },
    Temper { hot: 200, home: 128 },
    Temper { hot: 200, home: 220 },
    Temper { hot: 400, home: 64 },
    Temper { hot: 400, home: 200 },
];

/// Some ways side by side, each with another temper.
pub(super) struct Trial {
    /// How many tempers: the best of the trial before.
    pub(super) tempers: usize,
    /// How many of a hundred steps each has.
    pub(super) percent: u64,
}

/// One after the other; what is best in the end has most of the steps that are left.
pub(super) const TRIALS: [Trial; 3] = [
    Trial { tempers: TEMPERS.len(), percent: 1 },
    Trial { tempers: 5, percent: 4 },
    Trial { tempers: 2, percent: 9 },
];

/// A way from the best that was found.
pub(super) struct Again {
    /// How much colder it begins.
    pub(super) colder: i64,
    /// How many of a hundred steps it has.
    pub(super) percent: u64,
}

/// One after the other, in the end.
pub(super) const AGAIN: [Again; 2] = [Again { colder: 4, percent: 12 }, Again { colder: 16, percent: 12 }];

impl Temper {
    /// As often home, and so many times colder.
    pub(super) fn colder(self, times: i64) -> Self {
        Self { hot: self.hot / times, ..self }
    }
}
