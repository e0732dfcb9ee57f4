//! Verdicts for guests that are to stay what they are.

use crate::compat::{Answer, Assessment, Finding, GuestIndex, HostIndex, Kinds, Reasons};
use crate::model::Requirements;
use crate::plan::verdicts::Verdicts;

/// As others say, but that nothing is rebuilt: a host that is down for an hour is no reason to make a guest anew for another architecture.
pub(super) struct Kept<'v>(pub(super) &'v dyn Verdicts);

fn kept(assessment: Assessment) -> Assessment {
    Assessment { rebuild: Answer::No, ..assessment }
}

impl Verdicts for Kept<'_> {
    fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        kept(self.0.assess(guest, host))
    }

    fn onward(&self, guest: GuestIndex, via: HostIndex, to: HostIndex) -> Assessment {
        kept(self.0.onward(guest, via, to))
    }

    fn kinds(&self) -> &Kinds {
        self.0.kinds()
    }

    fn assess_kind(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        kept(self.0.assess_kind(guest, host))
    }

    fn meets(&self, guest: GuestIndex) -> Vec<HostIndex> {
        self.0.meets(guest)
    }

    fn reasons(&self, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons> {
        self.0.reasons(guest, hosts)
    }

    fn findings(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        self.0.findings(guest, host)
    }

    fn arrived(&self, guest: GuestIndex, to: HostIndex) -> Option<Requirements> {
        self.0.arrived(guest, to)
    }
}
