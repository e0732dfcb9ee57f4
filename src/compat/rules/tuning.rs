//! What a definition ties to the processors and memory of its host.

use crate::compat::aspect::Aspect;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::{Pair, Placement, Subject};
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, Memory};

const RULE: Rule = Rule {
    family: Family::Capacity,
    severity: Severity::Warning,
    modes: Modes::AS_IT_IS,
    needs: &[DocumentKind::Domain],
    ..Rule::BLANK
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "memory-locked",
        summary: "All of the guest's memory is locked in its host's",
        explanation: "With <locked/> no page of the guest is swapped or shared with others: the host needs all of its memory \
                      free at once, and a hard limit that leaves QEMU room of its own.",
        remedy: "see that the host has that much memory free, and set memtune/hard_limit",
        example: "<memoryBacking><locked/></memoryBacking>",
        near_miss: "<memoryBacking><nosharepages/></memoryBacking>",
        references: &["formatdomain, Memory Backing: locked"],
        check: Check::Guests(locked),
        ..RULE
    },
    Rule {
        id: "realtime-scheduler",
        summary: "vCPUs of the guest have a real-time scheduler",
        explanation: "With fifo or rr a vCPU starves whatever else runs on its processor: on a host that is not set up for it \
                      (isolated processors, throttling off) other guests and QEMU itself stand still.",
        remedy: "see that the host has processors set apart for real-time guests",
        example: "<cputune><vcpusched vcpus='0' scheduler='fifo' priority='1'/></cputune>",
        near_miss: "<cputune><shares>1024</shares></cputune>",
        references: &["formatdomain, CPU Tuning: vcpusched"],
        check: Check::Guests(realtime),
        ..RULE
    },
    Rule {
        id: "cpu-pinning-of-host",
        severity: Severity::Note,
        summary: "vCPUs of the guest are pinned to processors by number",
        explanation: "The numbers mean other processors on another host: other NUMA cells, other sibling threads, or none at \
                      all (\"cannot set CPU affinity\").",
        remedy: "pin anew for the host, or leave the pinning to libvirt",
        example: "<vcpu cpuset='2-5'>4</vcpu>",
        near_miss: "<vcpu placement='static'>4</vcpu>",
        references: &["formatdomain, CPU Tuning: vcpupin", "formatdomain, CPU Allocation: cpuset"],
        check: Check::Guests(pinned),
        ..RULE
    },
    Rule {
        id: "numa-cell-absent",
        severity: Severity::Blocker,
        summary: "The guest's memory is bound to a NUMA cell that the host does not have",
        explanation: "With mode='strict' memory comes from the cells with these numbers or not at all: libvirt refuses to start the \
                      guest where one is not there (\"NUMA node 3 is unavailable\").",
        remedy: "bind the memory to cells that the host has, or use mode='preferred'",
        example: "<numatune><memory mode='strict' nodeset='3'/></numatune>",
        near_miss: "<numatune><memory mode='strict' nodeset='1'/></numatune>",
        beside: &[Excerpt::there(
            DocumentKind::FreePages,
            "Node 0:\n\
             4KiB: 262144\n\
             \n\
             Node 1:\n\
             4KiB: 262144",
        )],
        references: &["formatdomain, NUMA Node Tuning", "libvirt 9.0, virNumaNodesetIsAvailable"],
        needs: &[DocumentKind::Domain, DocumentKind::FreePages],
        check: Check::Placement(Aspect::Room, cell_absent),
        ..RULE
    },
    Rule {
        id: "numa-cells-full",
        summary: "The NUMA cells that the guest's memory is bound to have too little of it free",
        explanation: "QEMU takes memory as the guest writes to it: where the cells have none left, the kernel ends QEMU, though \
                      other cells have room.",
        remedy: "bind the memory to cells with room, or move other guests away first",
        example: "Node 0:\n\
                  4KiB: 65536\n\
                  \n\
                  Node 1:\n\
                  4KiB: 1048576",
        near_miss: "Node 0:\n\
                    4KiB: 1048576\n\
                    \n\
                    Node 1:\n\
                    4KiB: 65536",
        shown_in: (Side::Target, DocumentKind::FreePages),
        beside: &[Excerpt::here(
            DocumentKind::Domain,
            "<memory unit='GiB'>2</memory>\n\
             <numatune><memory mode='strict' nodeset='0'/></numatune>",
        )],
        references: &["formatdomain, NUMA Node Tuning", "virsh(1), freepages"],
        needs: &[DocumentKind::Domain, DocumentKind::FreePages],
        check: Check::Placement(Aspect::Room, cells_full),
        ..RULE
    },
    Rule {
        id: "cpu-model-deprecated",
        family: Family::X86Cpu,
        modes: Modes::COLD,
        summary: "The host's QEMU will drop the guest's CPU model",
        explanation: "domcapabilities marks it deprecated='yes' (libvirt 7.1 and newer): after an upgrade of the host the guest \
                      will not start there.",
        remedy: "give the guest a model that is not deprecated, such as the cluster's baseline, at its next cold start",
        example: "<cpu>\n  \
                  <mode name='custom' supported='yes'>\n    \
                  <model usable='yes' deprecated='yes'>Icelake-Client</model>\n  \
                  </mode>\n\
                  </cpu>",
        near_miss: "<cpu>\n  \
                    <mode name='custom' supported='yes'>\n    \
                    <model usable='yes'>Icelake-Client</model>\n  \
                    </mode>\n\
                    </cpu>",
        shown_in: (Side::Target, DocumentKind::DomainCapabilities),
        beside: &[Excerpt::here(
            DocumentKind::Domain,
            "<cpu match='exact'>\n  \
             <model>Icelake-Client</model>\n\
             </cpu>",
        )],
        references: &["libvirt 7.1, virQEMUCapsFillDomainCPUCaps"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(model_deprecated),
        ..RULE
    },
];

