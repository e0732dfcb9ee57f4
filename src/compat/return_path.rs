//! The way back: what becomes of a guest that went to another host if it would return to the one it came from.
//!
//! A guest that went live is what it was: its XML moved with it, its CPU stays as it runs. One that went shut down was
//! started there: what its host decides of its CPU and its machine type is that host's now ([`Reboot`]), and where that
//! is not known, neither is the way back. Both are judged by the same rules as any move, from there to here.
//!
//! What the classes decide is the cell of the guest class with both host classes changed over. It is computed row by row
//! when somebody asks, never with the chart: it would cost twice as much, and the planner asks for single moves.

use rayon::prelude::*;

use super::chart::Chart;
use super::class::{GuestIndex, HostIndex};
use super::cpu_answers::CpuAnswers;
use super::definition::{Definition, Documents};
use super::finding::{Finding, Findings, RuleId};
use super::mode::{Mode, Modes};
use super::pair::{Individual, Pair, offer};
use super::reboot::{Reboot, machine, starts_with};
use super::rule::Rule;
use super::rules::named;
use super::severity::Severity;
use super::verdict::{Answer, Assessment};
use super::ways::ClassWays;
use crate::cpu::x86::{Definition as Cpu, depends_on_host};
use crate::knowledge::x86::map_of;
use crate::model::{CpuDefinition, CpuMode, DocumentKind, Fact, Guest, Host, Known, Moment, Requirements};

/// How a guest comes back that went in one mode, with every reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// How it went.
    pub went: Mode,
    /// What is possible on the way back. Nothing is rebuilt for it.
    pub assessment: Assessment,
    /// What stands in its way, or may: blockers and unknowns.
    pub findings: Vec<Finding>,
}

/// Hosts from which a guest comes back the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// The hosts, in the order they were asked for.
    pub hosts: Vec<HostIndex>,
    /// How the guest went.
    pub went: Mode,
    /// What is possible on the way back.
    pub assessment: Assessment,
    /// The rules that stand in its way, or may, in the mode in which it went; in their order.
    pub rules: Vec<RuleId>,
}

impl WayBack {
    /// The answer for the way back in the mode in which it went.
    pub fn answer(&self) -> Answer {
        self.assessment.answer(self.went)
    }
}

/// The modes after which somebody may want to come back: a rebuilt guest is another, and the old one is where it was.
const WENT: [Mode; 2] = [Mode::Live, Mode::Cold];

