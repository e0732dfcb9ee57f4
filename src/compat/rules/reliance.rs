//! What a guest uses of its host that no emulator offers: filters, secrets, files, addresses.

use super::storage::{Sharing, sharing};
use crate::compat::aspect::Aspect;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Placement;
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, Fact, Known, Reliance};

const RULE: Rule = Rule { modes: Modes::AS_IT_IS, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "nwfilter-absent",
        family: Family::Network,
        summary: "An interface of the guest has a network filter that the host does not have",
        explanation: "A filter is an object of its host and does not move along. libvirt instantiates it when the guest \
                      arrives or starts, and fails (\"referenced filter 'NAME' is missing\").",
        remedy: "define the filter on the host under the same name (virsh nwfilter-dumpxml, nwfilter-define)",
        example: "<interface type='network'><source network='default'/><filterref filter='web-only'/></interface>",
        near_miss: "<interface type='network'><source network='default'/><filterref \
                    filter='clean-traffic'/></interface>",
        beside: &[Excerpt::there(
            DocumentKind::Filters,
            " UUID                                   Name\n\
             -----------------------------------------------------\n \
             0a7c9d2e-6f1b-4a8e-9c3d-5b7e1f2a4c6d   clean-traffic",
        )],
        references: &["observed: libvirt 9.0 and 11.3", "libvirt, formatnwfilter"],
        needs: &[DocumentKind::Domain, DocumentKind::Filters],
        check: Check::Placement(Aspect::Network, nwfilter_absent),
        ..RULE
    },
    Rule {
        id: "secret-absent",
        family: Family::Storage,
        summary: "A disk or TPM of the guest needs a secret that the host does not have",
        explanation: "An encrypted image and a Ceph or iSCSI disk name a secret of their host by its UUID or by what it is \
                      for. It does not move along: \"Secret not found: no secret with matching usage\". Whether a secret \
                      has its value is in no document.",
        remedy: "define the secret on the host and set its value (virsh secret-define, secret-set-value)",
        example: "<disk type='network'>\n  \
                  <source protocol='nbd' name='db'>\n    \
                  <encryption format='luks'><secret type='passphrase' usage='images/db'/></encryption>\n  \
                  </source>\n  \
                  <target dev='vda' bus='virtio'/>\n\
                  </disk>",
        near_miss: "<disk type='network'>\n  \
                    <source protocol='nbd' name='db'>\n    \
                    <encryption format='luks'><secret type='passphrase' usage='images/web'/></encryption>\n  \
                    </source>\n  \
                    <target dev='vda' bus='virtio'/>\n\
                    </disk>",
        beside: &[Excerpt::there(
            DocumentKind::Secrets,
            " UUID                                   Usage\n\
             -----------------------------------------------------\n \
             0a7c9d2e-6f1b-4a8e-9c3d-5b7e1f2a4c6d   volume images/web",
        )],
        references: &["observed: libvirt 9.0", "libvirt, formatsecret"],
        needs: &[DocumentKind::Domain, DocumentKind::Secrets],
        check: Check::Placement(Aspect::Secrets, secret_absent),
        ..RULE
    },
    Rule {
        id: "kernel-file-unseen",
        family: Family::Firmware,
        severity: Severity::Unknown,
        summary: "The guest is started with a kernel from a file of its host",
        explanation: "QEMU opens <kernel>, <initrd> and <dtb> where the guest starts, and where it arrives: without the files \
                      there is no start and no live move (\"unable to stat\"). Whether the other host has the same files no \
                      document tells, unless they lie in a folder that both share.",
        remedy: "copy the files to the same paths on the host and list their folder in cluster.toml (storage.shared), or \
                 install a boot loader in the guest",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><kernel>/boot/guest-kernel</kernel></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>",
        references: &["formatdomain, Direct kernel boot", "observed: libvirt 9.0 and 11.3"],
        needs: &[DocumentKind::Domain, DocumentKind::Cluster],
        check: Check::Placement(Aspect::Storage, kernel_file_unseen),
        ..RULE
    },
    Rule {
        id: "console-folder-unseen",
        family: Family::Devices,
        severity: Severity::Unknown,
        summary: "A serial line of the guest is written to a folder that the host may not have",
        explanation: "QEMU makes the file where the guest starts, and where it arrives, but not its folder (\"Unable to open \
                      file\"). /var/log and /tmp are on every host; of other folders no document tells, unless both hosts \
                      share them.",
        remedy: "make the folder on the host and list it in cluster.toml (storage.shared), or write to /var/log",
        example: "<serial type='file'><source path='/srv/logs/guest.log'/></serial>",
        near_miss: "<serial type='file'><source path='/var/log/guest.log'/></serial>",
        references: &["observed: libvirt 9.0 and 11.3"],
        needs: &[DocumentKind::Domain, DocumentKind::Cluster],
        check: Check::Placement(Aspect::Storage, console_folder_unseen),
        ..RULE
    },
    Rule {
        id: "graphics-address-absent",
        family: Family::Devices,
        summary: "A display of the guest listens on an address that the host does not have",
        explanation: "libvirt keeps the address when a guest moves. On a host without it QEMU ends (\"Failed to bind socket: \
                      Cannot assign requested address\").",
        remedy: "let the display listen on 0.0.0.0, or on a network (<listen type='network' network='NAME'/>)",
        example: "<graphics type='vnc' listen='192.0.2.17'/>",
        near_miss: "<graphics type='vnc' listen='192.0.2.18'/>",
        beside: &[Excerpt::there(
            DocumentKind::Addresses,
            "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500\n    \
             inet 192.0.2.18/24 scope global eth0",
        )],
        references: &["observed: QEMU 7.2 and 10.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Addresses],
        mend: Some(Mend::UNSAFE),
        check: Check::Placement(Aspect::Displays, graphics_address_absent),
        ..RULE
    },
];

