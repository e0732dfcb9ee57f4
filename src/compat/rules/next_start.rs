//! What a guest's next start changes or needs, wherever that is.

use crate::compat::abi::{AbiDifference, abi_differences};
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::{Individual, Placement};
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, FreePages, Known, Memory};
use crate::text::{Place, SourceId, Span};

const RULE: Rule = Rule { modes: Modes::COLD, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "definition-changed",
        family: Family::Migration,
        severity: Severity::Note,
        summary: "The guest's next start gives it another machine than it runs with",
        explanation: "virsh edit, and changes with --config, wait for the next start. A cold move is one: the guest meets what was \
                      changed then, maybe long ago, for the first time. A live move takes the machine along as it is, and with \
                      --persistent the stored definition beside it. Compared is what the guest sees of its machine, as virDomainDefCheckABIStability \
                      of libvirt 9.0 does, without the CPU, which libvirt expands at each start.",
        remedy: "look at the difference (portolan abi GUEST.live.xml GUEST.xml); apply or undo it before the move",
        example: "<vcpu>8</vcpu>",
        near_miss: "<vcpu>4</vcpu>",
        references: &["virsh(1), edit, --config", "libvirt 9.0, virDomainDefCheckABIStabilityFlags"],
        needs: &[DocumentKind::Domain, DocumentKind::LiveDomain],
        check: Check::Guest(definition_changed),
        ..RULE
    },
    Rule {
        id: "hugepages-taken",
        family: Family::Capacity,
        severity: Severity::Warning,
        modes: Modes::AS_IT_IS,
        summary: "The host has too few huge pages free for the guest",
        explanation: "Memory in huge pages is taken whole when QEMU starts, live and cold: with too few free it ends (\"unable to map \
                      backing store for guest RAM: Cannot allocate memory\"). What is free is as virsh freepages saw it; guests that \
                      leave the host give theirs back.",
        remedy: "set more pages aside on the host (sysctl vm.nr_hugepages, for 1 GiB pages at boot), or move other guests away first",
        example: "<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>",
        near_miss: "<memoryBacking><nosharepages/></memoryBacking>",
        references: &["formatdomain, Memory Backing", "virsh(1), freepages"],
        needs: &[DocumentKind::Domain, DocumentKind::FreePages],
        check: Check::Placement(hugepages_taken),
        ..RULE
    },
];

fn definition_changed(guest: &Individual<'_>, findings: &mut Findings) {
    let running = guest.running.document().filter(|_| guest.guest.live.is_some());
    let (Some((live, running)), Some((own, stored))) = (running, guest.stored.document()) else { return };
    if live == own {
        return;
    }
    let mut differences = abi_differences(running, stored);
    differences.retain(|difference| difference.is_certain() && !is_expanded(&difference.property));
    if let Some(first) = differences.first() {
        let message = format!("the guest's next start changes {}", named(&differences));
        let place = |source: SourceId, span: Span| Some(Place { source, span });
        let will = format!("will be {}", first.target.said);
        let firing = findings.fire(message, place(own, first.target.span), will);
        firing.and(place(live, first.source.span), format!("runs with {}", first.source.said));
    }
}

/// What libvirt writes into the XML of a running guest when it expands the CPU.
fn is_expanded(property: &str) -> bool {
    property == "CPU"
        || ["CPU mode", "CPU check", "CPU model", "CPU vendor", "CPU feature", "CPU cache", "CPU maxphysaddr"]
            .iter()
            .any(|expanded| property.starts_with(expanded))
}

/// The first properties that differ, and how many more there are.
fn named(differences: &[AbiDifference]) -> String {
    const MOST: usize = 3;
    let mut names: Vec<&str> = differences.iter().map(|difference| difference.property.as_str()).collect();
    names.dedup();
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    let first = names.join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}

fn hugepages_taken(placement: &Placement<'_>, findings: &mut Findings) {
    let guest = placement.guest;
    let (Some(memory), Some(pages)) = (guest.memory.get(), placement.target.free_pages.get()) else { return };
    // With pages of several sizes each is for other cells of the guest: how much of each is not looked at.
    let [Known { value: Some(size), place }] = guest.requirements.hugepages[..] else { return };
    let cells = guest.cells.as_ref().map(|cells| &cells.value);
    let fits = |free: &&FreePages| free.size == size && cells.is_none_or(|cells| cells.contains(&free.cell));
    let free = pages.value.iter().filter(fits).map(|free| free.count.saturating_mul(size.as_kib()));
    let free = free.fold(0, u64::saturating_add);
    if free < memory.value.as_kib() && pages.value.iter().any(|free| free.size == size) {
        let free = Memory::kib(free);
        let message =
            format!("the host has {free} free in pages of {size} and the guest has {}", memory.value);
        findings.fire(message, Some(place), "wanted here").and(Some(pages.place), "what is free");
    }
}
