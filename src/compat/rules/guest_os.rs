//! The operating system in the guest, as far as its definition tells.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Pair;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::knowledge::os::without_arm;
use crate::model::DocumentKind;

pub(super) const RULES: &[Rule] = &[Rule {
    id: "guest-os-without-arm",
    family: Family::GuestOs,
    severity: Severity::Blocker,
    modes: Modes::REBUILD,
    summary: "There is no edition of the guest's operating system for aarch64",
    explanation: "A guest is rebuilt for ARM by building its image anew from an operating system made for aarch64. The \
                  definition names the system in libosinfo's metadata, which virt-install and virt-manager write; of \
                  some, such as Windows Server up to 2022, RHEL and CentOS up to 6, there is no such edition. A \
                  definition that names none is not judged.",
    remedy: "keep the guest on x86, or replace its operating system",
    example: "<metadata>\n  \
                  <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\n    \
                  <libosinfo:os id='http://microsoft.com/win/2k19'/>\n  \
                  </libosinfo:libosinfo>\n\
                  </metadata>",
    near_miss: "<metadata>\n  \
                    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\n    \
                    <libosinfo:os id='http://debian.org/debian/12'/>\n  \
                    </libosinfo:libosinfo>\n\
                    </metadata>",
    beside: &[Excerpt::ARM_HOST],
    references: &[
        "src/knowledge/data/os-without-arm.txt names a source for each system",
        "formatdomain, General metadata: metadata",
    ],
    needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
    check: Check::Pair(guest_os_without_arm),
    ..Rule::BLANK
}];

fn guest_os_without_arm(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(os) = pair.guest.os_id.as_ref().filter(|_| pair.rebuilt_for_arm()) else { return };
    if let Some(entry) = without_arm(&os.value) {
        let message = format!("there is no {} for aarch64 ({})", entry.name, entry.source);
        findings.fire(message, Some(os.place), "the guest's operating system");
    }
}
