//! Numbers that look random and are the same for the same seed, thing and number of it.

/// What something is drawn for: each has numbers of its own.
#[derive(Clone, Copy)]
pub(super) enum For {
    Host = 1,
    Guest = 2,
    Sizes = 3,
    Apart = 4,
    Together = 5,
}

/// A stream of numbers (`SplitMix64`: Steele, Lea and Flood, 2014).
pub(super) struct Draw(u64);

impl Draw {
    /// The stream of one thing of a kind.
    pub(super) fn of(seed: u64, what: For, number: u64) -> Self {
        let mut mixed = Self(seed);
        for part in [what as u64, number] {
            mixed = Self(mixed.next() ^ part.wrapping_mul(0xd134_2543_de82_ef95));
        }
        mixed
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, or 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Yes, so many times of a thousand.
    pub(super) fn chance(&mut self, thousandths: u64) -> bool {
        self.below(1000) < thousandths
    }

    /// One of them, each as often as its weight says.
    pub(super) fn weighed<'t, T>(&mut self, all: &'t [T], weight: impl Fn(&T) -> u64) -> Option<&'t T> {
        let mut left = self.below(all.iter().map(&weight).sum());
        all.iter().find(|one| {
            let own = weight(one);
            let here = left < own;
            left = left.saturating_sub(own);
            here
        })
    }

    /// An UUID of version 4.
    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }
}
