//! Hosts that are taken down one group after the other: each group is emptied, upgraded or worked on, and takes guests again.
//!
//! Every stage is a plan of its own, made for the cluster as it is by then: guests are where the stages before have brought them, and
//! hosts that were upgraded offer what they do afterwards. Guests go to hosts that are not taken down any more as far as these have room, so
//! that few move twice. No guest is moved back for its own sake, but those of hosts that are evacuated: a stage of its own brings them back as soon as their hosts
//! are up again.

mod batch;
mod bound;
mod document;
mod home;
mod kept;
mod progress;
mod sizes;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

pub use document::{
    FrontRecord, LeftHostRecord, ROLLOUT_FORMAT, ROLLOUT_VERSION, RolloutDocument, RolloutFigures,
    StageRecord, read_rollout, rollout_to_json,
};
pub use progress::{After, after_upgrade};
pub use verify::{RolloutViolation, verify_rollout};

use batch::Fleet;
use bound::Bound;
use kept::Kept;
use progress::Arrived;

use super::document::PlanDocument;
use super::error::PlanError;
use super::mode::MoveMode;
use super::moves::Plan;
use super::needs::Needs;
use super::planner::{Asked, planned};
use super::timed::Prepare;
use super::timetable::Effort;
use super::verdicts::Verdicts;
use super::why::LeftOut;
use super::wish::Wish;
use super::write::to_document;
use crate::compat::{Answer, GuestIndex, HostIndex};
use crate::model::{Cluster, Intent};

/// How many lines the front of stages against moves has at most.
const FRONT: usize = 6;
/// How many hundredths of each host are left free at most, so that there are fewer stages.
const MARGINS: usize = 8;
/// How many guests are planned for in all such trials, stage by stage.
const TRIED_GUESTS: usize = 40_000;

/// What is possible on a cluster at every stage of a rollout.
pub trait Stages {
    /// Calls `then` with what is possible on the cluster as it is by then, and with what a person has to do before a move.
    fn at(&self, cluster: &Cluster, then: &mut dyn FnMut(&dyn Verdicts, &Prepare<'_>));
}

/// How hosts are upgraded.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// What each offers afterwards; the same as now where nothing is said.
    pub after: BTreeMap<HostIndex, After>,
    /// How hard timetables are searched for.
    pub effort: Effort,
}

/// One plan, and the hosts that are down after it.
struct Stage {
    /// None where guests are brought back.
    hosts: BTreeSet<HostIndex>,
    /// The hosts to which guests are brought back.
    back_to: BTreeSet<HostIndex>,
    plan: PlanDocument,
    /// The guests that could not go back live, were their old host still as it was.
    one_way: Vec<GuestIndex>,
}

/// Plans to take down the hosts that `intents` say, together with all else that they ask.
///
/// Stages are sized as if guests were water, which they are not: where that makes for more stages than it promised, it is tried again
/// with hosts that are not filled to the brim, and the best counts.
///
/// # Errors
/// As those of [`plan`](super::plan()).
pub fn rollout(
    cluster: &Cluster,
    stages: &dyn Stages,
    intents: &[Intent],
    upgrade: &Upgrade,
) -> Result<RolloutDocument, PlanError> {
    let margins = (TRIED_GUESTS / cluster.guests.len().max(1)).min(MARGINS);
    let mut best = rolled(cluster, stages, intents, upgrade, 0)?;
    for margin in 1..=margins {
        let down = best.stages.iter().filter(|stage| !stage.hosts.is_empty()).count();
        if down <= best.front.first().map_or(0, |fewest| fewest.stages) {
            break;
        }
        let other = rolled(cluster, stages, intents, upgrade, margin)?;
        if rank(&other.figures) < rank(&best.figures) {
            best = other;
        }
    }
    Ok(best)
}

/// The smaller the better. Rather a stage more than a guest that is stopped and need not be.
fn rank(figures: &RolloutFigures) -> (usize, usize, usize, usize) {
    (figures.left + figures.not_back, figures.stopped, figures.stages, figures.moves)
}

/// The rollout whose stages leave so many hundredths of each host free.
fn rolled(
    cluster: &Cluster,
    stages: &dyn Stages,
    intents: &[Intent],
    upgrade: &Upgrade,
    margin: usize,
) -> Result<RolloutDocument, PlanError> {
    let mut rollout = Rollout::new(cluster, intents, upgrade)?;
    rollout.margin = margin as u64;
    while !rollout.waiting.is_empty() && rollout.stage(stages)? {
        rollout.bring_home(stages)?;
    }
    Ok(rollout.document(cluster, intents))
}

/// A rollout on its way.
struct Rollout<'u> {
    upgrade: &'u Upgrade,
    /// The cluster as it is by now.
    now: Cluster,
    /// What is asked of hosts that are not taken down.
    others: Vec<Intent>,
    /// By guest: the host that it is to be brought back to.
    away: BTreeMap<GuestIndex, HostIndex>,
    /// The hosts whose guests come back.
    evacuated: BTreeSet<HostIndex>,
    /// The hosts that offer something else afterwards.
    changed: BTreeSet<HostIndex>,
    waiting: BTreeSet<HostIndex>,
    upgraded: BTreeSet<HostIndex>,
    /// By host: whether no guest may come to it.
    closed: Vec<bool>,
    done: Vec<Stage>,
    /// Why the hosts that wait cannot be emptied.
    left: Vec<LeftOut>,
    /// Few stages against few moves, as it was at first: how many, and what moves twice, in KiB.
    front: Vec<(usize, u64)>,
    /// As few stages as there can be, by what hosts held at first.
    bound: Bound,
    /// How many hundredths of each host do not count when stages are sized.
    margin: u64,
}

