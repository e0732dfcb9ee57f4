//! What is wished for, and what is not made.

use super::Share;

/// The largest number of guests of a host.
const GUESTS: u32 = 200;
/// The smallest and largest number of hosts.
const HOSTS: (u32, u32) = (10, 100_000);
/// More than this and what a host keeps for itself does not fit.
const FILL: Share = Share::thousandths(950);

/// What a made-up inventory shall be like.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    hosts: u32,
    guests_per_host: u32,
    fill: Share,
    pub(super) arm: Share,
    pub(super) grouped: Share,
    pub(super) both: Share,
    pub(super) seed: u64,
}

/// Why an inventory is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Too few hosts, or too many.
    #[error("{0} hosts: from 10 to 100000 are made")]
    Hosts(u32),
    /// No guests, or too many.
    #[error("{0} guests on each host: from 1 to 200 are made")]
    Guests(u32),
    /// Fuller than a host can be.
    #[error("a fill of {0}: more than 0.95 leaves no room for what a host keeps for itself")]
    Fill(Share),
}

impl Wish {
    /// So many hosts with so many guests on each, and all else as it is by default.
    ///
    /// # Errors
    /// A [`Refusal`] where the numbers are out of range.
    pub fn new(hosts: u32, guests_per_host: u32) -> Result<Self, Refusal> {
        if !(HOSTS.0..=HOSTS.1).contains(&hosts) {
            return Err(Refusal::Hosts(hosts));
        }
        if !(1..=GUESTS).contains(&guests_per_host) {
            return Err(Refusal::Guests(guests_per_host));
        }
        let [fill, arm, grouped, both] = [700, 100, 60, 250].map(Share::thousandths);
        Ok(Self { hosts, guests_per_host, fill, arm, grouped, both, seed: 1 })
    }

    /// With guests that take this share of the hosts' memory.
    ///
    /// # Errors
    /// A [`Refusal`] where hosts would be too full.
    pub fn filled(self, fill: Share) -> Result<Self, Refusal> {
        if fill > FILL { Err(Refusal::Fill(fill)) } else { Ok(Self { fill, ..self }) }
    }

    /// With this share of hosts with ARM processors.
    #[must_use]
    pub fn with_arm(self, arm: Share) -> Self {
        Self { arm, ..self }
    }

    /// With about this share of the guests in groups.
    #[must_use]
    pub fn grouped(self, grouped: Share) -> Self {
        Self { grouped, ..self }
    }

    /// With the stored definition beside the live one for this share of the guests that run.
    #[must_use]
    pub fn with_both(self, both: Share) -> Self {
        Self { both, ..self }
    }

    /// Drawn from this seed.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// How many hosts.
    pub fn hosts(&self) -> u32 {
        self.hosts
    }

    /// How many guests on each.
    pub fn guests_per_host(&self) -> u32 {
        self.guests_per_host
    }

    pub(super) fn fill(&self) -> Share {
        self.fill
    }
}
