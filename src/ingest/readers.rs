//! The reader of each kind of document about a host.

use crate::model::DocumentKind as D;
use crate::text::SourceId;

use super::layout::Item;
use super::problem::Complaint;
use super::saying::{Reading, Saying};
use super::{
    capabilities, cpuinfo, dmesg, dmidecode, domain_capabilities, firmware_descriptor, freepages, guest_list,
    ip_address, listing, lscpu, lsmod, mounts, names, network, nodeinfo, os_release, package_listing, pool,
    qemu_capabilities, qemu_conf, sysctl, uname, version,
};

use Reader::{Lines, Syntax};

/// How a kind of document is read: lines of text cannot be malformed, a syntax can.
#[derive(Clone, Copy)]
enum Reader {
    Lines(fn(SourceId, &str) -> Saying),
    Syntax(fn(SourceId, &str) -> Reading),
}

/// The reader of each kind, and whether a document of that kind always says something.
const READERS: [(D, Reader, bool); 30] = [
    (D::Capabilities, Syntax(capabilities::read), true),
    (D::DomainCapabilities, Syntax(domain_capabilities::read), true),
    (D::QemuCapabilities, Syntax(qemu_capabilities::read), true),
    (D::Version, Lines(version::read), true),
    (D::NodeInfo, Lines(nodeinfo::read), true),
    (D::Lscpu, Syntax(lscpu::read), true),
    (D::CpuInfo, Lines(cpuinfo::read), true),
    (D::Dmidecode, Lines(dmidecode::read), false),
    (D::Dmesg, Lines(dmesg::read), false),
    (D::OsRelease, Lines(os_release::read), true),
    (D::Uname, Lines(uname::read), true),
    (D::Lsmod, Lines(lsmod::read), false),
    (D::Sysctl, Lines(sysctl::read), false),
    (D::FirmwareDescriptor, Syntax(firmware_descriptor::read), false),
    (D::QemuConf, Lines(qemu_conf::read), false),
    (D::PackageListing, Lines(package_listing::read), false),
    (D::Network, Syntax(network::read), true),
    (D::Pool, Syntax(pool::read), true),
    (D::Addresses, Lines(ip_address::read), true),
    (D::ActiveNetworks, Lines(listing::networks), false),
    (D::ActivePools, Lines(listing::pools), false),
    (D::Filters, Lines(listing::filters), false),
    (D::Secrets, Lines(listing::secrets), false),
    (D::FreePages, Lines(freepages::read), true),
    (D::Snapshots, Lines(names::snapshots), false),
    (D::GuestList, Lines(guest_list::read), false),
    (D::ManagedSaves, Lines(names::managed_saves), false),
    (D::Checkpoints, Lines(names::checkpoints), false),
    (D::Mounts, Lines(mounts::read), true),
    // A map is read from all its files at once, see `inventory`.
    (D::CpuMap, Lines(|_, _| Saying::default()), false),
];

/// `None` for documents that tell of no host. One that should say something and does not is not
/// what its name says; in a sosreport it may be a link that was unpacked as a file, and its own
/// `version.txt` is that of sos.
pub(super) fn saying(item: &Item, source: SourceId, text: &str) -> Option<Reading> {
    let (kind, reader, always) = READERS.iter().find(|(kind, _, _)| *kind == item.kind)?;
    let reading = match reader {
        Lines(read) => Ok(read(source, text)),
        Syntax(read) => read(source, text),
    };
    let of_sos = item.sos || text.starts_with("sosreport:");
    let silent = *always && !of_sos && reading.as_ref().is_ok_and(|saying| *saying == Saying::default());
    Some(if silent { Err(nothing(*kind, text)) } else { reading })
}

fn nothing(kind: D, text: &str) -> Complaint {
    let message =
        if text.trim().is_empty() { "the document is empty" } else { "nothing in it is understood" };
    Complaint::new(Some(0), message, format!("print it again: {}", kind.command()))
}
