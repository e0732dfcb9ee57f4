//! vCPUs, memory and power: what a `virt` machine cannot do.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{GENERATION_ID, MEMORY_ADDRESSED, PERF_EVENTS, PM_SUSPEND, VCPU_HOTPLUG, VCPU_LIMIT};
use super::unfit::{Unfit, When, drop_all};
use crate::model::Memory;

/// libvirt 11.3, `virDomainDefParseXML`: the elements outside `<devices>` that are of a PC.
const UNFIT: &[Unfit] = &[
    Unfit {
        path: "vcpus",
        when: When::Always,
        rule: VCPU_HOTPLUG,
        reason: "a virt machine takes no vCPUs while it runs: all are there from the start",
        step: None,
    },
    Unfit {
        path: "pm",
        when: When::Always,
        rule: PM_SUSPEND,
        reason: "libvirt knows S3 and S4 of x86 machines only",
        step: None,
    },
    Unfit {
        path: "genid",
        when: When::Always,
        rule: GENERATION_ID,
        reason: "QEMU has the device vmgenid on x86 only; without it the guest does not notice that it was cloned or reverted",
        step: None,
    },
    Unfit {
        path: "perf",
        when: When::Always,
        rule: PERF_EVENTS,
        reason: "the events are counters of an x86 processor",
        step: None,
    },
];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let (vcpus, most) = (guest.vcpus(), guest.profile.max_vcpus);
    if vcpus > most {
        let text = format!("{vcpus} vCPUs, but '{}' takes {most}", guest.profile.machine);
        draft.notice(VCPU_LIMIT, true, text);
    }
    if guest.foreign {
        drop_all(draft, guest, UNFIT);
        vcpus_at_start(draft, guest);
        addressed(draft, guest);
    }
}

/// Lowers what may be plugged in to half of what the target's CPUs address; the other half is for devices.
fn addressed<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let bits = guest.profile.address_bits;
    let half = Memory::kib(1 << bits.saturating_sub(11).min(53));
    let beyond = |name| {
        let element = guest.root.child(name)?;
        let unit = element.value("unit").unwrap_or("KiB".into());
        Some((element, Memory::parse(&element.text(), &unit).filter(|amount| *amount > half)?))
    };
    if let Some((_, amount)) = beyond("memory") {
        let text = format!(
            "{amount} of memory, but the target's CPU addresses {bits} bits, half of them for memory"
        );
        return draft.notice(MEMORY_ADDRESSED, true, text);
    }
    if let Some((most, amount)) = beyond("maxMemory") {
        let reason =
            format!("{amount} are more than a CPU with {bits} bits of addresses has room for: {half}");
        draft.set(MEMORY_ADDRESSED, reason.as_str(), most, "unit", "KiB");
        draft.say(MEMORY_ADDRESSED, reason, most, &half.as_kib().to_string());
        let text = format!(
            "see that {half} suffice for memory to be plugged in; the guest asked for {amount} at most"
        );
        draft.step(MEMORY_ADDRESSED, text, most);
    }
}

fn vcpus_at_start<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(vcpu) = guest.root.child("vcpu") else { return };
    let reason = "a virt machine takes no vCPUs while it runs: all are there from the start";
    draft.unset(VCPU_HOTPLUG, reason, vcpu, "current");
}
