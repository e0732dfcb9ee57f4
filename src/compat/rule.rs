//! What a rule is.

use super::aspect::Aspect;
use super::excerpt::Excerpt;
use super::finding::{Finding, Findings};
use super::holds::{Range, Side, held};
use super::mode::Modes;
use super::pair::{Individual, Pair, Placement, Subject};
use super::severity::Severity;
use super::whole::Whole;
use crate::model::DocumentKind;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// What the inventory says and leaves out.
    Inventory,
    /// Architecture, virt type and machine type.
    Machine,
    /// x86 CPUs.
    X86Cpu,
    /// ARM CPUs and platforms.
    ArmCpu,
    /// Firmware.
    Firmware,
    /// PCI and controllers.
    Pci,
    /// Other devices.
    Devices,
    /// Storage.
    Storage,
    /// Networks.
    Network,
    /// Memory and processors.
    Capacity,
    /// How a guest is moved: its state, its jobs, the hosts' settings.
    Migration,
    /// The operating system in the guest.
    GuestOs,
    /// What rewriting a definition changes.
    Rewrite,
    /// The policy, and rules of the user's own.
    Policy,
}

impl Family {
    /// The heading for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Machine => "machine",
            Self::X86Cpu => "x86 CPU",
            Self::ArmCpu => "ARM CPU",
            Self::Firmware => "firmware",
            Self::Pci => "PCI and controllers",
            Self::Devices => "devices",
            Self::Storage => "storage",
            Self::Network => "network",
            Self::Capacity => "memory and NUMA",
            Self::Migration => "migration mechanics",
            Self::GuestOs => "guest",
            Self::Rewrite => "rewrite",
            Self::Policy => "policy",
        }
    }
}

