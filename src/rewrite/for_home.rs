//! A guest's firmware said another way on the guest's own host: chosen by libvirt, by name, or UEFI for a BIOS.

use super::draft::Draft;
use super::firmware::{Foresight, fit};
use super::for_guest::refused;
use super::guest::Guest as Target;
use super::target::Shelf;
use super::{
    FirmwareWish, Fitting, Gap, PortBudget, Profile, Refusal, Rewrite, RewriteError, domain, finish,
};
use crate::model::{Cluster, DocumentKind, Guest, Host, VirtType};

/// Rewrites nothing of `guest`'s stored definition but its firmware, for its own `host`.
///
/// What libvirt there would choose is foreseen from the host's descriptors. Where that is not known, or the guest would not
/// start, nothing is changed and a notice blocks.
///
/// # Errors
/// [`Refusal`], where the document is no domain's XML, or the host's emulators are unknown.
pub fn refit_firmware(
    cluster: &Cluster,
    guest: &Guest,
    host: &Host,
    wish: FirmwareWish,
) -> Result<(Profile, Rewrite), Refusal> {
    let source = cluster.sources.get(guest.source);
    let needs = &guest.requirements;
    let arch = needs.arch.value().or(host.platform.arch.value()).cloned();
    let known = arch.filter(|_| host.platform.emulators.value().is_some());
    let gap = || Gap::Unknown(DocumentKind::Capabilities);
    let arch = known.ok_or_else(|| Refusal::host(guest, host, gap()))?;
    // What libvirt gives an x86 guest that names none.
    let machine = needs.machine.value().copied().unwrap_or_else(|| "pc".into());
    let machine = host.platform.canonical_machine(&arch, machine);
    let virt_type = needs.virt_type.value().cloned().unwrap_or(VirtType::Kvm);
    let profile = Profile::at_home(&host.name, arch, machine.into(), virt_type.clone());
    let capability = host.platform.capability(&profile.arch, &virt_type, &profile.machine).ok();
    let shelf = Shelf { host: &host.platform, arch: &profile.arch, machine: &profile.machine };
    let decided = Foresight { shelf, capability, needs, known: shelf.all() }.decide(wish);
    let rewrite = refit(&source.text, &profile, &decided);
    rewrite.map(|done| (profile, done)).map_err(|error| refused(&source.path, &source.text, error))
}

fn refit(text: &str, profile: &Profile, decided: &Fitting) -> Result<Rewrite, RewriteError> {
    let document = domain(text)?;
    let guest = Target::new(&document, profile);
    let mut draft = Draft::new(&document);
    if let Some(os) = guest.root.child("os") {
        fit(&mut draft, guest.root, os, decided);
    }
    let budget = PortBudget::of(&draft, &guest);
    finish(draft, budget)
}
