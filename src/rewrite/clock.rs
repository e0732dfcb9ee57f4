//! `<clock>` and its timers.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::X86_TIMER;

/// Timers of a PC, and what happens to them on ARM. `armvtimer` stays.
const UNFIT: &[(&str, &str)] = &[
    ("hpet", "a virt machine has no HPET"),
    ("hypervclock", "the Hyper-V clock is a property of x86 CPUs"),
    ("kvmclock", "kvmclock is a property of x86 CPUs"),
    ("pit", "a virt machine has no PIT"),
    ("platform", "it is of Xen only"),
    ("rtc", "ticks are caught up with by the RTC of a PC only"),
    ("tsc", "ARM has no time stamp counter of x86"),
];

/// What libvirt refuses on aarch64 outright, so that a guest on `virt` cannot keep it either.
const REFUSED: &[&str] = &["hypervclock", "kvmclock", "tsc"];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for timer in guest.all_at("clock/timer") {
        let name = timer.value("name").unwrap_or_default();
        if !guest.foreign && !REFUSED.contains(&name.as_ref()) {
            continue;
        }
        if let Some((_, reason)) = UNFIT.iter().find(|(unfit, _)| *unfit == name) {
            draft.delete(X86_TIMER, *reason, timer);
        }
    }
}