impl Chart<'_> {
    /// What a guest finds after a reboot on a host; `None` where it would be rebuilt for it.
    pub fn reboot(&self, guest: GuestIndex, host: HostIndex) -> Option<Reboot> {
        let (one, documents) = (&self.cluster.guests[guest], self.documents(guest));
        let reboot = Reboot::of(&self.pair(one, &documents, &self.cluster.hosts[host]))?;
        Some(if is_undefined(one) { reboot.undefined() } else { reboot })
    }

    /// How a guest comes back from a host, for each mode in which it may get there; nothing for a guest on no host.
    pub fn returns(&self, guest: GuestIndex, host: HostIndex) -> Vec<Return> {
        let Some(home) = self.home(guest).filter(|&home| home != host) else { return Vec::new() };
        let (assessment, documents) = (self.assess(guest, host), self.documents(guest));
        let went = WENT.into_iter().filter(|&mode| assessment.answer(mode) != Answer::No);
        let hosts = (&self.cluster.hosts[host], &self.cluster.hosts[home]);
        let way = |went: Mode| {
            let one = &self.cluster.guests[guest];
            let mut found = self.class_way(one, &documents, hosts, went);
            found.extend(self.own_way(&self.traveller(one, went), hosts));
            let found = self.policy.judge(found, self.fittings_of(guest, home));
            let assessment = Assessment::of(&found, Answer::No);
            Return { went, assessment, findings: found.into_iter().filter(objects).collect() }
        };
        went.map(way).collect()
    }

    /// What is possible for a guest that went live to `via` and is to go on from there to `to`, as it is then: with the CPU
    /// and machine type that it was started with at home.
    pub fn onward(&self, guest: GuestIndex, via: HostIndex, to: HostIndex) -> Assessment {
        let Some(home) = self.home(guest) else { return Assessment::of(&[], Answer::No) };
        let (one, documents) = (&self.cluster.guests[guest], self.documents(guest));
        let [started, from, target] = [home, via, to].map(|host| &self.cluster.hosts[host]);
        let mut found = self.class_leg(one, &documents, Leg { started, from, to: target }, Mode::Live);
        found.extend(self.own_way(&self.traveller(one, Mode::Live), (from, target)));
        Assessment::of(&self.policy.judge(found, self.fittings_of(guest, to)), Answer::No)
    }

    /// What a guest needs of a host once it went to another in this mode: as before, with the CPU and machine type that it was started with, here
    /// where it went live, there where it went cold; `None` for one that is on no host.
    pub fn arrived(&self, guest: GuestIndex, to: HostIndex, went: Mode) -> Option<Requirements> {
        let (one, documents) = (&self.cluster.guests[guest], self.documents(guest));
        let [home, to] = [self.home(guest)?, to].map(|host| &self.cluster.hosts[host]);
        Some(arrived(&self.pair(one, &documents, to), went, &self.pair(one, &documents, home)))
    }

    /// From which of `hosts` a guest that went there in this mode comes back in which way, hosts of the same kind
    /// together. Nothing for a guest on no host, and none of its own host.
    pub fn ways_back(&self, guest: GuestIndex, hosts: &[HostIndex], went: Mode) -> Vec<WayBack> {
        let Some(home) = self.home(guest).filter(|_| WENT.contains(&went)) else { return Vec::new() };
        let traveller = self.traveller(&self.cluster.guests[guest], went);
        let row = self.row_back(self.class_of_guest(guest));
        let mut all: Vec<WayBack> = Vec::new();
        for &host in hosts.iter().filter(|&&host| host != home) {
            let Some(ways) = row.get(self.class_of_host(host)) else { continue };
            let (class, rules) = if went == Mode::Live { &ways.live } else { &ways.cold };
            let own = self.own_way(&traveller, (&self.cluster.hosts[host], &self.cluster.hosts[home]));
            let own = self.policy.judge(own, self.fittings_of(guest, home));
            let assessment = class.and(Assessment::of(&own, Answer::No));
            let rules = distinct(rules.iter().cloned().chain(objecting(&own, went)));
            let same = |other: &&mut WayBack| other.assessment == assessment && other.rules == rules;
            match all.iter_mut().find(same) {
                Some(other) => other.hosts.push(host),
                None => all.push(WayBack { hosts: vec![host], went, assessment, rules }),
            }
        }
        all
    }

    /// How a class of guests comes back from each class of hosts.
    fn row_back(&self, guest_class: usize) -> &[ClassWays] {
        let class = &self.guest_classes[guest_class];
        let Some(home_class) = class.source else { return &[] };
        let row = || {
            let guest = class.guests[0];
            let (one, documents) = (&self.cluster.guests[guest], self.documents(guest));
            let home = &self.cluster.hosts[self.host_classes[home_class].hosts[0]];
            let cell = |host_class: usize| {
                let host = &self.cluster.hosts[self.host_classes[host_class].hosts[0]];
                let forward = self.assess_classes(guest_class, host_class);
                let way = |went| {
                    // Nobody comes back from where nobody gets.
                    if forward.answer(went) == Answer::No {
                        return (Assessment::of(&[], Answer::No), Vec::new());
                    }
                    let found = self.class_way(one, &documents, (host, home), went);
                    let judged = self.policy.judge(found, self.fittings(guest_class, home_class));
                    (Assessment::of(&judged, Answer::No), distinct(objecting(&judged, went)))
                };
                ClassWays { live: way(Mode::Live), cold: way(Mode::Cold) }
            };
            (0..self.host_classes.len()).into_par_iter().map(cell).collect()
        };
        self.ways_back[guest_class].get_or_init(row)
    }

    /// What rules say of the classes on the way back from a host to the one that the guest came from.
    fn class_way(
        &self,
        guest: &Guest,
        documents: &Documents<'_>,
        (host, home): (&Host, &Host),
        went: Mode,
    ) -> Vec<Finding> {
        self.class_leg(guest, documents, Leg { started: home, from: host, to: home }, went)
    }

    /// What rules say of the classes of a guest that came to a host and leaves it for another.
    fn class_leg(&self, guest: &Guest, documents: &Documents<'_>, leg: Leg<'_>, went: Mode) -> Vec<Finding> {
        let Leg { started, from, to } = leg;
        let requirements =
            arrived(&self.pair(guest, documents, from), went, &self.pair(guest, documents, started));
        // The CPU may be one that no document has: what is said to it is not kept.
        let cpus = CpuAnswers::default();
        let back = Pair {
            guest: &requirements,
            source: Some(&from.platform),
            target: &to.platform,
            map: map_of(to),
            source_map: Some(map_of(from)),
            stored: documents.stored(),
            running: running(documents, went),
            thresholds: &self.cluster.policy.thresholds,
            cpus: &cpus,
            offer: offer(&requirements, &to.platform),
            at_home: from.platform == to.platform,
        };
        let mut found = self.guests_said(&back.subject());
        found.extend(self.rules_about_pairs().of_pair(&back));
        found
    }

    /// What rules say of one guest alone on the way back.
    fn own_way(&self, traveller: &Traveller, (host, home): (&Host, &Host)) -> Vec<Finding> {
        let placed = self.placed(&traveller.guest, Some(host), home);
        traveller.anywhere.iter().cloned().chain(self.placed_said(&placed)).collect()
    }

    /// The guest as it is after a move in this mode.
    fn traveller(&self, guest: &Guest, went: Mode) -> Traveller {
        let undefined = went == Mode::Cold && is_undefined(guest);
        let mut guest = guest.clone();
        if went == Mode::Cold {
            // It was started from its stored definition.
            (guest.live, guest.live_storage, guest.live_reliance) = (None, None, None);
            guest.moment = Moment { backing: guest.moment.backing, ..Moment::default() };
        }
        // Snapshots bind a guest to the host it has them on: one that came to another has none there, so no host is asked.
        let individual = Individual::new(self.cluster, &guest, None);
        let mut anywhere = self.individual_decides(&individual);
        if undefined {
            let mut findings = Findings::like(STRANDS.prototype());
            let what = "what the guest's definition asks of the host that starts it";
            findings.missing(DocumentKind::Domain, what, individual.place()).only(Modes::LIVE);
            anywhere.extend(findings.take());
        }
        drop(individual);
        Traveller { guest, anywhere }
    }
}