fn locked(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(locked) = subject.stored.at("memoryBacking/locked") {
        findings.fire("the guest's memory is locked", subject.stored.place(locked), "here");
    }
}

fn realtime(subject: &Subject<'_>, findings: &mut Findings) {
    for element in ["vcpusched", "iothreadsched", "emulatorsched"] {
        for scheduler in subject.stored.all(&format!("cputune/{element}")) {
            if matches!(scheduler.value("scheduler").as_deref(), Some("fifo" | "rr")) {
                let message = "threads of the guest have a real-time scheduler";
                findings.fire(message, subject.stored.place(scheduler), "here");
            }
        }
    }
}

fn pinned(subject: &Subject<'_>, findings: &mut Findings) {
    let vcpu = subject.stored.at("vcpu").filter(|vcpu| vcpu.attribute("cpuset").is_some());
    let pins = subject.stored.all("cputune/vcpupin");
    if let Some(first) = vcpu.or_else(|| pins.first().copied()) {
        let message = "vCPUs are pinned to processors of the old host";
        findings.fire(message, subject.stored.place(first), "by number");
    }
}

fn cell_absent(placement: &Placement<'_>, findings: &mut Findings) {
    let Some(wanted) = &placement.guest.cells else { return };
    match placement.target.free_pages.ask() {
        Ok(pages) => {
            let has = |cell: &u32| pages.value.iter().any(|free| free.cell == Some(*cell));
            for cell in wanted.value.iter().filter(|cell| !has(cell)) {
                let message = format!("the host has no NUMA cell {cell}");
                findings
                    .fire(message, Some(wanted.place), "bound to it")
                    .and(Some(pages.place), "the host's cells");
            }
        }
        Err(document) => {
            findings.missing(document, "which NUMA cells the host has", Some(wanted.place));
        }
    }
}

fn cells_full(placement: &Placement<'_>, findings: &mut Findings) {
    let (Some(wanted), Some(pages)) = (&placement.guest.cells, placement.target.free_pages.get()) else {
        return;
    };
    let Some(memory) = placement.guest.memory.get() else { return };
    let inside = pages.value.iter().filter(|free| free.is_in(&wanted.value));
    let free =
        inside.fold(0u64, |sum, free| sum.saturating_add(free.count.saturating_mul(free.size.as_kib())));
    if free < memory.value.as_kib() {
        let message = format!(
            "the NUMA cells it is bound to have {} free and the guest has {}",
            Memory::kib(free),
            memory.value
        );
        findings
            .fire(message, Some(wanted.place), "bound to them")
            .and(Some(pages.place), "what they have free");
    }
}

fn model_deprecated(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(model) = pair.guest.cpu.as_ref().and_then(|cpu| cpu.value.model.as_ref()) else { return };
    if pair.foreign() != Some(false) {
        return;
    }
    let listed = pair.offer().ok().and_then(|offer| offer.model(&model.value));
    if let Some(listed) = listed.filter(|listed| listed.value.deprecated) {
        let message = format!("the host's QEMU will drop the CPU model '{}'", model.value);
        findings.fire(message, Some(model.place), "the guest's model").and(Some(listed.place), "deprecated");
    }
}
