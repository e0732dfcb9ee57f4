//! What a rule is.

use super::finding::{Finding, Findings};
use super::mode::Modes;
use super::pair::{Pair, Placement};
use super::severity::Severity;

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
    /// The operating system in the guest.
    GuestOs,
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
            Self::Capacity => "capacity",
            Self::GuestOs => "guest",
        }
    }
}

/// How a rule looks.
#[derive(Clone, Copy)]
pub enum Check {
    /// At what all guests and hosts of two classes have in common.
    Class(fn(&Pair<'_>, &mut Findings)),
    /// At one guest and one host.
    Machine(fn(&Placement<'_>, &mut Findings)),
    /// Not by itself: other rules speak in its name.
    None,
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
    /// Whether rewriting the guest for the host remedies it.
    pub rewrite: bool,
    /// How it looks.
    pub check: Check,
}

impl Rule {
    /// A rule that says nothing: what the tables of the families begin with.
    pub(super) const BLANK: Self = Self {
        id: "",
        family: Family::Inventory,
        severity: Severity::Blocker,
        modes: Modes::ALL,
        summary: "",
        explanation: "",
        remedy: "",
        rewrite: false,
        check: Check::None,
    };

    /// What the rule finds about a pair of classes.
    pub(super) fn of_classes(&self, pair: &Pair<'_>) -> Vec<Finding> {
        let mut findings = Findings::like(self.prototype());
        if let Check::Class(check) = self.check {
            check(pair, &mut findings);
        }
        findings.take()
    }

    /// What the rule finds about one guest and one host beyond their classes.
    pub(super) fn of_machines(&self, placement: &Placement<'_>) -> Vec<Finding> {
        let mut findings = Findings::like(self.prototype());
        if let Check::Machine(check) = self.check {
            check(placement, &mut findings);
        }
        findings.take()
    }

    /// What all findings of the rule have in common.
    fn prototype(&self) -> Finding {
        Finding {
            rule: self.id,
            severity: self.severity,
            modes: self.modes,
            message: String::new(),
            evidence: Vec::new(),
            remedy: self.remedy.to_owned(),
            rewritten: self.rewrite,
            missing: None,
        }
    }
}