/// The way of a guest from a host that it came to.
#[derive(Clone, Copy)]
struct Leg<'h> {
    /// The host that it was started on, where it went live from there.
    started: &'h Host,
    /// The host that it came to.
    from: &'h Host,
    /// The host that it goes to.
    to: &'h Host,
}

/// A guest as it is after a move.
struct Traveller {
    guest: Guest,
    /// What rules say of it wherever it goes.
    anywhere: Vec<Finding>,
}

/// What a guest is started with decides whether it comes back.
const STRANDS: &Rule = named("reboot-strands-guest");

/// Whether only the XML of the running guest is there, and not what it is started from.
fn is_undefined(guest: &Guest) -> bool {
    guest.live == Some(guest.source)
}

/// The XML that a guest runs with after a move.
fn running<'d>(documents: &'d Documents<'_>, went: Mode) -> Definition<'d> {
    if went == Mode::Live { documents.running() } else { documents.stored() }
}

/// What guests need of a host once they went to the target in this mode: all as before, but for the CPU they run with and
/// the machine type their definition has. `here` are the same guests on the host they came from.
fn arrived(there: &Pair<'_>, went: Mode, here: &Pair<'_>) -> Requirements {
    let mut requirements = there.guest.clone();
    let started = if went == Mode::Live { here } else { there };
    if let (Some(machine), Fact::Known(known)) = (machine(started), &mut requirements.machine)
        && let Ok(resolved) = machine.there
    {
        known.value = if went == Mode::Live { machine.now } else { resolved }.into();
    }
    let listed = there.guest.live_cpu.as_ref().is_some_and(|cpu| cpu.value.mode() != CpuMode::HostModel);
    if went == Mode::Cold || !listed {
        let asked = there.guest.cpu.clone().filter(|cpu| depends_on_host(&cpu.value));
        requirements.live_cpu = asked.map(|asked| asked.map(|asked| expanded(asked, starts_with(started))));
    }
    requirements
}

/// The CPU that a guest runs with whose definition asks for `asked`, where that is known; else what it asks for.
fn expanded(asked: CpuDefinition, cpu: Option<Cpu>) -> CpuDefinition {
    let Some(cpu) = cpu else { return asked };
    let Some(place) =
        asked.mode.as_ref().map(|known| known.place).or(asked.model.as_ref().map(|known| known.place))
    else {
        return asked;
    };
    let known = |text: String| Known::new(text.into(), place);
    CpuDefinition {
        mode: Some(Known::new(CpuMode::Custom, place)),
        model: cpu.model.map(known),
        fallback: Some(known("forbid".to_owned())),
        vendor: cpu.vendor.map(known),
        features: cpu.features.into_iter().map(|feature| Known::new(feature, place)).collect(),
        ..asked
    }
}

/// Whether the finding stands in the way of a mode in which a guest comes back, or may.
fn objects(finding: &Finding) -> bool {
    WENT.into_iter().any(|mode| finding.modes.has(mode))
        && matches!(finding.severity, Severity::Blocker | Severity::Unknown)
}

fn objecting(found: &[Finding], went: Mode) -> impl Iterator<Item = RuleId> {
    let objects = move |finding: &&Finding| objects(finding) && finding.modes.has(went);
    found.iter().filter(objects).map(|finding| finding.asked.clone())
}

/// Each once, in the order of the first.
fn distinct(rules: impl Iterator<Item = RuleId>) -> Vec<RuleId> {
    let mut all: Vec<RuleId> = Vec::new();
    for rule in rules {
        if !all.contains(&rule) {
            all.push(rule);
        }
    }
    all
}
