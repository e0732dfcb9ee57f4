//! What a guest's next start changes, wherever that is.

use crate::compat::abi::{AbiDifference, abi_differences};
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Individual;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;
use crate::text::{Place, SourceId, Span};

const RULE: Rule = Rule { modes: Modes::COLD, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[Rule {
    id: "definition-changed",
    family: Family::Migration,
    severity: Severity::Note,
    only_warns: true,
    summary: "The guest's next start gives it another machine than it runs with",
    explanation: "virsh edit, and changes with --config, wait for the next start. A cold move is one: the guest meets what was \
                      changed then, maybe long ago, for the first time. A live move takes the machine along as it is, and with \
                      --persistent the stored definition beside it. Compared is what the guest sees of its machine, as virDomainDefCheckABIStability \
                      of libvirt 9.0 does, without the CPU, which libvirt expands at each start.",
    remedy: "look at the difference (portolan abi GUEST.live.xml GUEST.xml); apply or undo it before the move",
    example: "<vcpu>8</vcpu>",
    near_miss: "<vcpu>4</vcpu>",
    beside: &[Excerpt::here(DocumentKind::LiveDomain, "<vcpu>4</vcpu>")],
    references: &["virsh(1), edit, --config", "libvirt 9.0, virDomainDefCheckABIStabilityFlags"],
    needs: &[DocumentKind::Domain, DocumentKind::LiveDomain],
    check: Check::Guest(definition_changed),
    ..RULE
}];

fn definition_changed(guest: &Individual<'_>, findings: &mut Findings) {
    let running = guest.running().document().filter(|_| guest.guest.live.is_some());
    let (Some((live, running)), Some((own, stored))) = (running, guest.stored().document()) else { return };
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
