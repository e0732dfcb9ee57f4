//! From a path inside an inventory to the kind of document that it is.

use crate::model::DocumentKind as D;

/// Ends of the names of archives that are read.
pub(super) const SUFFIXES: [&str; 5] = [".tar.xz", ".txz", ".tar.gz", ".tgz", ".tar"];

/// What a path says of its document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    /// The host it tells of; `None` where it tells of none.
    pub(super) host: Option<String>,
    pub(super) kind: D,
    /// What stands for the `*` of its row: the name of a guest, network, pool or descriptor.
    pub(super) name: String,
    /// Whether the document is part of a sosreport.
    pub(super) sos: bool,
}

/// Documents of a host's folder, as Portolan lays them out (docs/reference/files.md).
const FOLDER: [(&str, D); 39] = [
    ("capabilities.xml", D::Capabilities),
    ("domcapabilities/*.xml", D::DomainCapabilities),
    ("qemu-capabilities/*.xml", D::QemuCapabilities),
    ("version.txt", D::Version),
    ("nodeinfo.txt", D::NodeInfo),
    ("lscpu.txt", D::Lscpu),
    ("lscpu.json", D::Lscpu),
    ("cpuinfo.txt", D::CpuInfo),
    ("dmidecode.txt", D::Dmidecode),
    ("dmesg.txt", D::Dmesg),
    ("os-release", D::OsRelease),
    ("uname.txt", D::Uname),
    ("lsmod.txt", D::Lsmod),
    ("sysctl.txt", D::Sysctl),
    ("firmware/*.json", D::FirmwareDescriptor),
    ("firmware/packages.txt", D::PackageListing),
    ("qemu.conf", D::QemuConf),
    ("cpu_map/*.xml", D::CpuMap),
    ("networks/*.xml", D::Network),
    ("pools/*.xml", D::Pool),
    ("ip-address.txt", D::Addresses),
    ("net-list.txt", D::ActiveNetworks),
    ("pool-list.txt", D::ActivePools),
    ("nwfilter-list.txt", D::Filters),
    ("secret-list.txt", D::Secrets),
    ("freepages.txt", D::FreePages),
    ("snapshots.txt", D::Snapshots),
    ("list.txt", D::GuestList),
    ("managed-save.txt", D::ManagedSaves),
    ("checkpoints.txt", D::Checkpoints),
    ("mounts.txt", D::Mounts),
    ("guests/*.domstate.txt", D::GuestState),
    ("guests/*.domjobinfo.txt", D::Job),
    ("guests/*.blockjob.txt", D::BlockJobs),
    ("guests/*.qemu-img.txt", D::Images),
    ("guests/*.domstats.txt", D::Statistics),
    ("guests/*.completed.txt", D::CompletedJob),
    ("guests/*.live.xml", D::LiveDomain),
    ("guests/*.xml", D::Domain),
];

/// Documents of a sosreport (sos 4.5: the plugins virsh, libvirt, processor, hardware, kernel, host).
const SOSREPORT: [(&str, D); 32] = [
    ("sos_commands/virsh/virsh_-r_capabilities", D::Capabilities),
    ("sos_commands/virsh/virsh_-r_domcapabilities*", D::DomainCapabilities),
    ("sos_commands/virsh/virsh_-r_version", D::Version),
    ("sos_commands/virsh/virsh_-r_nodeinfo", D::NodeInfo),
    ("sos_commands/virsh/virsh_-r_net-list", D::ActiveNetworks),
    ("sos_commands/virsh/virsh_-r_pool-list", D::ActivePools),
    ("sos_commands/virsh/virsh_-r_nwfilter-list", D::Filters),
    ("sos_commands/virsh/virsh_-r_list_--all", D::GuestList),
    ("proc/mounts", D::Mounts),
    ("sos_commands/virsh/virsh_-r_freepages_--all", D::FreePages),
    ("sos_commands/virsh/virsh_-r_dumpxml_*", D::LiveDomain),
    ("sos_commands/virsh/virsh_-r_net-dumpxml_*", D::Network),
    ("sos_commands/virsh/virsh_-r_pool-dumpxml_*", D::Pool),
    ("sos_commands/networking/ip_-d_address", D::Addresses),
    ("sos_commands/processor/lscpu", D::Lscpu),
    ("proc/cpuinfo", D::CpuInfo),
    ("dmidecode", D::Dmidecode),
    ("sos_commands/hardware/dmidecode", D::Dmidecode),
    ("sos_commands/kernel/dmesg", D::Dmesg),
    ("sos_commands/kernel/lsmod", D::Lsmod),
    ("sos_commands/kernel/sysctl_-a", D::Sysctl),
    ("sos_commands/kernel/uname_-a", D::Uname),
    ("etc/os-release", D::OsRelease),
    ("usr/lib/os-release", D::OsRelease),
    ("etc/libvirt/qemu.conf", D::QemuConf),
    ("etc/libvirt/qemu/networks/*.xml", D::Network),
    ("etc/libvirt/storage/*.xml", D::Pool),
    ("etc/libvirt/qemu/*.xml", D::Domain),
    ("etc/qemu/firmware/*.json", D::FirmwareDescriptor),
    ("usr/share/qemu/firmware/*.json", D::FirmwareDescriptor),
    ("usr/share/libvirt/cpu_map/*.xml", D::CpuMap),
    ("var/cache/libvirt/qemu/capabilities/*.xml", D::QemuCapabilities),
];