impl<'u> Rollout<'u> {
    fn new(cluster: &Cluster, intents: &[Intent], upgrade: &'u Upgrade) -> Result<Self, PlanError> {
        let (asked, others): (Vec<&Intent>, Vec<&Intent>) =
            intents.iter().partition(|intent| intent.takes_down());
        let named = |intents: &[&Intent]| -> Vec<String> {
            intents.iter().flat_map(|intent| intent.hosts().to_vec()).collect()
        };
        let names = named(&asked);
        let (away, changed): (Vec<&Intent>, Vec<&Intent>) =
            asked.iter().partition(|intent| matches!(intent, Intent::Evacuate(_)));
        let (evacuated, changed) = (named(&away), named(&changed));
        let others: Vec<Intent> = others.into_iter().cloned().collect();
        // Names that are not known, and contradictions, are found as those of a drain.
        let all: Vec<Intent> = others.iter().cloned().chain([Intent::Drain(names.clone())]).collect();
        let wish = Wish::read(cluster, &all)?;
        let drained = Wish::read(cluster, &others).map_or(Vec::new(), |wish| wish.drained);
        let of = |names: &[String]| -> BTreeSet<HostIndex> {
            (0..cluster.hosts.len()).filter(|&host| names.contains(&cluster.hosts[host].name)).collect()
        };
        let closed = (0..cluster.hosts.len())
            .map(|host| wish.banned[host] || drained.get(host).copied().unwrap_or(false))
            .collect();
        Ok(Self {
            upgrade,
            now: cluster.clone(),
            others,
            waiting: of(&names),
            away: BTreeMap::new(),
            evacuated: of(&evacuated),
            changed: of(&changed),
            upgraded: BTreeSet::new(),
            closed,
            done: Vec::new(),
            left: Vec::new(),
            front: Vec::new(),
            bound: Bound::default(),
            margin: 0,
        })
    }

    /// Takes down as many hosts as is best; tells whether any was.
    fn stage(&mut self, stages: &dyn Stages) -> Result<bool, PlanError> {
        let mut result = Ok(None);
        let mut first = None;
        let this = &*self;
        stages.at(&this.now, &mut |verdicts, prepare| {
            let verdicts = &Kept(verdicts);
            if this.done.is_empty() {
                first = Some(this.outlook(verdicts));
            }
            result = this.next(verdicts, prepare);
        });
        if let Some((front, bound)) = first {
            (self.front, self.bound) = (front, bound);
        }
        match result? {
            Some(Found::Stage(hosts, plan, one_way, arrived)) => {
                self.carry_out(hosts, &plan, one_way, arrived);
                Ok(true)
            }
            Some(Found::Stuck(left)) => {
                self.left = left;
                Ok(false)
            }
            None => Ok(false),
        }
    }

