//! A guest's `<cpu>` made to name a baseline: what it says of topology, NUMA cells and caches stays.

use std::borrow::Cow;

use super::RewriteError;
use super::draft::{At, Draft, Fresh};
use super::edit::{Edit, Notice};
use super::rules::{CPU_ADDRESS_BITS, CPU_BEYOND_BASELINE, CPU_CACHE_PASSED, RUNNING_DEFINITION};
use super::said::says;
use crate::cpu::x86::Definition;
use crate::model::{CpuFeature, Memory};
use crate::text::xml::Element;

/// A guest's domain XML with another CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedGuest {
    /// The new XML.
    pub text: String,
    /// The changes, in the order of the old text.
    pub edits: Vec<Edit>,
    /// What else to know.
    pub notices: Vec<Notice>,
}

impl PinnedGuest {
    /// Whether something stands against running the guest so.
    pub fn is_blocked(&self) -> bool {
        self.notices.iter().any(|notice| notice.blocks)
    }
}

/// How much memory fits into the 40 bits of physical addresses that QEMU gives a named model, less what a PC keeps free
/// for devices below and above 4 GiB.
const FITS_40_BITS: Memory = Memory::gib(1000);

/// Gives the guest with the domain XML `text` the CPU `cpu`, because of `reason`.
///
/// # Errors
/// [`RewriteError`], where the text is not a domain's XML.
pub fn pin(text: &str, cpu: &Definition, reason: &str) -> Result<PinnedGuest, RewriteError> {
    let document = super::domain(text)?;
    let root = document.root();
    let mut draft = Draft::new(&document);
    give(&mut draft, root, cpu, reason);
    if root.attribute("id").is_some() {
        let text =
            "this is the XML of a running guest (it has an id); pin what `virsh dumpxml --inactive` prints";
        draft.notice(RUNNING_DEFINITION, false, text);
    }
    let done = draft.done()?;
    Ok(PinnedGuest { text: done.text, edits: done.edits, notices: done.notices })
}

/// Gives the domain `root` the CPU `cpu`.
pub(super) fn give<'d>(draft: &mut Draft<'d>, root: Element<'d>, cpu: &Definition, reason: &str) {
    if let Some(old) = root.child("cpu") {
        Pin { draft, old, reason }.replace(cpu);
    } else {
        let places = ["features", "os", "vcpu", "memory"];
        let at = places.iter().find_map(|name| root.child(name)).map_or(At::Last, At::After);
        draft.insert(CPU_BEYOND_BASELINE, reason, root, at, fresh(cpu));
    }
    narrow(draft, root);
}

/// Blocks a guest with more memory than its CPU could address.
fn narrow(draft: &mut Draft<'_>, root: Element<'_>) {
    let bits = root.at("cpu/maxphysaddr").filter(|bits| says(*bits, "mode", "emulate"));
    let amount = |name| {
        let element = root.child(name)?;
        Memory::parse(&element.text(), element.value("unit").as_deref().unwrap_or("KiB"))
    };
    let most = ["memory", "maxMemory"].into_iter().filter_map(amount).max();
    if let Some(most) = most.filter(|most| bits.is_none() && *most > FITS_40_BITS) {
        let text = format!(
            "{most} do not fit into the 40 bits of physical addresses that QEMU gives a named model: add <maxphysaddr \
             mode='emulate' bits='N'/> with an N that every host has"
        );
        draft.notice(CPU_ADDRESS_BITS, true, text);
    }
}

/// A whole `<cpu>`. What libvirt checks before the start is said, for its default is the emulator's.
fn fresh(cpu: &Definition) -> Fresh {
    let element = Fresh::new("cpu").with("mode", "custom").with("match", "exact").with("check", "partial");
    let named = [model(cpu), vendor(cpu)].into_iter().flatten();
    named.chain(cpu.features.iter().map(feature)).fold(element, Fresh::holding)
}

fn model(cpu: &Definition) -> Option<Fresh> {
    Some(Fresh::new("model").with("fallback", "forbid").saying(cpu.model.clone()?))
}

fn vendor(cpu: &Definition) -> Option<Fresh> {
    Some(Fresh::new("vendor").saying(cpu.vendor.clone()?))
}

