//! Why a guest is left out: for every host it might have gone to.

use std::collections::BTreeSet;

use super::capacity::Amount;
use super::headroom::PoolIndex;
use super::ledger::{Ledger, Obstacle};
use super::needs::Needs;
use super::schedule::Stuck;
use super::units::{Unit, mode, moves_at_once};

use super::wish::{Want, Wish};
use crate::compat::{Answer, Assessment, Finding, GuestIndex, HostIndex, Mode, Severity};

/// A guest that should move and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The guest.
    pub guest: GuestIndex,
    /// The host it stays on; `None` where it is on none of the inventory's.
    pub host: Option<HostIndex>,
    /// Every reason.
    pub reasons: Vec<Reason>,
}

/// Why a guest does not go to some hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The hosts, ascending; empty where the reason holds for any.
    pub hosts: Vec<HostIndex>,
    /// The id of the rule, or one of the planner's own: `no-room`, `unknown-room`, `keep-apart`,
    /// `keep-together`, `moves-per-host`, `deadlock`, `no-answer`, `host-not-collected`, `no-host`, `pinned`, `banned`.
    pub rule: String,
    /// What is the matter.
    pub message: String,
    /// What would change it.
    pub remedy: String,
}

impl Reason {
    fn new(rule: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { hosts: Vec::new(), rule: rule.to_owned(), message: message.into(), remedy: remedy.into() }
    }
}

/// What the reasons are found from.
pub(super) struct Why<'w, 'c> {
    pub(super) needs: &'w Needs<'c>,
    pub(super) wish: &'w Wish,
    /// What the hosts hold at the end of the plan.
    pub(super) end: &'w Ledger<'w>,
    /// What no order of moves could bring.
    pub(super) stuck: &'w [Stuck],
}

/// A host where room is lacking: what is needed and what is free.
type Cramped = (HostIndex, Amount, Amount);

impl Why<'_, '_> {
    /// The guests of a unit of which something is wanted, with all reasons.
    pub(super) fn left_out(&self, at: usize, unit: &Unit) -> Vec<LeftOut> {
        let host = |guest: GuestIndex| self.needs.homes[guest];
        let wanted = unit.guests.iter().filter(|&&guest| self.wish.asks(guest, host(guest)));
        let one = |&guest| LeftOut { guest, host: host(guest), reasons: self.reasons(at, unit, guest) };
        wanted.map(one).collect()
    }

    /// The guests of a unit of which something is wanted, and which stay on `host` because the
    /// others come to them.
    pub(super) fn held(&self, unit: &Unit, host: HostIndex) -> Vec<LeftOut> {
        let wanted = |guest: GuestIndex| self.wish.asks(guest, self.needs.homes[guest]);
        let held = unit.guests.iter().filter(|&&g| self.needs.homes[g] == Some(host) && wanted(g));
        let text = "guests that it is kept together with come to it";
        let reason = Reason::new("keep-together", text, "change the group in cluster.toml");
        held.map(|&guest| LeftOut { guest, host: Some(host), reasons: vec![reason.clone()] }).collect()
    }

    fn reasons(&self, at: usize, unit: &Unit, guest: GuestIndex) -> Vec<Reason> {
        if self.needs.is_elsewhere(guest) {
            return vec![self.elsewhere(guest)];
        }
        if self.wish.pinned.contains(&guest) {
            return vec![Reason::new(
                "pinned",
                "it is pinned to where it is",
                "take it from the intent 'pin'",
            )];
        }
        let stuck = self.stuck.iter().filter(|stuck| stuck.unit == at);
        let mut reasons: Vec<Reason> = stuck.map(|stuck| self.deadlock(stuck)).collect();
        let allowed =
            (0..self.needs.hosts.len()).filter(|&host| self.wish.allows(&unit.guests, unit.want, host));
        let hosts = allowed.filter(|&host| Some(host) != self.needs.homes[guest]);
        let (mut found, mut cramped, mut barred) = (Vec::new(), Vec::new(), BTreeSet::new());
        let (open, shut): (Vec<HostIndex>, Vec<HostIndex>) =
            hosts.partition(|&host| self.pinned(unit, host).is_none());
        for &one in &unit.guests {
            let refuses = |&host: &HostIndex| {
                self.needs.homes[one] != Some(host) && mode(self.needs, one, host).is_none()
            };
            let hosts: Vec<HostIndex> = open.iter().copied().filter(refuses).collect();
            self.barred(guest, one, &hosts, &mut found);
            barred.extend(hosts);
        }
        for host in open.into_iter().filter(|host| !barred.contains(host)).chain(shut) {
            for reason in self.at_host(unit, host, &mut cramped) {
                add(&mut found, &[host], reason);
            }
        }
        for reason in &mut found {
            reason.hosts.sort_unstable();
            reason.hosts.dedup();
        }
        found.sort_by_key(|reason| reason.hosts.first().copied());
        if found.iter().any(|reason| reason.rule == "headroom") {
            // Hosts tell of it themselves.
            reasons.retain(|reason| reason.rule != "headroom");
        }
        reasons.extend(found);
        reasons.extend(self.no_room(&cramped));
        reasons.extend(self.banned(unit));
        if reasons.is_empty() && self.needs.times.order.iter().any(|order| order.contains(&guest)) {
            let text = "the order of cluster.toml has it wait for itself, or it could move only after those that were to come behind it";
            reasons.push(Reason::new("order", text, "change the order in cluster.toml"));
        }
        if reasons.is_empty() {
            reasons.push(Reason::new("no-host", "there is no host to go to", "collect another host"));
        }
        reasons
    }

