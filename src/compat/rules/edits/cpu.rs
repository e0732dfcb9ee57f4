//! Processors and memory.

use super::EDIT;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "cpu-migratable",
        summary: "Host-passthrough knows no migratable='on' on ARM",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "cpu-dies",
        summary: "A virt machine has no dies; their cores are counted to the socket",
        mend: Some(Mend::noticed("the same number of vCPUs, without dies")),
        ..EDIT
    },
    Rule {
        id: "cpu-beyond-baseline",
        severity: Severity::Warning,
        summary: "The guest's CPU is one that not every host can give; it gets the baseline",
        mend: Some(Mend::unsafe_noticed("at its next cold start another CPU: features are gone, or new")),
        ..EDIT
    },
    Rule {
        id: "cpu-cache-passed-through",
        summary: "The host's cache is passed through, which goes with the host's own CPU only (libvirt 9.0 to 11.3)",
        mend: Some(Mend::noticed("QEMU's own caches")),
        ..EDIT
    },
    Rule {
        id: "cpu-address-bits",
        severity: Severity::Warning,
        summary: "The host's number of bits of physical addresses is passed through; without it QEMU gives a named model 40, which is 1 TiB",
        mend: Some(Mend::unsafe_noticed("another number of bits of physical addresses")),
        ..EDIT
    },
    Rule {
        id: "vcpu-hotplug",
        severity: Severity::Warning,
        summary: "A virt machine takes no vCPUs while it runs; all are there from the start",
        mend: Some(Mend::unsafe_noticed("all vCPUs from the start")),
        ..EDIT
    },
    Rule {
        id: "vcpu-limit",
        severity: Severity::Warning,
        summary: "More vCPUs than the machine type takes",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "host-pinning",
        severity: Severity::Warning,
        summary: "CPU pinning names processors of the old host",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "numa-binding",
        severity: Severity::Warning,
        summary: "Memory is bound to NUMA nodes of the old host",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "hugepage-size",
        severity: Severity::Warning,
        summary: "A size of huge pages that the target does not have",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "perf-events",
        summary: "Performance events are counters of the old host's processor",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "sgx-memory",
        severity: Severity::Warning,
        summary: "SGX memory is an x86 processor's own",
        mend: Some(Mend::unsafe_noticed("the memory is gone")),
        ..EDIT
    },
    Rule {
        id: "memory-device",
        summary: "Pages or nodes of the old host behind a memory device",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
];