fn feature(feature: &CpuFeature) -> Fresh {
    Fresh::new("feature").with("policy", feature.policy.as_str()).with("name", feature.name.as_str())
}

/// One `<cpu>` on its way to another CPU.
struct Pin<'p, 'd> {
    draft: &'p mut Draft<'d>,
    old: Element<'d>,
    reason: &'p str,
}

impl<'d> Pin<'_, 'd> {
    fn replace(&mut self, cpu: &Definition) {
        let (rule, old, reason) = (CPU_BEYOND_BASELINE, self.old, self.reason);
        self.draft.set(rule, reason, old, "mode", "custom");
        self.draft.set(rule, reason, old, "match", "exact");
        self.draft.set(rule, reason, old, "check", "partial");
        // Only a host's own CPU may say these (virDomainDefCPU of libvirt 9.0 to 11.3).
        self.draft.unset(rule, reason, old, "migratable");
        self.draft.unset(rule, reason, old, "deprecated_features");
        self.names(cpu);
        self.features(cpu);
        self.passed_through();
    }

    /// Model and vendor. A vendor string of the guest's own stays.
    fn names(&mut self, cpu: &Definition) {
        let (rule, reason, parent) = (CPU_BEYOND_BASELINE, self.reason, self.old);
        let old = parent.child("model");
        let id = old.and_then(|old| old.value("vendor_id")).map(Cow::into_owned);
        let new = model(cpu).map(|new| id.into_iter().fold(new, |new, id| new.with("vendor_id", id)));
        match old.filter(|old| cpu.model.as_deref() == Some(&*old.text())) {
            Some(old) => self.draft.set(rule, reason, old, "fallback", "forbid"),
            None => self.instead(old, At::First, new),
        }
        let old = parent.child("vendor");
        if old.map(Element::text).as_deref() != cpu.vendor.as_deref() {
            self.instead(old, after(parent, &["model"]), vendor(cpu));
        }
    }

    fn instead(&mut self, old: Option<Element<'d>>, at: At<'d>, new: Option<Fresh>) {
        let (rule, reason) = (CPU_BEYOND_BASELINE, self.reason);
        if let Some(old) = old {
            self.draft.delete(rule, reason, old);
        }
        if let Some(new) = new {
            self.draft.insert(rule, reason, self.old, at, new);
        }
    }

    /// Features that the new CPU lists as the old one did stay where they are.
    fn features(&mut self, cpu: &Definition) {
        let mut told: Vec<&str> = Vec::new();
        for old in self.old.children_named("feature") {
            let name = old.value("name").unwrap_or_default();
            match cpu.features.iter().find(|new| *new.name == *name) {
                Some(new) if !told.contains(&new.name.as_str()) => {
                    let (rule, policy) = (CPU_BEYOND_BASELINE, new.policy.as_str());
                    self.draft.set(rule, self.reason, old, "policy", policy);
                    told.push(&new.name);
                }
                _ => self.draft.delete(CPU_BEYOND_BASELINE, self.reason, old),
            }
        }
        let before = ["model", "vendor", "topology", "cache", "maxphysaddr", "feature"];
        for new in cpu.features.iter().filter(|new| !told.contains(&new.name.as_str())) {
            let at = after(self.old, &before);
            self.draft.insert(CPU_BEYOND_BASELINE, self.reason, self.old, at, feature(new));
        }
    }

    /// What is the host's own and cannot be a named model's.
    fn passed_through(&mut self) {
        for old in self.old.children().filter(|child| says(*child, "mode", "passthrough")) {
            match old.name() {
                "cache" => {
                    let reason = "a named model has no cache of its host";
                    self.draft.delete(CPU_CACHE_PASSED, reason, old);
                }
                "maxphysaddr" => {
                    let reason = "the number of bits differs from host to host";
                    self.draft.delete(CPU_ADDRESS_BITS, reason, old);
                }
                _ => {}
            }
        }
    }
}

/// Behind the last of the children with these names, else before all.
fn after<'d>(parent: Element<'d>, names: &[&str]) -> At<'d> {
    let last = parent.children().filter(|child| names.contains(&child.name())).last();
    last.map_or(At::First, At::After)
}
