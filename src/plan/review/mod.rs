//! What a cluster can take: its room, how many guests more fit, which lost hosts the others make up for, the ports of its
//! guests, and how many ARM cores would take its x86 guests.
//!
//! Room is what the planner takes for it: memory without the reserve, processors times the overcommitment, and of every
//! guest on a host, also one that is shut off, its memory at most with [`overhead`](super::overhead) and its vCPUs at most.

mod arm;
mod cores;
mod exact;
mod loss;
mod losses;
mod pages;
mod ports;
mod restart;
mod room;
mod running;
mod sizes;
mod stranded;

pub use arm::{ArmOffer, ArmSizing};
pub use cores::{Cores, cores};
pub use loss::{Left, Loss, Outcome, Why};
pub use losses::{Losses, PairsRefused};
pub use pages::HugePages;
pub use ports::GuestPorts;
pub use room::{HostGroup, HostRoom, Room};
pub use sizes::Size;
pub use stranded::Barred;

use super::needs::Needs;
use crate::compat::{Chart, GuestIndex};
use crate::plan::verdicts::{Charted, Verdicts};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How many hosts are lost at the same time.
    pub losses: Losses,
    /// How much of an ARM core an x86 thread of a core with SMT is taken for, in thousandths.
    pub arm_core_per_thread: u32,
}

/// What an x86 thread of a core with SMT is taken for where nothing else is asked, in thousandths of an ARM core: an
/// assumption of this project, the middle of 0.6 and 0.7.
pub const ARM_CORE_PER_THREAD: u32 = 650;

/// What a cluster can take.
pub struct Review {
    /// The hosts, in their order.
    pub hosts: Vec<HostRoom>,
    /// The groups of hosts among which guests move live.
    pub groups: Vec<HostGroup>,
    /// The sizes that guests have, the most frequent first, and how many more of each fit.
    pub sizes: Vec<Size>,
    /// The guests of which memory or vCPUs are not known, and what would tell.
    pub sizeless: Vec<(GuestIndex, String)>,
    /// The loss of each host, where that is asked.
    pub losses: Vec<Loss>,
    /// The loss of each pair of hosts, where that is asked.
    pub pairs: Option<Vec<Loss>>,
    /// What keeps guests of lost hosts from hosts.
    pub barred: Vec<Barred>,
    /// The guests on PCI Express, those with the least left first.
    pub ports: Vec<GuestPorts>,
    /// What ARM hosts would take; `None` where there are none.
    pub arm: Option<ArmSizing>,
}

impl Review {
    /// Whether every loss of one host is made up for and no host is overfull; what is not known or not asked is not yes.
    pub fn is_clear(&self) -> bool {
        self.losses.len() == self.hosts.len()
            && self.losses.iter().all(|loss| loss.outcome == Outcome::Absorbed)
            && self.hosts.iter().all(|host| host.is_overfull() == Some(false))
    }
}

/// Reviews what the cluster can take.
///
/// # Errors
/// [`PairsRefused`], where pairs of more hosts are asked than are tried.
pub fn review(chart: &Chart<'_>, asked: Asked) -> Result<Review, PairsRefused> {
    review_with(chart, &Charted::new(chart), asked)
}

/// As [`review`], with these verdicts in place of the chart's.
pub(super) fn review_with<'a>(
    chart: &'a Chart<'a>,
    verdicts: &'a dyn Verdicts,
    asked: Asked,
) -> Result<Review, PairsRefused> {
    let needs = Needs::new(chart.cluster, verdicts);
    let lost = losses::lost(chart, &needs, asked.losses)?;
    let groups = room::groups(chart);
    let hosts = room::hosts(&needs, &groups);
    Ok(Review {
        sizes: sizes::sizes(&needs, &hosts),
        sizeless: sizes::sizeless(&needs),
        losses: lost.singles,
        pairs: lost.pairs,
        barred: lost.barred,
        ports: ports::ports(chart),
        arm: arm::sizing(&needs, asked.arm_core_per_thread),
        hosts,
        groups,
    })
}