    /// A guest that would have to come to the host and is pinned.
    fn pinned(&self, unit: &Unit, host: HostIndex) -> Option<GuestIndex> {
        let comes = |guest: &&GuestIndex| self.needs.homes[**guest] != Some(host);
        unit.guests.iter().filter(comes).find(|guest| self.wish.pinned.contains(guest)).copied()
    }

    /// What keeps a unit from a host that no rule bars.
    fn at_host(&self, unit: &Unit, host: HostIndex, cramped: &mut Vec<Cramped>) -> Vec<Reason> {
        if let Some(pinned) = self.pinned(unit, host) {
            let text =
                format!("it is kept together with '{}', which is pinned", self.needs.guest(pinned).name);
            return vec![Reason::new("keep-together", text, "take that guest from the intent 'pin'")];
        }
        let arriving = unit.arriving(self.needs, host);
        if !moves_at_once(self.needs, &arriving) {
            return vec![self.too_many(arriving.len())];
        }
        match self.end.in_the_way(&arriving, host) {
            Some(Obstacle::Headroom(pool, needed, free)) => vec![self.headroom(pool, &needed, &free)],
            Some(Obstacle::Unknown(what)) => vec![unknown_room(what)],
            Some(Obstacle::Apart(group)) => vec![self.apart(group)],
            Some(Obstacle::Room { needed, free }) => {
                cramped.push((host, needed, free));
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// The hosts that no guest may come to, where the guest might have gone there otherwise.
    fn banned(&self, unit: &Unit) -> Option<Reason> {
        let hosts =
            (0..self.needs.hosts.len()).filter(|&host| self.wish.banned[host] && !self.wish.drained[host]);
        let hosts: Vec<HostIndex> = hosts.filter(|_| unit.want == Want::Leave).collect();
        let reason = Reason::new("banned", "no guest may come to it", "take it from the intent 'ban'");
        (!hosts.is_empty()).then_some(Reason { hosts, ..reason })
    }

    /// The rules that object to `one` on these hosts, said of `guest`: `one` itself or one of its group. They are asked for all
    /// hosts at once: hosts of a class have most of it in common.
    fn barred(&self, guest: GuestIndex, one: GuestIndex, hosts: &[HostIndex], found: &mut Vec<Reason>) {
        let said = |mut reason: Reason| {
            if one != guest {
                let name = &self.needs.guest(one).name;
                reason.message = format!("it is kept together with '{name}': {}", reason.message);
            }
            reason
        };
        if self.needs.is_elsewhere(one) {
            return add(found, hosts, said(self.elsewhere(one)));
        }
        for group in self.needs.verdicts.reasons(one, hosts) {
            for (assessment, hosts) in self.by_answer(one, group.hosts) {
                for reason in self.objections(one, assessment, &group.findings) {
                    add(found, &hosts, said(reason));
                }
            }
        }
    }

    /// The hosts by what is possible for the guest there.
    fn by_answer(&self, guest: GuestIndex, hosts: Vec<HostIndex>) -> Vec<(Assessment, Vec<HostIndex>)> {
        let mut all: Vec<(Assessment, Vec<HostIndex>)> = Vec::new();
        for host in hosts {
            let assessment = self.needs.verdicts.assess(guest, host);
            match all.iter_mut().find(|(known, _)| *known == assessment) {
                Some((_, known)) => known.push(host),
                None => all.push((assessment, vec![host])),
            }
        }
        all
    }

    /// What keeps the guest from the mode that is nearest to possible.
    fn objections(&self, guest: GuestIndex, assessment: Assessment, found: &[Finding]) -> Vec<Reason> {
        let against = |mode| {
            let worst =
                if assessment.answer(mode) == Answer::No { Severity::Blocker } else { Severity::Unknown };
            found.iter().filter(move |finding| finding.modes.has(mode) && finding.severity == worst)
        };
        // A mode that is refused without a finding is not asked at all, such as rebuilding for the
        // guest's own architecture.
        let distance = |mode: &Mode| (assessment.answer(*mode), against(*mode).count().wrapping_sub(1));
        let nearest = self.modes(guest).iter().copied().min_by_key(distance).unwrap_or(Mode::Cold);
        let reason = |f: &Finding| Reason::new(&f.rule, f.message.as_str(), &*f.remedy);
        let mut reasons: Vec<Reason> = against(nearest).map(reason).collect();
        if reasons.is_empty() {
            let answer = assessment.answer(nearest).as_str();
            let text = format!("whether it can move there ({nearest}) is answered with {answer}");
            reasons.push(Reason::new("no-answer", text, "collect more of the guest and of the host"));
        }
        reasons
    }

    /// Live is asked only of guests that run; of two modes as near, the one that asks for less comes first.
    fn modes(&self, guest: GuestIndex) -> &'static [Mode] {
        let live = self.needs.guest(guest).running && self.needs.homes[guest].is_some();
        if live { &[Mode::Cold, Mode::Rebuild, Mode::Live] } else { &[Mode::Cold, Mode::Rebuild] }
    }

    fn elsewhere(&self, guest: GuestIndex) -> Reason {
        let guest = self.needs.guest(guest);
        let host = guest.host.as_deref().unwrap_or_default();
        let text = format!("'{}' is on host '{host}', which the inventory does not have", guest.name);
        Reason::new("host-not-collected", text, format!("collect host '{host}'"))
    }

    fn too_many(&self, guests: usize) -> Reason {
        let limit = self.needs.limits().leaving.min(self.needs.limits().onto_one());
        let text = format!("{guests} moves would have to run at the same time; {limit} may");
        let rule = if limit == 0 || guests == 1 { "moves-per-host" } else { "keep-together" };
        Reason::new(rule, text, "raise the limits of moves in cluster.toml, or make the group smaller")
    }

    fn apart(&self, group: usize) -> Reason {
        let text = self.needs.policies.crowds[group].text();
        Reason::new("keep-apart", text, "change the group in cluster.toml, or make room on another host")
    }

    fn no_room(&self, cramped: &[Cramped]) -> Option<Reason> {
        let best = |(host, needed, free): &&Cramped| {
            (needed.rare.within(&free.rare), free.memory, usize::MAX - host)
        };
        let (most, needed, free) = cramped.iter().max_by_key(best)?;
        let lacking = needed.clone().minus(free);
        let text = |amount| self.needs.kinds.text(amount, &lacking);
        let text = format!(
            "it needs {}; most is free on '{}': {}",
            text(needed),
            self.needs.host_name(*most),
            text(free)
        );
        let hosts = cramped.iter().map(|(host, ..)| *host).collect();
        let remedy = "make room there, or change memory_reserve or cpu_overcommit in cluster.toml";
        Some(Reason { hosts, ..Reason::new("no-room", text, remedy) })
    }

    fn headroom(&self, pool: PoolIndex, needed: &Amount, free: &Amount) -> Reason {
        let headroom = &self.needs.headroom;
        let lacking = needed.clone().minus(free);
        let text = |amount| self.needs.kinds.text(amount, &lacking);
        let hosts = if headroom.hosts == 1 { "host".to_owned() } else { format!("{} hosts", headroom.hosts) };
        let text = format!(
            "on its way it takes {} of what the {} hosts that stay can hold though the largest {hosts} of them fail; {} of that is free",
            text(needed),
            headroom.pools[pool].name,
            text(free)
        );
        Reason::new(
            "headroom",
            text,
            "add a host, drain fewer at once, or change headroom_hosts in cluster.toml",
        )
    }

    fn late(&self, stuck: &Stuck) -> Reason {
        let text = format!(
            "no window of cluster.toml leaves time for it to go to '{}', after the moves that others make before",
            self.needs.host_name(stuck.host)
        );
        let reason = Reason::new(
            "no-window",
            text,
            "widen the windows of the guest and of both hosts in cluster.toml",
        );
        Reason { hosts: vec![stuck.host], ..reason }
    }

    fn deadlock(&self, stuck: &Stuck) -> Reason {
        let names: Vec<_> =
            stuck.waiting.iter().map(|&host| format!("'{}'", self.needs.host_name(host))).collect();
        let Some(obstacle) = &stuck.obstacle else { return self.late(stuck) };
        let lacking = match obstacle {
            Obstacle::Headroom(pool, needed, free) => {
                return Reason { hosts: vec![stuck.host], ..self.headroom(*pool, needed, free) };
            }
            Obstacle::Room { needed, free } => {
                let lacking = needed.clone().minus(free);
                self.needs.kinds.lacking(&lacking)
            }
            Obstacle::Apart(group) => format!("a place: {}", self.needs.policies.crowds[*group].text()),
            Obstacle::Unknown(what) => what.clone(),
        };
        let text = format!(
            "no move can be the first: hosts {} wait for none but one another, and '{}' lacks {lacking}",
            names.join(", "),
            self.needs.host_name(stuck.host)
        );
        let reason = Reason::new("deadlock", text, "make that much room on one of these hosts first");
        Reason { hosts: vec![stuck.host], ..reason }
    }
}

fn unknown_room(what: String) -> Reason {
    Reason::new("unknown-room", what, "collect it: where room is not known, nothing is moved")
}

/// Adds a reason, or the hosts to the same reason.
fn add(reasons: &mut Vec<Reason>, hosts: &[HostIndex], reason: Reason) {
    if hosts.is_empty() {
        return;
    }
    let same = |known: &&mut Reason| known.rule == reason.rule && known.message == reason.message;
    match reasons.iter_mut().find(same) {
        Some(known) => known.hosts.extend(hosts),
        None => reasons.push(Reason { hosts: hosts.to_vec(), ..reason }),
    }
}
