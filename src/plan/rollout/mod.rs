//! Hosts that are taken down one group after the other, for an upgrade: each group is emptied, upgraded, and takes guests again.
//!
//! Every stage is a plan of its own, made for the cluster as it is by then: guests are where the stages before have brought them, and
//! hosts that were upgraded offer what they do afterwards. Guests go to hosts that are not taken down any more as far as these have room, so
//! that few move twice. No guest is moved back for its own sake.

mod batch;
mod bound;
mod document;
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

/// One group of hosts.
struct Stage {
    hosts: BTreeSet<HostIndex>,
    plan: PlanDocument,
    /// The guests that could not go back live, were their old host still as it was.
    one_way: Vec<GuestIndex>,
}

/// Plans the upgrade that `intents` ask for, together with all else that they ask.
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
        if best.figures.stages <= best.front.first().map_or(0, |fewest| fewest.stages) {
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
    (figures.left, figures.stopped, figures.stages, figures.moves)
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
    while !rollout.waiting.is_empty() && rollout.stage(stages)? {}
    Ok(rollout.document(cluster, intents))
}

/// A rollout on its way.
struct Rollout<'u> {
    upgrade: &'u Upgrade,
    /// The cluster as it is by now.
    now: Cluster,
    /// What is asked beside the upgrade.
    others: Vec<Intent>,
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
        let is_upgrade = |intent: &&Intent| matches!(intent, Intent::Upgrade(_));
        let (asked, others): (Vec<&Intent>, Vec<&Intent>) = intents.iter().partition(is_upgrade);
        let names: Vec<String> = asked.into_iter().flat_map(|intent| intent.hosts().to_vec()).collect();
        let others: Vec<Intent> = others.into_iter().cloned().collect();
        // Names that are not known, and contradictions, are found as those of a drain.
        let all: Vec<Intent> = others.iter().cloned().chain([Intent::Drain(names.clone())]).collect();
        let wish = Wish::read(cluster, &all)?;
        let drained = Wish::read(cluster, &others).map_or(Vec::new(), |wish| wish.drained);
        let named = |host: &HostIndex| names.contains(&cluster.hosts[*host].name);
        let closed = (0..cluster.hosts.len())
            .map(|host| wish.banned[host] || drained.get(host).copied().unwrap_or(false))
            .collect();
        Ok(Self {
            upgrade,
            now: cluster.clone(),
            others,
            waiting: (0..cluster.hosts.len()).filter(named).collect(),
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
            Some(Found::Stage(hosts, plan, one_way)) => {
                self.carry_out(hosts, &plan, one_way);
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
                return Ok(Some(Found::Stage(hosts, Box::new(plan), one_way)));
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

    fn carry_out(&mut self, hosts: BTreeSet<HostIndex>, plan: &Plan, one_way: Vec<GuestIndex>) {
        let document = to_document(plan, &self.now);
        progress::carry_out(&mut self.now, plan);
        for &host in &hosts {
            if let Some(After { platform, cpu_map }) = self.upgrade.after.get(&host) {
                self.now.hosts[host].platform.clone_from(platform);
                self.now.hosts[host].cpu_map.clone_from(cpu_map);
            }
            self.waiting.remove(&host);
            self.upgraded.insert(host);
        }
        self.done.push(Stage { hosts, plan: document, one_way });
    }
}

/// What comes next.
enum Found {
    /// These hosts are emptied by this plan; who could not go back.
    Stage(BTreeSet<HostIndex>, Box<Plan>, Vec<GuestIndex>),
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
