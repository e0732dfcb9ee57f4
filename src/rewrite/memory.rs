//! vCPUs and memory: what is bound to the old host, and what a `virt` machine cannot do.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{
    GENERATION_ID, HOST_PINNING, HUGEPAGE_SIZE, MEMORY_ADDRESSED, NUMA_BINDING, PERF_EVENTS, PM_SUSPEND,
    SECURITY_LABEL, VCPU_HOTPLUG, VCPU_LIMIT,
};
use super::unfit::{Unfit, When, all_at, drop_all};
use crate::model::Memory;

const PINNED: &str = "it names processors of the old host";
const PIN_AGAIN: &str = "pin vCPUs and threads again, by the target's own processors and NUMA nodes";
const BIND_AGAIN: &str = "bind the guest's memory again, by the target's own NUMA nodes";

/// libvirt 11.3, `virDomainDefParseXML`: the elements outside `<devices>` that name things of a host.
const UNFIT: &[Unfit] = &[
    pinning("cputune/vcpupin"),
    pinning("cputune/emulatorpin"),
    pinning("cputune/iothreadpin"),
    pinning("cputune/cachetune"),
    pinning("cputune/memorytune"),
    Unfit {
        path: "numatune",
        when: When::Always,
        rule: NUMA_BINDING,
        reason: "it names NUMA nodes of the old host",
        step: Some(BIND_AGAIN),
    },
    Unfit {
        path: "vcpus",
        when: When::Always,
        rule: VCPU_HOTPLUG,
        reason: "a virt machine takes no vCPUs while it runs",
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
        reason: "QEMU has the device vmgenid on x86 only",
        step: None,
    },
    Unfit {
        path: "perf",
        when: When::Always,
        rule: PERF_EVENTS,
        reason: "the events are counters of an x86 processor",
        step: None,
    },
    label("seclabel"),
    label("devices/disk/source/seclabel"),
    label("devices/serial/source/seclabel"),
    label("devices/console/source/seclabel"),
    label("devices/channel/source/seclabel"),
];

const fn pinning(path: &'static str) -> Unfit {
    Unfit { path, when: When::Always, rule: HOST_PINNING, reason: PINNED, step: Some(PIN_AGAIN) }
}

const fn label(path: &'static str) -> Unfit {
    let reason = "the target's libvirt labels its guests by itself";
    Unfit { path, when: When::Always, rule: SECURITY_LABEL, reason, step: None }
}

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let (vcpus, most) = (guest.vcpus(), guest.profile.max_vcpus);
    if vcpus > most {
        let text = format!("{vcpus} vCPUs, but '{}' takes {most}", guest.profile.machine);
        draft.notice(VCPU_LIMIT, true, text);
    }
    if guest.foreign {
        drop_all(draft, guest, UNFIT);
        emptied_tuning(draft, guest);
        vcpus_at_start(draft, guest);
        hugepages(draft, guest);
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

/// Drops `<cputune>` when nothing is left in it.
fn emptied_tuning<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for tuning in all_at(guest.root, "cputune") {
        if tuning.children().next().is_some() && tuning.children().all(|child| draft.is_gone(child)) {
            draft.delete(HOST_PINNING, "nothing is left in it", tuning);
        }
    }
}

fn vcpus_at_start<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(vcpu) = guest.root.child("vcpu") else { return };
    let reason = "a virt machine takes no vCPUs while it runs: all are there from the start";
    draft.unset(VCPU_HOTPLUG, reason, vcpu, "current");
    if vcpu.attribute("cpuset").is_some() {
        draft.unset(HOST_PINNING, PINNED, vcpu, "cpuset");
        draft.step(HOST_PINNING, PIN_AGAIN, vcpu);
    }
}

/// Drops the sizes of huge pages that the target does not have.
fn hugepages<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for page in all_at(guest.root, "memoryBacking/hugepages/page") {
        let (size, unit) = (page.value("size").unwrap_or_default(), page.value("unit").unwrap_or_default());
        let kib = Memory::parse(&size, &unit).map(Memory::as_kib);
        if kib.is_some_and(|kib| guest.profile.hugepages.contains(&kib)) {
            continue;
        }
        let reason = format!("pages of {size} {unit} are not known on the target; its default size is taken");
        draft.delete(HUGEPAGE_SIZE, reason, page);
        let text = format!("allocate huge pages on the target, in place of those of {size} {unit}");
        draft.step(HUGEPAGE_SIZE, text, page);
    }
}