/// How a rule looks.
#[derive(Clone, Copy)]
pub enum Check {
    /// At what all guests of a class have in common, wherever they would go.
    Guests(fn(&Subject<'_>, &mut Findings)),
    /// At what is one guest's alone, wherever it would go.
    Guest(fn(&Individual<'_>, &mut Findings)),
    /// At what all guests and hosts of two classes have in common.
    Pair(fn(&Pair<'_>, &mut Findings)),
    /// At one guest and one host, and no more of them than the aspect has.
    Placement(Aspect, fn(&Placement<'_>, &mut Findings)),
    /// At the inventory as a whole.
    Inventory(fn(&Whole<'_>, &mut Findings)),
    /// Not by itself: other rules, or the rewriter, speak in its name.
    None,
}

/// What rewriting a guest's definition does about a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mend {
    /// Whether the guest has what it had afterwards, and nobody must look.
    pub safe: bool,
    /// What the guest will notice, by the ids of `knowledge::noticed`.
    pub visible: &'static [&'static str],
}

impl Mend {
    /// The guest has what it had, and notices nothing.
    pub const SILENT: Self = Self { safe: true, visible: &[] };
    /// A person must look at it.
    pub const UNSAFE: Self = Self { safe: false, visible: &[] };

    /// The guest has what it had, and notices this.
    pub const fn noticed(visible: &'static [&'static str]) -> Self {
        Self { safe: true, visible }
    }

    /// The guest notices this, and a person must look at it.
    pub const fn unsafe_noticed(visible: &'static [&'static str]) -> Self {
        Self { safe: false, visible }
    }
}

/// One named check.
pub struct Rule {
    /// The id: the defect in kebab-case, so that it reads well after "allow".
    pub id: &'static str,
    /// What it is about.
    pub family: Family,
    /// How bad it is where it fires.
    pub severity: Severity,
    /// The modes it bears on at most.
    pub modes: Modes,
    /// What it says, in one line.
    pub summary: &'static str,
    /// Why that matters and how libvirt and QEMU behave, with their versions.
    pub explanation: &'static str,
    /// What would change it.
    pub remedy: &'static str,
    /// A line or two of a document for which it fires.
    pub example: &'static str,
    /// The same, nearly, for which it does not fire.
    pub near_miss: &'static str,
    /// The document that both are lines of, and whose.
    pub shown_in: (Side, DocumentKind),
    /// Lines of other documents, beside which they stand.
    pub beside: &'static [Excerpt],
    /// Where what it says can be read or was seen.
    pub references: &'static [&'static str],
    /// The versions for which it holds: all of these; any version where there are none.
    pub holds: &'static [Range],
    /// The documents that it asks. Where one is missing, the answer is unknown.
    pub needs: &'static [DocumentKind],
    /// What rewriting the guest for the host does about it; `None` where it does not remedy it.
    pub mend: Option<Mend>,
    /// Whether it only ever warns: it calls nothing unknown, so no verdict changes by it unless the policy has it worse.
    /// Such a rule is not asked where verdicts are all that is wanted.
    pub only_warns: bool,
    /// How it looks.
    pub check: Check,
}

impl Rule {
    /// Where examples stand unless a rule says otherwise: in the guest's stored definition.
    pub const DEFINITION: (Side, DocumentKind) = (Side::Source, DocumentKind::Domain);

    /// A rule that says nothing: what the tables of the families begin with.
    pub(super) const BLANK: Self = Self {
        id: "",
        family: Family::Inventory,
        severity: Severity::Blocker,
        modes: Modes::ALL,
        summary: "",
        explanation: "",
        remedy: "",
        example: "",
        near_miss: "",
        shown_in: Self::DEFINITION,
        beside: &[],
        references: &[],
        holds: &[],
        needs: &[],
        mend: None,
        only_warns: false,
        check: Check::None,
    };

    /// The example, or another text in its place, with what stands beside it.
    pub fn shown(&self, text: &'static str) -> impl Iterator<Item = Excerpt> {
        let (side, document) = self.shown_in;
        std::iter::once(Excerpt { side, document, text }).chain(self.beside.iter().copied())
    }

    /// What the rule finds about a class of guests, wherever they would go.
    pub(super) fn of_guests(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Check::Guests(check) = self.check else { return Vec::new() };
        let mut findings = Findings::like(self.prototype());
        check(subject, &mut findings);
        held(self.holds, subject.source, None, findings.take())
    }

    /// What the rule finds about a pair of classes beyond [`Rule::of_guests`].
    pub(super) fn of_pairs(&self, pair: &Pair<'_>) -> Vec<Finding> {
        let Check::Pair(check) = self.check else { return Vec::new() };
        let mut findings = Findings::like(self.prototype());
        check(pair, &mut findings);
        held(self.holds, pair.source, Some(pair.target), findings.take())
    }

    /// What the rule finds about one guest beyond its class.
    pub(super) fn of_guest(&self, guest: &Individual<'_>) -> Vec<Finding> {
        let Check::Guest(check) = self.check else { return Vec::new() };
        let mut findings = Findings::like(self.prototype());
        check(guest, &mut findings);
        held(self.holds, guest.home.map(|host| &host.platform), None, findings.take())
    }

    /// What the rule finds about one guest and one host beyond their classes.
    pub(super) fn of_placement(&self, placement: &Placement<'_>) -> Vec<Finding> {
        let Check::Placement(_, check) = self.check else { return Vec::new() };
        let mut findings = Findings::like(self.prototype());
        check(placement, &mut findings);
        let source = placement.source.map(|host| &host.platform);
        held(self.holds, source, Some(&placement.target.platform), findings.take())
    }

    /// What the rule finds about the inventory as a whole.
    pub(super) fn of_inventory(&self, whole: &Whole<'_>) -> Vec<Finding> {
        let Check::Inventory(check) = self.check else { return Vec::new() };
        let mut findings = Findings::like(self.prototype());
        check(whole, &mut findings);
        findings.take()
    }

    /// What all findings of the rule have in common.
    pub(super) fn prototype(&self) -> Finding {
        Finding {
            rule: self.id.into(),
            asked: self.id.into(),
            severity: self.severity,
            modes: self.modes,
            message: String::new(),
            evidence: Vec::new(),
            remedy: self.remedy.into(),
            rewritten: self.mend.is_some(),
            missing: None,
        }
    }
}
