//! From a plan to its document: indices become names.

use super::document::{
    EstimateRecord, FORMAT, FigureRecord, GuestRecord, IntentRecord, KindRecord, LimitRecord, MotiveRecord,
    MoveRecord, PlanDocument, ReasonRecord, ShortfallRecord, StepRecord, TimeoutRecord, VERSION,
};
use super::estimate::{Stack, Sureness};
use super::mode::MoveMode;
use super::moves::{Move, Plan, Step};
use super::shortfall::{KindShortfall, Shortfall};
use super::why::{LeftOut, Reason};
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Settings};

/// The document of a plan for `cluster`, which the plan was made for.
pub fn to_document(plan: &Plan, cluster: &Cluster) -> PlanDocument {
    let names = Names(cluster);
    PlanDocument {
        format: FORMAT.to_owned(),
        version: VERSION,
        cluster: cluster.name.clone(),
        intents: plan.intents.iter().map(intent).collect(),
        since: plan.since,
        limits: limits(&cluster.settings),
        assumptions: plan.assumptions.clone(),
        figures: figures(plan),
        steps: plan.steps.iter().map(|step| names.step(step)).collect(),
        waves: plan.waves.iter().map(|w| w.moves.iter().map(|one| names.one(one)).collect()).collect(),
        left_out: plan.left_out.iter().map(|one| names.left_out(one)).collect(),
        shortfalls: plan.shortfalls.iter().map(|one| names.shortfall(one)).collect(),
    }
}

pub(super) fn intent(intent: &crate::model::Intent) -> IntentRecord {
    IntentRecord {
        intent: intent.word().to_owned(),
        hosts: intent.hosts().to_vec(),
        guests: intent.guests().to_vec(),
    }
}

/// A guest that is left out, by name.
pub(super) fn left_out(one: &LeftOut, cluster: &Cluster) -> GuestRecord {
    Names(cluster).left_out(one)
}

fn limits(settings: &Settings) -> LimitRecord {
    LimitRecord {
        moves_per_host: settings.moves_per_host,
        moves_out_per_host: settings.moves_out_per_host,
        moves_in_per_host: settings.moves_in_per_host,
        moves_per_rack: settings.moves_per_rack,
        moves_at_once: settings.moves_at_once,
        headroom_hosts: settings.headroom_hosts,
        memory_reserve_mib: settings.memory_reserve.as_mib(),
        cpu_overcommit_percent: settings.cpu_overcommit_percent,
    }
}

fn figures(plan: &Plan) -> FigureRecord {
    let figures = &plan.figures;
    FigureRecord {
        moves: figures.moves,
        moves_at_least: figures.moves_at_least,
        bounces: figures.bounces,
        bounces_at_least: figures.bounces_at_least,
        waves: figures.waves,
        waves_at_least: figures.waves_at_least,
        live: figures.live,
        placed: figures.placed,
        cold: figures.cold,
        rebuild: figures.rebuild,
        stopped: figures.stopped,
        left_out: figures.left_out,
        left_out_at_least: figures.left_out_at_least,
        end_ms: figures.end_ms,
        end_at_least_ms: figures.end_at_least_ms,
        live_memory_mib: figures.live_memory.as_mib(),
        sent_mib: figures.sent.as_mib(),
    }
}

fn estimate(one: &Move) -> EstimateRecord {
    let estimate = &one.estimate;
    let broken_off = if one.mode == MoveMode::Live { estimate.broken_off(one.memory) } else { Vec::new() };
    let timeout = |(stack, after_ms): (&Stack, u64)| TimeoutRecord {
        stack: stack.name.to_owned(),
        setting: stack.setting.to_owned(),
        after_ms,
    };
    EstimateRecord {
        expected_ms: estimate.duration.expected_ms,
        low_ms: estimate.duration.low_ms,
        high_ms: estimate.duration.high_ms,
        downtime_ms: estimate.downtime_ms,
        sent_mib: estimate.sent.as_mib(),
        rate_kib_s: estimate.rate.as_kib(),
        converges: estimate.converges,
        measured: estimate.sureness == Sureness::Measured,
        broken_off_by: broken_off.into_iter().map(timeout).collect(),
    }
}

fn kind(one: &KindShortfall) -> KindRecord {
    KindRecord { kind: one.kind.clone(), needed: one.needed, offered: one.offered }
}

struct Names<'c>(&'c Cluster);

impl Names<'_> {
    fn guest(&self, guest: GuestIndex) -> String {
        self.0.guests.get(guest).map(|guest| guest.name.clone()).unwrap_or_default()
    }

    fn guests(&self, guests: &[GuestIndex]) -> Vec<String> {
        guests.iter().map(|&guest| self.guest(guest)).collect()
    }

    fn host(&self, host: HostIndex) -> String {
        self.0.hosts.get(host).map(|host| host.name.clone()).unwrap_or_default()
    }

    fn hosts(&self, hosts: &[HostIndex]) -> Vec<String> {
        hosts.iter().map(|&host| self.host(host)).collect()
    }

    fn step(&self, step: &Step) -> StepRecord {
        let (rule, text) = (step.rule.clone(), step.text.clone());
        StepRecord { when: step.when, rule, text, guests: self.guests(&step.guests) }
    }

    fn one(&self, one: &Move) -> MoveRecord {
        MoveRecord {
            number: one.number,
            after: one.after.clone(),
            start_ms: one.start_ms,
            estimate: estimate(one),
            guest: self.guest(one.guest),
            from: one.from.map(|host| self.host(host)),
            to: self.host(one.to),
            goes_on: one.goes_on,
            mode: one.mode,
            stops: one.stops,
            memory_mib: one.memory.as_mib(),
            preparations: one.preparations.clone(),
            commands: one.commands.clone(),
            why: MotiveRecord {
                wanted: one.why.wanted.clone(),
                place: one.why.place.clone(),
                time: one.why.time.clone(),
            },
        }
    }

    fn left_out(&self, one: &LeftOut) -> GuestRecord {
        let host = self.0.guests.get(one.guest).and_then(|guest| guest.host.clone());
        let reasons = one.reasons.iter().map(|reason| self.reason(reason)).collect();
        GuestRecord { guest: self.guest(one.guest), host, reasons }
    }

    fn reason(&self, reason: &Reason) -> ReasonRecord {
        ReasonRecord {
            hosts: self.hosts(&reason.hosts),
            rule: reason.rule.clone(),
            message: reason.message.clone(),
            remedy: reason.remedy.clone(),
        }
    }

    fn shortfall(&self, one: &Shortfall) -> ShortfallRecord {
        ShortfallRecord {
            guests: self.guests(&one.guests),
            hosts: self.hosts(&one.hosts),
            memory_needed_mib: one.memory_needed.as_mib(),
            memory_offered_mib: one.memory_offered.as_mib(),
            vcpus_needed: one.vcpus_needed,
            vcpus_offered: one.vcpus_offered,
            others: one.others.iter().map(kind).collect(),
            proven: one.proven,
        }
    }
}