/// What the guest uses live, and what its definition uses cold; once where both are the same.
fn uses<'p>(placement: &Placement<'p>) -> Vec<(&'p Reliance, Modes)> {
    let (running, stored) = (placement.guest.running_reliance(), &placement.guest.reliance);
    if running == stored {
        return vec![(stored, Modes::AS_IT_IS)];
    }
    vec![(running, Modes::LIVE), (stored, Modes::COLD)]
}

/// Fires for what the list of a host does not have, or says that there is no such list.
fn listed<T>(
    findings: &mut Findings,
    list: &Fact<Vec<Known<T>>>,
    modes: Modes,
    (what, wanted): (&str, &Known<String>),
    is: impl Fn(&T) -> bool,
) {
    match list.ask() {
        Ok(list) if list.value.iter().any(|one| is(&one.value)) => {}
        Ok(list) => {
            let message = format!("the host has no {what} '{}'", wanted.value);
            let firing = findings.fire(message, Some(wanted.place), "named here").only(modes);
            firing.and(Some(list.place), "what the host has");
        }
        Err(document) => {
            let what = format!("whether the host has the {what} '{}'", wanted.value);
            findings.missing(document, &what, Some(wanted.place)).only(modes);
        }
    }
}

fn nwfilter_absent(placement: &Placement<'_>, findings: &mut Findings) {
    for (reliance, modes) in uses(placement) {
        for filter in &reliance.filters {
            let what = ("network filter", filter);
            listed(findings, &placement.target.filters, modes, what, |one| *one == filter.value);
        }
    }
}

fn secret_absent(placement: &Placement<'_>, findings: &mut Findings) {
    for (reliance, modes) in uses(placement) {
        for secret in &reliance.secrets {
            let name = secret.clone().map(|name| name.as_str().to_owned());
            listed(findings, &placement.target.secrets, modes, ("secret", &name), |one| {
                one.is(&secret.value)
            });
        }
    }
}

fn kernel_file_unseen(placement: &Placement<'_>, findings: &mut Findings) {
    unseen(placement, findings, |reliance| &reliance.kernels, "the guest is started with a file of its host");
}

fn console_folder_unseen(placement: &Placement<'_>, findings: &mut Findings) {
    unseen(placement, findings, |reliance| &reliance.logs, "the guest writes into a folder of its host");
}

/// Fires for files that the hosts are not known to share.
fn unseen(
    placement: &Placement<'_>,
    findings: &mut Findings,
    files: fn(&Reliance) -> &Vec<Known<String>>,
    message: &str,
) {
    for (reliance, modes) in uses(placement) {
        for file in files(reliance) {
            if !matches!(
                sharing(placement, &file.value),
                Sharing::Pool | Sharing::Declared | Sharing::Mounted
            ) {
                findings.fire(message, Some(file.place), "this file").only(modes);
            }
        }
    }
}

fn graphics_address_absent(placement: &Placement<'_>, findings: &mut Findings) {
    for (reliance, modes) in uses(placement) {
        for display in &reliance.displays {
            let Some(address) = &display.value.address else { continue };
            let wanted = Known::new(address.clone(), display.place);
            listed(findings, &placement.target.addresses, modes, ("address", &wanted), |one| one == address);
        }
    }
}
