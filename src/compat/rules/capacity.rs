//! Memory and processors.

use crate::compat::aspect::Aspect;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::{Pair, Placement};
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, Known};

const RULE: Rule = Rule { family: Family::Capacity, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "memory-exceeds-host",
        summary: "The guest has more memory than the host can give",
        explanation: "What the host has, less what stays free on every host (limits.memory_reserve in cluster.toml), \
                      must hold the guest even on an empty host. What else runs there is the plan's concern.",
        remedy: "choose a larger host, or give the guest less memory",
        example: "<memory unit='GiB'>128</memory>",
        near_miss: "<memory unit='GiB'>32</memory>",
        beside: &[Excerpt::there(
            DocumentKind::NodeInfo,
            "CPU(s):              16\n\
             Memory size:         67108864 KiB",
        )],
        references: &["virsh(1), nodeinfo", "formatdomain, Memory Allocation"],
        needs: &[DocumentKind::Domain, DocumentKind::NodeInfo, DocumentKind::Cluster],
        check: Check::Placement(Aspect::Room, memory_exceeds_host),
        ..RULE
    },
    Rule {
        id: "vcpus-exceed-machine",
        summary: "The guest has more vCPUs than the host's machine type takes",
        explanation: "How many vCPUs there can be is the machine type's: domcapabilities says it (vcpu@max), and \
                      capabilities for each type (maxCpus). libvirt refuses more, live and cold (\"Maximum CPUs \
                      greater than specified machine type limit 512\", libvirt 9.0). ARM's `virt` with a GICv2 takes \
                      8.",
        remedy: "give the guest fewer vCPUs",
        example: "<vcpu>289</vcpu>",
        near_miss: "<vcpu>288</vcpu>",
        beside: &[Excerpt::there(DocumentKind::DomainCapabilities, "<vcpu max='288'/>")],
        references: &[
            "formatdomaincaps, CPU Allocation",
            "observed: libvirt 9.0, \"Maximum CPUs greater than specified machine type limit\"",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Placement(Aspect::Machine, vcpus_exceed_machine),
        ..RULE
    },
    Rule {
        id: "vcpus-exceed-host",
        severity: Severity::Warning,
        summary: "The guest has more vCPUs than the host has processors",
        explanation: "QEMU starts it all the same, each vCPU a thread of its host. But vCPUs that wait for one \
                      another make the guest slower than fewer would: one that holds a lock may not be running while \
                      the others spin for it.",
        remedy: "give the guest no more vCPUs than the host has processors",
        example: "<vcpu>24</vcpu>",
        near_miss: "<vcpu>16</vcpu>",
        beside: &[Excerpt::there(
            DocumentKind::NodeInfo,
            "CPU(s):              16\n\
             Memory size:         67108864 KiB",
        )],
        references: &["virsh(1), nodeinfo", "formatdomain, CPU Allocation"],
        needs: &[DocumentKind::Domain, DocumentKind::NodeInfo, DocumentKind::Lscpu, DocumentKind::CpuInfo],
        check: Check::Placement(Aspect::Room, vcpus_exceed_host),
        ..RULE
    },
    Rule {
        id: "hugepage-size-absent",
        modes: Modes::AS_IT_IS,
        summary: "The guest wants huge pages of a size that the host does not have",
        explanation: "Sizes differ by architecture and kernel: x86 has 2 MiB and 1 GiB, ARM with pages of 64 KiB has \
                      2 MiB, 512 MiB and 16 GiB. The start fails where no pages of the size are set aside.",
        remedy: "use a size that the host has, or none",
        example: "<memoryBacking>\n  \
                  <hugepages><page size='1' unit='GiB'/></hugepages>\n\
                  </memoryBacking>",
        near_miss: "<memoryBacking>\n  \
                    <hugepages><page size='2' unit='MiB'/></hugepages>\n\
                    </memoryBacking>",
        beside: &[Excerpt::there(
            DocumentKind::Capabilities,
            "<host>\n  \
             <cpu>\n    \
             <arch>x86_64</arch>\n    \
             <pages unit='KiB' size='4'/><pages unit='KiB' size='2048'/>\n  \
             </cpu>\n\
             </host>",
        )],
        references: &["formatdomain, Memory Backing: hugepages", "formatcaps, Host capabilities: pages"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        check: Check::Pair(hugepage_size_absent),
        ..RULE
    },
];

fn memory_exceeds_host(placement: &Placement<'_>, findings: &mut Findings) {
    let wanted = match placement.guest.memory.ask() {
        Ok(wanted) => wanted,
        Err(document) => {
            findings.missing(document, "the guest's memory", None);
            return;
        }
    };
    match placement.target.memory.ask() {
        Ok(memory) => {
            let room = memory.value.minus(placement.settings.memory_reserve);
            if wanted.value > room {
                let message = format!("the guest has {} and the host can give {room}", wanted.value);
                let firing = findings.fire(message, Some(wanted.place), "the guest's memory");
                let firing = firing.and(Some(memory.place), format!("the host's memory, {}", memory.value));
                let reserve = placement.thresholds.memory_reserve;
                firing.and(reserve.map(|known| known.place), "stays free on every host");
            }
        }
        Err(document) => {
            findings.missing(document, "the host's memory", Some(wanted.place));
        }
    }
}

fn vcpus_exceed_machine(placement: &Placement<'_>, findings: &mut Findings) {
    let Some(wanted) = placement.guest.vcpus.get() else { return };
    match most_vcpus(placement) {
        Ok(most) if wanted.value > most.value => {
            let message =
                format!("the guest has {} vCPUs and the machine type takes {}", wanted.value, most.value);
            let firing = findings.fire(message, Some(wanted.place), "the guest's vCPUs");
            firing.and(Some(most.place), "the most it takes");
        }
        Ok(_) => {}
        Err(document) => {
            findings.missing(document, "how many vCPUs the machine type takes", Some(wanted.place));
        }
    }
}

/// By the host's domcapabilities, else by its list of machine types.
fn most_vcpus(placement: &Placement<'_>) -> Result<Known<u32>, DocumentKind> {
    let document = match placement.offer().and_then(|offer| offer.max_vcpus.ask()) {
        Ok(most) => return Ok(*most),
        Err(document) => document,
    };
    let guest = &placement.guest.requirements;
    let listed = guest.arch.value().zip(guest.machine.value());
    let listed = listed.and_then(|(arch, machine)| placement.target.platform.machine_type(arch, *machine));
    let most = listed.and_then(|listed| Some(Known::new(listed.value.max_cpus?, listed.place)));
    most.ok_or(document)
}

fn vcpus_exceed_host(placement: &Placement<'_>, findings: &mut Findings) {
    let (Some(wanted), Some(there)) = (placement.guest.vcpus.get(), placement.target.processors.get()) else {
        return;
    };
    if wanted.value > there.value {
        let message = format!("the guest has {} vCPUs and the host {} processors", wanted.value, there.value);
        findings
            .fire(message, Some(wanted.place), "the guest's vCPUs")
            .and(Some(there.place), "the host's processors");
    }
}

fn hugepage_size_absent(pair: &Pair<'_>, findings: &mut Findings) {
    for page in &pair.guest.hugepages {
        let Some(size) = page.value else { continue };
        match pair.target.cpu.page_sizes.ask() {
            Ok(sizes) if sizes.value.contains(&size) => {}
            Ok(sizes) => {
                let firing = findings.fire(
                    format!("the host has no pages of {size}"),
                    Some(page.place),
                    "wanted here",
                );
                firing.and(Some(sizes.place), "the host's page sizes");
            }
            Err(document) => {
                findings.missing(document, "the host's page sizes", Some(page.place));
            }
        }
    }
}