    fn fleet(&self) -> Fleet<'_> {
        Fleet { waiting: &self.waiting, closed: &self.closed, at_once: self.at_once(), margin: self.margin }
    }

    /// How many hosts may be down at once.
    fn at_once(&self) -> usize {
        self.now.settings.hosts_down_at_once.unwrap_or(usize::MAX)
    }

    /// Few stages against few moves, and what bounds the stages.
    fn outlook(&self, verdicts: &dyn Verdicts) -> (Vec<(usize, u64)>, Bound) {
        let needs = Needs::new(&self.now, verdicts);
        let takes_part = |host: HostIndex| !self.closed[host] || self.waiting.contains(&host);
        let fleet = Fleet { margin: 0, ..self.fleet() };
        (fleet.water(&needs).front(FRONT), Bound::new(&needs, takes_part))
    }

    /// The next hosts with the plan that empties them. Hosts that turn out not to be emptied are tried no more in this stage.
    fn next(&self, verdicts: &dyn Verdicts, prepare: &Prepare<'_>) -> Result<Option<Found>, PlanError> {
        let mut tried = BTreeSet::new();
        let mut hosts = self.fleet().batch(&Needs::new(&self.now, verdicts), &tried);
        loop {
            if hosts.is_empty() {
                hosts.clone_from(&self.waiting);
                let plan = self.plan(&hosts, (verdicts, prepare))?;
                return Ok(Some(Found::Stuck(plan.left_out)));
            }
            let plan = self.plan(&hosts, (verdicts, prepare))?;
            let stays = |left: &LeftOut| left.host.filter(|host| hosts.contains(host));
            let stuck: BTreeSet<HostIndex> = plan.left_out.iter().filter_map(stays).collect();
            if stuck.is_empty() {
                let one_way = one_way(verdicts, &plan, &self.upgraded);
                let arrived = progress::arrived(verdicts, &plan);
                return Ok(Some(Found::Stage(hosts, Box::new(plan), one_way, arrived)));
            }
            tried.extend(&stuck);
            hosts.retain(|host| !stuck.contains(host));
            if hosts.is_empty() {
                hosts = self.fleet().batch(&Needs::new(&self.now, verdicts), &tried);
            }
        }
    }

    /// The plan that empties these hosts; hosts that are not taken down any more come first.
    fn plan(
        &self,
        hosts: &BTreeSet<HostIndex>,
        (verdicts, prepare): (&dyn Verdicts, &Prepare<'_>),
    ) -> Result<Plan, PlanError> {
        let names = hosts.iter().map(|&host| self.now.hosts[host].name.clone()).collect();
        let intents: Vec<Intent> =
            [Intent::Drain(names)].into_iter().chain(self.others.iter().cloned()).collect();
        let favoured = (0..self.now.hosts.len()).filter(|host| !self.waiting.contains(host)).collect();
        let asked = Asked { favoured, ..Asked::new(&intents, self.upgrade.effort) };
        planned(&self.now, verdicts, &asked, prepare)
    }

    fn carry_out(
        &mut self,
        hosts: BTreeSet<HostIndex>,
        plan: &Plan,
        one_way: Vec<GuestIndex>,
        arrived: Arrived,
    ) {
        let leaves = |one: &super::moves::Move| {
            Some((one.guest, one.from.filter(|from| self.evacuated.contains(from) && hosts.contains(from))?))
        };
        self.away.extend(plan.moves().filter_map(leaves));
        let document = to_document(plan, &self.now);
        progress::carry_out(&mut self.now, plan, arrived);
        for &host in &hosts {
            let after = self.upgrade.after.get(&host).filter(|_| self.changed.contains(&host));
            if let Some(after) = after {
                after.bring_to(&mut self.now.hosts[host]);
            }
            self.waiting.remove(&host);
            self.upgraded.insert(host);
        }
        self.done.push(Stage { hosts, back_to: BTreeSet::new(), plan: document, one_way });
    }
}

/// What comes next.
enum Found {
    /// These hosts are emptied by this plan; who could not go back, and what those need that went live.
    Stage(BTreeSet<HostIndex>, Box<Plan>, Vec<GuestIndex>, Arrived),
    /// No host that waits can be emptied, for these reasons.
    Stuck(Vec<LeftOut>),
}

/// The guests that go live to an upgraded host and could not go back live to where they were, as that host is now.
fn one_way(verdicts: &dyn Verdicts, plan: &Plan, upgraded: &BTreeSet<HostIndex>) -> Vec<GuestIndex> {
    let stays = |one: &&super::moves::Move| one.mode == MoveMode::Live && upgraded.contains(&one.to);
    let back = |one: &super::moves::Move| {
        let back = verdicts.onward(one.guest, one.to, one.from?).live;
        (back != Answer::Yes).then_some(one.guest)
    };
    plan.moves().filter(stays).filter_map(back).collect()
}
