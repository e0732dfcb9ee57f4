//! What others reached: the best of the challenge, and two of its solvers in 60 s.
//!
//! The best of the challenge is the last row of its official table of results. Solvers S41 and J33 were run for 60 s on two cores
//! with seed 1, and the challenge's own checker took what they found; those on a machine with other work at the time are said to
//! be so.

/// An instance, and what is known of it.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// Millions of steps that two cores take in no more than 60 s.
    pub(crate) steps: u64,
    /// The best of the challenge.
    pub(crate) challenge: Option<u64>,
    /// S41 in 60 s.
    pub(crate) s41: Option<u64>,
    /// J33 in 60 s.
    pub(crate) j33: Option<u64>,
    /// Whether these two had the machine for themselves.
    pub(crate) quiet: bool,
}

const NONE: Known = Known { name: "", steps: 400, challenge: None, s41: None, j33: None, quiet: false };

/// All that are run by default.
pub(crate) const KNOWN: [Known; 14] = [
    Known { name: "a1_1", challenge: Some(44_306_501), ..NONE },
    Known { name: "a1_2", s41: Some(778_290_019), j33: Some(777_690_119), ..NONE },
    Known { name: "a1_3", ..NONE },
    Known { name: "a1_4", s41: Some(267_971_730), j33: Some(262_037_559), quiet: true, ..NONE },
    Known { name: "a1_5", ..NONE },
    Known { name: "a2_1", s41: Some(3_755_221), j33: Some(1_030_228), ..NONE },
    Known { name: "a2_2", s41: Some(773_319_877), j33: Some(989_895_963), quiet: true, ..NONE },
    Known { name: "a2_3", s41: Some(1_292_386_034), j33: Some(1_496_849_996), ..NONE },
    Known { name: "a2_4", s41: Some(1_705_358_033), j33: Some(1_736_681_082), ..NONE },
    Known { name: "a2_5", s41: Some(359_319_448), j33: Some(451_463_255), quiet: true, ..NONE },
    Known {
        name: "b_1",
        steps: 270,
        challenge: Some(3_339_186_879),
        s41: Some(3_495_783_641),
        j33: Some(3_495_666_141),
        quiet: true,
    },
    Known {
        name: "b_2",
        steps: 220,
        challenge: Some(1_015_553_800),
        s41: Some(1_018_564_139),
        j33: Some(1_032_258_541),
        quiet: false,
    },
    Known {
        name: "b_4",
        steps: 90,
        challenge: Some(4_677_823_040),
        s41: Some(4_678_076_530),
        j33: Some(4_677_974_412),
        quiet: false,
    },
    Known {
        name: "b_5",
        steps: 100,
        challenge: Some(923_092_380),
        s41: Some(930_009_085),
        j33: Some(945_084_820),
        quiet: true,
    },
];
