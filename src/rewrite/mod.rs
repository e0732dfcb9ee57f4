//! Makes a guest's domain XML fit for another host, of x86 or of ARM, or for the chipset q35, or pins its CPU to a baseline, by
//! edits of its text.
//!
//! What no edit touches stays byte for byte. Every edit names its rule and its reason, and what no
//! edit can carry over is a step for a person. Rewriting twice changes nothing, and a guest that
//! is on a `virt` machine already gets only what the target asks for.

mod addresses;
mod as_it_is;
mod budget;
mod characters;
mod clock;
mod controllers;
mod cpu;
mod device;
mod devices;
mod disks;
mod displays;
mod draft;
mod edit;
mod features;
mod firmware;
mod for_baseline;
mod for_guest;
mod for_home;
mod foreseen;
mod guest;
mod hangs;
mod host_bound;
mod implied;
mod inputs;
mod interfaces;
mod machine;
mod memory;
mod names;
mod os;
mod part;
mod pin;
mod port_line;
mod ports;
mod q35;
mod rewritten;
mod rules;
mod said;
mod scsi;
mod target;
mod targets;
#[cfg(test)]
mod tests;
mod topology;
mod unfit;

pub use as_it_is::ports_as_they_are;
pub use budget::{PortBudget, ScsiLine};
pub use edit::{Edit, Notice, Step};
pub use for_baseline::{PinOutcome, PinRefusal, pin_guest, pin_text, pinned_on};
pub use for_guest::{Refusal, Wish, rewrite_guest};
pub use for_home::refit_firmware;
pub use foreseen::foreseen;
pub use part::Part;
pub use pin::{PinnedGuest, pin};
pub use port_line::PortLine;
pub use rewritten::Rewrite;
pub use target::{
    Board, FirmwareChoice, FirmwareFiles, FirmwareWish, Fitting, Gap, HEADROOM, Offer, PinnedCpu, Profile,
    SCSI_TARGETS, Site,
};

use std::collections::BTreeSet;

use crate::text::SpliceError;
use crate::text::xml::{Document, XmlError};
use draft::{Done, Draft};
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

/// From any machine to an aarch64 `virt`, in the order of the document.
const TO_VIRT: &[(Part, Pass)] = &[
    (Part::Machine, machine::pass),
    (Part::Firmware, os::pass),
    (Part::Firmware, firmware::pass),
    (Part::HostBound, host_bound::pass),
    (Part::HostBound, names::pass),
    (Part::Chipset, memory::pass),
    (Part::Chipset, features::pass),
    (Part::Cpu, cpu::pass),
    (Part::Chipset, clock::pass),
    (Part::Disks, disks::pass),
    (Part::Devices, displays::pass),
    (Part::Devices, inputs::pass),
    (Part::Devices, interfaces::pass),
    (Part::Devices, characters::pass),
    (Part::Devices, devices::pass),
    (Part::Chipset, controllers::pass),
    (Part::Chipset, addresses::pass),
];

/// From one x86 host to another, and from i440fx to q35.
const TO_PC: &[(Part, Pass)] = &[
    (Part::Machine, machine::pass),
    (Part::Firmware, firmware::on_x86),
    (Part::HostBound, host_bound::pass),
    (Part::HostBound, names::pass),
    (Part::Cpu, cpu::on_x86),
    (Part::Devices, displays::on_x86),
    (Part::Chipset, q35::pass),
];

/// Rewrites the domain XML `text` (`virsh dumpxml --inactive`) for `profile`.
///
/// # Errors
/// [`RewriteError`], where the text is not a domain's XML.
pub fn rewrite(text: &str, profile: &Profile) -> Result<Rewrite, RewriteError> {
    let document = domain(text)?;
    let mut guest = Guest::new(&document, profile);
    let (whole, mut budget) = fitted(&document, &mut guest);
    let all = Part::ALL.iter().all(|part| profile.parts.contains(part));
    let mut draft = if all { whole } else { passes(&document, &guest, &profile.parts) };
    if profile.parts.contains(&Part::Ports) && guest.has_ports() {
        ports::allocate(&mut draft, &guest, &mut budget);
    }
    if !all {
        budget = PortBudget::of(&draft, &guest);
    }
    finish(draft, budget)
}

/// All edits but those of ports, with as many disks behind SCSI as there are ports too few.
fn fitted<'d>(document: &'d Document<'d>, guest: &mut Guest<'d>) -> (Draft<'d>, PortBudget) {
    let all = BTreeSet::from(Part::ALL);
    let of = |guest: &Guest<'d>| {
        let draft = passes(document, guest, &all);
        let budget = PortBudget::of(&draft, guest);
        (draft, budget)
    };
    let (mut draft, mut budget) = of(guest);
    while budget.used() > budget.limit {
        // The controller that disks go behind takes a port as well, and so does every one more.
        guest.behind_scsi += budget.used() - budget.limit + u32::from(budget.scsi.is_empty());
        let used = budget.used();
        (draft, budget) = of(guest);
        if budget.used() >= used {
            break;
        }
    }
    (draft, budget)
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

/// The edits of these parts.
fn passes<'d>(document: &'d Document<'d>, guest: &Guest<'d>, parts: &BTreeSet<Part>) -> Draft<'d> {
    let mut draft = Draft::new(document);
    let passes = if guest.profile.arch.is_x86() { TO_PC } else { TO_VIRT };
    for (_, pass) in passes.iter().filter(|(part, _)| parts.contains(part)) {
        pass(&mut draft, guest);
    }
    draft
}

fn finish(draft: Draft<'_>, budget: PortBudget) -> Result<Rewrite, RewriteError> {
    let Done { text, edits, steps, notices } = draft.done()?;
    Ok(Rewrite { text, edits, steps, budget, notices })
}