/// Documents of the whole cluster.
const CLUSTER: [(&str, D); 4] = [
    ("cluster.toml", D::Cluster),
    ("portolan.toml", D::Policy),
    ("guests/*.live.xml", D::LiveDomain),
    ("guests/*.xml", D::Domain),
];

/// The document at `path`; `None` for what is not of interest.
pub(super) fn item(path: &str) -> Option<Item> {
    let Some((first, rest)) = path.strip_prefix("hosts/").and_then(|inside| inside.split_once('/')) else {
        let (kind, name) = row(&CLUSTER, path)?;
        return Some(Item { host: None, kind, name: name.to_owned(), sos: false });
    };
    let stem = SUFFIXES.iter().find_map(|suffix| first.strip_suffix(suffix));
    let (kind, name, sos) = in_host(rest, stem.is_some())?;
    let host = stem.unwrap_or(first);
    (!host.is_empty()).then(|| Item { host: Some(host.to_owned()), kind, name: name.to_owned(), sos })
}

/// Whether the file at `path` is an archive of a host's documents.
pub(super) fn is_archive(path: &str) -> bool {
    let name = path.strip_prefix("hosts/").filter(|name| !name.contains('/'));
    name.is_some_and(|name| SUFFIXES.iter().any(|suffix| name.len() > suffix.len() && name.ends_with(suffix)))
}

/// An archive has all its documents in one folder, as a rule; a sosreport is often unpacked with it.
fn in_host(path: &str, archive: bool) -> Option<(D, &str, bool)> {
    either(path).or_else(|| {
        let (folder, rest) = path.split_once('/')?;
        (archive || folder.starts_with("sosreport-")).then(|| either(rest))?
    })
}

/// Kind, name, and whether the document is part of a sosreport.
fn either(path: &str) -> Option<(D, &str, bool)> {
    let sos = row(&SOSREPORT, path).map(|(kind, name)| (kind, name, true));
    sos.or_else(|| row(&FOLDER, path).map(|(kind, name)| (kind, name, false)))
}

fn row<'p>(table: &[(&str, D)], path: &'p str) -> Option<(D, &'p str)> {
    table.iter().find_map(|(pattern, kind)| matched(pattern, path).map(|name| (*kind, name)))
}

/// What stands for the `*` of `pattern` in `path`: at least one character, no folder.
fn matched<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let Some((before, after)) = pattern.split_once('*') else {
        return (pattern == path).then(|| path.get(..0)).flatten();
    };
    let name = path.strip_prefix(before)?.strip_suffix(after)?;
    // The plain `virsh domcapabilities` has no name.
    (!name.contains('/') && (!name.is_empty() || after.is_empty())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_tell_what_their_documents_are() {
        let rows = [
            ("cluster.toml", None, D::Cluster, ""),
            ("portolan.toml", None, D::Policy, ""),
            ("guests/web.xml", None, D::Domain, "web"),
            ("hosts/h1/capabilities.xml", Some("h1"), D::Capabilities, ""),
            ("hosts/h1/domcapabilities/x86.xml", Some("h1"), D::DomainCapabilities, "x86"),
            ("hosts/h1/guests/web.live.xml", Some("h1"), D::LiveDomain, "web"),
            ("hosts/h1/guests/web.xml", Some("h1"), D::Domain, "web"),
            ("hosts/h1/firmware/packages.txt", Some("h1"), D::PackageListing, ""),
            ("hosts/h1/cpu_map/index.xml", Some("h1"), D::CpuMap, "index"),
            ("hosts/h1/sos_commands/virsh/virsh_-r_domcapabilities", Some("h1"), D::DomainCapabilities, ""),
            ("hosts/h1/sosreport-x/proc/cpuinfo", Some("h1"), D::CpuInfo, ""),
            ("hosts/h1.tar.xz/sosreport-x/etc/libvirt/qemu/web.xml", Some("h1"), D::Domain, "web"),
            ("hosts/h1.tar.xz/x/etc/libvirt/qemu/networks/default.xml", Some("h1"), D::Network, "default"),
            ("hosts/h1.tgz/capabilities.xml", Some("h1"), D::Capabilities, ""),
        ];
        for (path, host, kind, name) in rows {
            let item = item(path).expect(path);
            assert_eq!((item.host.as_deref(), item.kind, item.name.as_str()), (host, kind, name), "{path}");
        }
    }

    #[test]
    fn what_is_not_of_interest_is_no_item() {
        let paths = [
            "README.md",
            "capture.sh",
            "hosts/README.md",
            "hosts/h1/observed.toml",
            "hosts/h1/portolan.toml",
            "hosts/h1/old/capabilities.xml",
            "hosts/h1/guests/.xml",
            "hosts/h1/guests/a/b.xml",
            "hosts/h1/firmware/CODE.fd",
            "hosts//capabilities.xml",
            "hosts/.tar/capabilities.xml",
            "guests/notes.txt",
        ];
        for path in paths {
            assert_eq!(item(path), None, "{path}");
        }
    }

    #[test]
    fn archives_lie_beside_the_hosts() {
        assert!(is_archive("hosts/h1.tar.xz") && is_archive("hosts/h1.tgz"));
        assert!(!is_archive("hosts/h1/guests.tar.xz") && !is_archive("hosts/.tar") && !is_archive("h1.tar"));
    }

    proptest! {
        #[test]
        fn no_path_makes_it_panic(path in "(hosts/|guests/|h|\\.tar|\\.xml|/|\\.live|ß|\\PC){0,12}") {
            let _ = (item(&path), is_archive(&path));
        }
    }
}
