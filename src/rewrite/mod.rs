//! Makes a guest's domain XML fit for an aarch64 `virt` host or for the chipset q35, or pins its CPU to a baseline, by
//! edits of its text.
//!
//! What no edit touches stays byte for byte. Every edit names its rule and its reason, and what no
//! edit can carry over is a step for a person. Rewriting twice changes nothing, and a guest that
//! is on a `virt` machine already gets only what the target asks for.

mod addresses;
mod budget;
mod characters;
mod clock;
mod controllers;
mod cpu;
mod devices;
mod disks;
mod displays;
mod draft;
mod edit;
mod features;
mod for_baseline;
mod for_guest;
mod for_host;
mod fresh;
mod guest;
mod hangs;
mod implied;
mod inputs;
mod interfaces;
mod memory;
mod offers;
mod os;
mod pin;
mod ports;
mod profile;
mod q35;
mod rules;
mod scsi;
mod targets;
#[cfg(test)]
mod tests;
mod topology;
mod unfit;

pub use budget::{PortBudget, PortLine, ScsiLine};
pub use edit::{Edit, Notice, Rewrite, Step};
pub use for_baseline::{PinOutcome, PinRefusal, pin_guest, pin_text};
pub use for_guest::{Refusal, rewrite_guest};
pub use for_host::Gap;
pub use pin::{PinnedGuest, pin};
pub use profile::{FirmwareChoice, HEADROOM, Offer, Profile, SCSI_TARGETS};

use crate::text::SpliceError;
use crate::text::xml::{Document, XmlError};
use draft::Draft;
use guest::Guest;

/// Why a text cannot be rewritten.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// It is not XML.
    #[error("{0}")]
    Xml(#[from] XmlError),
    /// It is not a domain's XML.
    #[error("the root element is <{0}>, not <domain>")]
    NotADomain(String),
    /// It does not say what kind of guest it is, which libvirt refuses as well.
    #[error("the domain has no <os> with a <type>")]
    NoType,
    /// The edits got in each other's way: a defect of this room.
    #[error("{0}")]
    Splice(#[from] SpliceError),
}

/// A pass: looks at one concern and adds its edits.
type Pass = for<'d> fn(&mut Draft<'d>, &Guest<'d>);

/// From any machine to an aarch64 `virt`.
const TO_VIRT: &[Pass] = &[
    os::pass,
    memory::pass,
    features::pass,
    cpu::pass,
    clock::pass,
    disks::pass,
    displays::pass,
    inputs::pass,
    interfaces::pass,
    characters::pass,
    devices::pass,
    controllers::pass,
    addresses::pass,
];

/// Rewrites the domain XML `text` (`virsh dumpxml --inactive`) for `profile`.
///
/// # Errors
/// [`RewriteError`], where the text is not a domain's XML.
pub fn rewrite(text: &str, profile: &Profile) -> Result<Rewrite, RewriteError> {
    let document = domain(text)?;
    let mut guest = Guest::new(&document, profile);
    let mut draft = passes(&document, &guest);
    let mut budget = budget_of(&draft, &guest)?;
    while budget.used() > budget.limit {
        // The controller that disks go behind takes a port as well, and so does every one more.
        guest.behind_scsi += budget.used() - budget.limit + u32::from(budget.scsi.is_empty());
        draft = passes(&document, &guest);
        let next = budget_of(&draft, &guest)?;
        let helps = next.used() < budget.used();
        budget = next;
        if !helps {
            break;
        }
    }
    ports::allocate(&mut draft, &guest, &budget);
    finish(draft, &guest)
}

/// The text as a domain's XML.
fn domain(text: &str) -> Result<Document<'_>, RewriteError> {
    let document = Document::parse(text)?;
    let root = document.root();
    if root.name() != "domain" {
        return Err(RewriteError::NotADomain(root.name().to_owned()));
    }
    if root.at("os/type").is_none() {
        return Err(RewriteError::NoType);
    }
    Ok(document)
}

fn passes<'d>(document: &'d Document<'d>, guest: &Guest<'d>) -> Draft<'d> {
    let mut draft = Draft::new(document);
    let passes = if guest.profile.arch.is_x86() { q35::PASSES } else { TO_VIRT };
    for pass in passes {
        pass(&mut draft, guest);
    }
    draft
}

/// The budget of the guest as the draft leaves it.
fn budget_of(draft: &Draft<'_>, guest: &Guest<'_>) -> Result<PortBudget, RewriteError> {
    let outcome = draft.outcome()?;
    Ok(PortBudget::of(&Document::parse(&outcome)?, guest.profile, guest.port_limit))
}

fn finish(draft: Draft<'_>, guest: &Guest<'_>) -> Result<Rewrite, RewriteError> {
    let text = draft.outcome()?;
    let budget = PortBudget::of(&Document::parse(&text)?, guest.profile, guest.port_limit);
    let edits = draft.edits();
    let Draft { mut steps, notices, .. } = draft;
    steps.sort_by_key(|step| step.span.start);
    Ok(Rewrite { text, edits, steps, budget, notices })
}
