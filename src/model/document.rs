//! The kinds of document an inventory holds, and the command that prints each.

/// A kind of document, named for what it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DocumentKind {
    /// `capabilities.xml`
    Capabilities,
    /// `domcapabilities/*.xml`
    DomainCapabilities,
    /// `qemu-capabilities/*.xml`
    QemuCapabilities,
    /// `version.txt`
    Version,
    /// `nodeinfo.txt`
    NodeInfo,
    /// `lscpu.txt` or `lscpu.json`
    Lscpu,
    /// `cpuinfo.txt`
    CpuInfo,
    /// `dmidecode.txt`
    Dmidecode,
    /// `dmesg.txt`
    Dmesg,
    /// `os-release`
    OsRelease,
    /// `uname.txt`
    Uname,
    /// `lsmod.txt`
    Lsmod,
    /// `sysctl.txt`
    Sysctl,
    /// `firmware/*.json`
    FirmwareDescriptor,
    /// `firmware/packages.txt`
    PackageListing,
    /// `qemu.conf`
    QemuConf,
    /// `cpu_map/*.xml`
    CpuMap,
    /// `networks/*.xml`
    Network,
    /// `pools/*.xml`
    Pool,
    /// `ip-address.txt`
    Addresses,
    /// `net-list.txt`
    ActiveNetworks,
    /// `pool-list.txt`
    ActivePools,
    /// `nwfilter-list.txt`
    Filters,
    /// `secret-list.txt`
    Secrets,
    /// `freepages.txt`
    FreePages,
    /// `snapshots.txt`
    Snapshots,
    /// `list.txt`
    GuestList,
    /// `managed-save.txt`
    ManagedSaves,
    /// `checkpoints.txt`
    Checkpoints,
    /// `mounts.txt`
    Mounts,
    /// `guests/GUEST.domstate.txt`
    GuestState,
    /// `guests/GUEST.domjobinfo.txt`
    Job,
    /// `guests/GUEST.blockjob.txt`, of one disk after the other
    BlockJobs,
    /// `guests/GUEST.qemu-img.txt`, of one disk after the other
    Images,
    /// `guests/GUEST.domstats.txt`, of one time after the other
    Statistics,
    /// `guests/GUEST.completed.txt`
    CompletedJob,
    /// `guests/GUEST.xml`
    Domain,
    /// `guests/GUEST.live.xml`
    LiveDomain,
    /// `nodedevs.txt`
    HostDevices,
    /// `cluster.toml`
    Cluster,
    /// `portolan.toml`
    Policy,
}

impl DocumentKind {
    /// Where the document stands in a host's folder of an inventory (docs/reference/files.md).
    pub fn path(self) -> &'static str {
        self.entry().0
    }

    /// The command that prints the document, as the manual pages of virsh (libvirt 9.0) and the
    /// other tools have it.
    pub fn command(self) -> &'static str {
        self.entry().1
    }

    fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::Capabilities => ("capabilities.xml", "virsh capabilities"),
            Self::DomainCapabilities => (
                "domcapabilities/NAME.xml",
                "virsh domcapabilities --arch ARCH --machine MACHINE --virttype VIRTTYPE",
            ),
            Self::QemuCapabilities => {
                ("qemu-capabilities/NAME.xml", "cp /var/cache/libvirt/qemu/capabilities/*.xml . (as root)")
            }
            Self::Version => ("version.txt", "virsh version"),
            Self::NodeInfo => ("nodeinfo.txt", "virsh nodeinfo"),
            Self::Lscpu => ("lscpu.txt", "lscpu"),
            Self::CpuInfo => ("cpuinfo.txt", "cat /proc/cpuinfo"),
            Self::Dmidecode => ("dmidecode.txt", "dmidecode"),
            Self::Dmesg => ("dmesg.txt", "dmesg"),
            Self::OsRelease => ("os-release", "cat /etc/os-release"),
            Self::Uname => ("uname.txt", "uname -a"),
            Self::Lsmod => ("lsmod.txt", "lsmod"),
            Self::Sysctl => ("sysctl.txt", "sysctl -a"),
            Self::FirmwareDescriptor => ("firmware/NAME.json", "cat /usr/share/qemu/firmware/NAME.json"),
            Self::PackageListing => {
                ("firmware/packages.txt", "rpm -ql edk2-aarch64 or dpkg -L qemu-efi-aarch64 ovmf")
            }
            Self::QemuConf => ("qemu.conf", "cat /etc/libvirt/qemu.conf"),
            Self::CpuMap => ("cpu_map/", "cp -r /usr/share/libvirt/cpu_map ."),
            Self::Network => ("networks/NAME.xml", "virsh net-dumpxml NAME"),
            Self::Pool => ("pools/NAME.xml", "virsh pool-dumpxml NAME"),
            Self::Addresses => ("ip-address.txt", "ip address"),
            Self::ActiveNetworks => ("net-list.txt", "virsh net-list"),
            Self::ActivePools => ("pool-list.txt", "virsh pool-list"),
            Self::Filters => ("nwfilter-list.txt", "virsh nwfilter-list"),
            Self::Secrets => ("secret-list.txt", "virsh secret-list"),
            Self::FreePages => ("freepages.txt", "virsh freepages --all"),
            Self::Snapshots => ("snapshots.txt", "virsh list --all --with-snapshot --name"),
            Self::GuestList => ("list.txt", "virsh list --all"),
            Self::ManagedSaves => ("managed-save.txt", "virsh list --all --with-managed-save --name"),
            Self::Checkpoints => ("checkpoints.txt", "virsh list --all --with-checkpoint --name"),
            Self::Mounts => ("mounts.txt", "cat /proc/mounts"),
            Self::GuestState => ("guests/GUEST.domstate.txt", "virsh domstate --reason GUEST"),
            Self::Job => ("guests/GUEST.domjobinfo.txt", "virsh domjobinfo GUEST"),
            Self::BlockJobs => ("guests/GUEST.blockjob.txt", "virsh blockjob GUEST DISK --raw"),
            Self::Images => ("guests/GUEST.qemu-img.txt", "qemu-img info -U --backing-chain FILE"),
            Self::Statistics => (
                "guests/GUEST.domstats.txt",
                "virsh domstats --balloon --dirtyrate GUEST, after virsh domdirtyrate-calc",
            ),
            Self::CompletedJob => {
                ("guests/GUEST.completed.txt", "virsh domjobinfo --completed --keep-completed GUEST")
            }
            Self::Domain => ("guests/GUEST.xml", "virsh dumpxml --inactive GUEST"),
            Self::LiveDomain => ("guests/GUEST.live.xml", "virsh dumpxml GUEST"),
            Self::HostDevices => ("nodedevs.txt", "virsh nodedev-list --tree"),
            Self::Cluster => ("cluster.toml", "written by hand"),
            Self::Policy => ("portolan.toml", "written by hand"),
        }
    }
}
