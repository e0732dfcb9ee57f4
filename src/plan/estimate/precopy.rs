//! QEMU's pre-copy loop, played through.

use super::curve::DirtyCurve;
use super::rate::Rate;
use crate::model::Memory;

/// On what terms guests are migrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Before the first page goes: connecting, and the destination's QEMU starting.
    pub setup_ms: u64,
    /// How long the guest may stand still at the end (QEMU's `downtime-limit`, 300 ms unless set: QEMU 4.2 to 10.0).
    pub downtime_ms: u64,
    /// From the last page to the guest running on the destination.
    pub resume_ms: u64,
}

impl Default for Terms {
    /// QEMU's limit; one second for setting up and 50 ms for going on are assumptions of this project.
    fn default() -> Self {
        Self { setup_ms: 1_000, downtime_ms: 300, resume_ms: 50 }
    }
}

/// How a migration went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// From its start until the guest runs on the destination.
    pub duration_ms: u64,
    /// How long the guest stands still.
    pub downtime_ms: u64,
    /// What goes over the network.
    pub sent: Memory,
    /// How many times it went through the memory that was dirty, the last time included.
    pub rounds: u32,
    /// Whether the rest came to fit into the downtime that is allowed. Where not, QEMU goes on for ever; the other figures
    /// are then those of stopping the guest where nothing is gained any more.
    pub converges: bool,
}

/// After so many rounds QEMU has won nothing for long; each round of a loop that converges leaves less than the one before.
const ROUNDS: u32 = 1_000;

/// Plays the loop through at a constant `rate` (QEMU 7.2, migration/ram.c): rounds are sent until the rest takes no longer than
/// the downtime that is allowed; then the guest stops, and the rest is sent.
pub fn precopy(curve: &DirtyCurve, rate: Rate, terms: &Terms) -> Course {
    let limit_us = terms.downtime_ms.saturating_mul(1_000);
    let (mut rest, mut sent, mut elapsed) = (curve.memory, Memory::default(), 0_u64);
    let (mut rounds, mut converges) = (1, true);
    let mut round_us = rate.microseconds(rest);
    while round_us > limit_us {
        sent = sent.plus(rest);
        elapsed = elapsed.saturating_add(round_us);
        let dirty = curve.dirtied(round_us);
        rounds += 1;
        let stands = dirty >= rest && rounds > 2 || rounds > ROUNDS || round_us == u64::MAX;
        rest = dirty;
        round_us = rate.microseconds(rest);
        if stands && round_us > limit_us {
            converges = false;
            break;
        }
    }
    let downtime_ms = round_us.div_ceil(1_000).saturating_add(terms.resume_ms);
    Course {
        duration_ms: elapsed.div_ceil(1_000).saturating_add(downtime_ms).saturating_add(terms.setup_ms),
        downtime_ms,
        sent: sent.plus(rest),
        rounds,
        converges,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TERMS: Terms = Terms { setup_ms: 0, downtime_ms: 300, resume_ms: 0 };

    fn curve(memory: u64, hot: u64, cold: u64) -> DirtyCurve {
        let (memory, hot) = (Memory::mib(memory), Memory::mib(hot));
        DirtyCurve { memory, hot, hot_ms: 2_000, cold: Rate::kib(cold * 1024) }
    }

    #[test]
    fn a_guest_that_does_nothing_is_sent_once() {
        let course = precopy(&curve(1_000, 0, 0), Rate::kib(100 * 1024), &TERMS);
        assert_eq!((course.duration_ms, course.downtime_ms, course.rounds), (10_000, 0, 2));
        assert_eq!((course.sent, course.converges), (Memory::mib(1_000), true));
    }

    #[test]
    fn what_is_dirtied_is_sent_again() {
        // 10 s for all of it, in which 50 MiB and 8 s of 5 MiB each get dirty: 0.9 s, in which 22.5 MiB do: these are the rest.
        let course = precopy(&curve(1_000, 50, 5), Rate::kib(100 * 1024), &TERMS);
        assert_eq!((course.duration_ms, course.downtime_ms, course.rounds), (11_125, 225, 3));
    }

    #[test]
    fn a_hot_set_that_is_dirtied_faster_than_sent_never_converges() {
        let course = precopy(&curve(1_000, 400, 0), Rate::kib(100 * 1024), &TERMS);
        assert!(!course.converges, "200 MiB/s are dirtied, 100 sent: {course:?}");
        assert!(precopy(&curve(1_000, 20, 0), Rate::kib(100 * 1024), &TERMS).converges);
        assert!(!precopy(&curve(1_000, 20, 0), Rate::kib(0), &TERMS).converges);
    }

    proptest! {
        #[test]
        fn faster_is_never_longer_and_the_loop_ends(
            memory in 0_u64..u64::MAX, hot in 0_u64..1 << 40, ms in 0_u64..100_000, cold in 0_u64..1 << 40, rate in 0_u64..1 << 40,
        ) {
            let (memory, hot) = (Memory::kib(memory), Memory::kib(hot));
            let curve = DirtyCurve { memory, hot, hot_ms: ms, cold: Rate::kib(cold) };
            let (slow, fast) = (Rate::kib(rate), Rate::kib(rate.saturating_mul(2)));
            let (slow, fast) = (precopy(&curve, slow, &TERMS), precopy(&curve, fast, &TERMS));
            prop_assert!(!slow.converges || fast.converges);
            prop_assert!(!slow.converges || fast.duration_ms <= slow.duration_ms + 1_000);
            prop_assert!(slow.rounds <= ROUNDS + 1);
        }
    }
}
