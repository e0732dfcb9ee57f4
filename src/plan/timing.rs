//! How long the moves of a plan are expected to take.

use super::estimate::{Course, DirtyCurve, Range, Rate, STACKS, Stack, Sureness, Terms, precopy};
use super::mode::MoveMode;
use super::timetable::Instant;
use crate::model::{Guest, Memory, Settings};

/// What a move is expected to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// From its start until the guest runs on the other host.
    pub duration: Range,
    /// How long the guest stands still, in milliseconds; nothing for one that does not run.
    pub downtime_ms: u64,
    /// What goes over the network, disks aside.
    pub sent: Memory,
    /// The rate that is reserved for it on the network.
    pub rate: Rate,
    /// Whether a live move comes to its end by itself.
    pub converges: bool,
    /// Whether how busy the guest is was measured.
    pub sureness: Sureness,
}

impl Estimate {
    /// The managers of clusters that would break a live move of so much memory off, with the milliseconds after which they do:
    /// those whose limit is below what nine of ten take.
    pub fn broken_off(&self, memory: Memory) -> Vec<(&'static Stack, u64)> {
        let limits = STACKS.iter().map(|stack| (stack, stack.limit_ms(memory)));
        limits.filter(|&(_, limit)| !self.converges || self.duration.high_ms > limit).collect()
    }
}

/// Where `cluster.toml` does not tell how fast the network of migrations is: Gigabit Ethernet, an assumption.
const ASSUMED_MBIT: u64 = 1_000;
/// A guest that is asked to shut down has done so: an assumption.
const SHUTDOWN_MS: u64 = 30_000;
/// A guest is started and its system is up: an assumption.
const START_MS: u64 = 30_000;
/// Definitions are written, on both hosts: an assumption.
const DEFINE_MS: u64 = 5_000;

/// How fast the network is, and on what terms guests are migrated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// What a host's link carries, each way.
    pub(super) link: Rate,
    /// What is reserved for one live move.
    each: Rate,
    /// So many live moves share a link, where nothing else is said of what one has.
    sharing: Option<usize>,
    mbit: Option<u64>,
    terms: Terms,
    /// The instant of the plan that is told as the first.
    pub(super) begin: Instant,
}

impl Timing {
    pub(super) fn of(settings: &Settings) -> Self {
        let link = Rate::mbit(settings.migration_mbit.unwrap_or(ASSUMED_MBIT));
        let part =
            Rate::kib(link.as_kib() / u64::try_from(settings.moves_per_host.max(1)).unwrap_or(u64::MAX));
        let each = settings.move_mbit.map_or(part, |mbit| Rate::mbit(mbit).min(link));
        let sharing = settings.move_mbit.is_none().then_some(settings.moves_per_host);
        Self { link, each, sharing, mbit: settings.migration_mbit, terms: Terms::default(), begin: 0 }
    }

    /// The same, told from a later instant on.
    pub(super) fn from(self, begin: Instant) -> Self {
        Self { begin, ..self }
    }

    /// What the estimates rest on, for people.
    pub(super) fn assumptions(&self) -> Vec<String> {
        let network = match self.mbit {
            Some(mbit) => {
                format!("the migration network carries {mbit} Mbit/s each way on every host (cluster.toml)")
            }
            None => format!(
                "the migration network carries {ASSUMED_MBIT} Mbit/s each way on every host; say how fast it is with \
                 migration_mbit in cluster.toml"
            ),
        };
        let part = match self.sharing {
            Some(1) => ", for one goes at a time on a host (moves_per_host)".to_owned(),
            Some(many) => format!(", for {many} may go at once on a host (moves_per_host)"),
            None => " (move_mbit)".to_owned(),
        };
        let live = format!(
            "a live move has {} of it{part}, and takes {} s besides to begin and to end; a guest whose activity was not measured dirties a \
             fiftieth of its memory in 2 s, and a thousandth each second besides, which is sent again",
            self.each,
            (self.terms.setup_ms + self.terms.resume_ms).div_ceil(1_000)
        );
        let cold = format!(
            "a guest shuts down in {} s, is defined in {} s and starts in {} s, one that is off is only defined; half or twice \
             of what is assumed may be so; what persons do, and copies of disks, are not in it",
            SHUTDOWN_MS / 1_000,
            DEFINE_MS / 1_000,
            START_MS / 1_000
        );
        vec![network, live, cold]
    }

    /// What a guest's move takes where `sharing` live moves start at once.
    pub(super) fn estimate(&self, guest: &Guest, mode: MoveMode, sharing: usize) -> Estimate {
        if mode == MoveMode::Live {
            return self.live(guest, sharing);
        }
        let (stop, start) = if guest.running { (SHUTDOWN_MS, START_MS) } else { (0, 0) };
        Estimate {
            duration: Range::around(stop + DEFINE_MS + start, Sureness::Assumed),
            downtime_ms: if guest.running { stop + DEFINE_MS + start } else { 0 },
            converges: true,
            ..Estimate::default()
        }
    }

    fn live(&self, guest: &Guest, sharing: usize) -> Estimate {
        let (curve, sureness) = curve(guest);
        let part = Rate::kib(self.link.as_kib() / u64::try_from(sharing.max(1)).unwrap_or(u64::MAX));
        let rate = self.each.min(part);
        let Course { duration_ms, downtime_ms, sent, converges, .. } = precopy(&curve, rate, &self.terms);
        let duration = Range::around(duration_ms, sureness);
        Estimate { duration, downtime_ms, sent, rate, converges, sureness }
    }
}

/// How the guest dirties its memory, by what was measured of it.
fn curve(guest: &Guest) -> (DirtyCurve, Sureness) {
    let all = guest.memory.value().copied().unwrap_or_default();
    let Some(activity) = &guest.moment.activity else { return (DirtyCurve::assumed(all), Sureness::Assumed) };
    let measured = activity.filled.as_ref().or(activity.resident.as_ref()).map(|known| known.value);
    let memory = measured.map_or(all, |measured| measured.min(all));
    let windows = activity.windows.iter().map(|window| (window.value.ms, window.value.dirtied));
    let windows: Vec<_> = windows.collect();
    match windows[..] {
        [] => (DirtyCurve::assumed(memory), Sureness::Assumed),
        [first] => (DirtyCurve::through(memory, first, None), Sureness::Measured),
        [first, .., last] => (DirtyCurve::through(memory, first, Some(last)), Sureness::Measured),
    }
}
