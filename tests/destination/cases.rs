//! The guests that are moved: made up, each with one thing that another host may not have, or nearly.

use super::lab::Lab;

/// One guest.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    /// The host it is on.
    pub(super) host: usize,
    pub(super) virt_type: &'static str,
    pub(super) arch: &'static str,
    pub(super) machine: &'static str,
    /// Attributes of `<os>`.
    pub(super) firmware: &'static str,
    /// Children of `<os>` beside `<type>`.
    pub(super) os: &'static str,
    /// Children of `<domain>` beside the usual.
    pub(super) domain: String,
    /// Children of `<devices>`.
    pub(super) devices: String,
}

impl Case {
    /// The domain XML. `@` stands for the folder that all hosts share, `%` for the address of its host.
    pub(super) fn xml(&self, shared: &str) -> String {
        let Self { name, virt_type, arch, machine, firmware, os, domain, devices, .. } = self;
        let text = format!(
            "<domain type='{virt_type}'><name>{name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>\
             <os{firmware}><type arch='{arch}' machine='{machine}'>hvm</type>{os}</os>{domain}\
             <devices>{devices}</devices></domain>"
        );
        text.replace('@', shared).replace('%', &Lab::address(self.host))
    }
}

/// What the guests are called.
const PREFIX: &str = "portolan-destination";

fn plain(host: usize, name: &str) -> Case {
    Case {
        name: format!("{PREFIX}-{name}"),
        host,
        virt_type: "kvm",
        arch: "x86_64",
        machine: "pc-q35-7.2",
        firmware: "",
        os: "",
        domain: String::new(),
        devices: String::new(),
    }
}

fn machine(host: usize, name: &str, machine: &'static str) -> Case {
    Case { machine, ..plain(host, name) }
}

fn device(host: usize, name: &str, devices: &str) -> Case {
    Case { devices: devices.to_owned(), ..plain(host, name) }
}

fn domain(host: usize, name: &str, domain: &str) -> Case {
    Case { domain: domain.to_owned(), ..plain(host, name) }
}

/// An emulated guest with a CPU.
fn emulated(host: usize, name: &str, cpu: &str) -> Case {
    Case { virt_type: "qemu", ..domain(host, name, cpu) }
}

fn arm(host: usize, name: &str, machine: &'static str, model: &str) -> Case {
    let cpu = format!("<cpu mode='custom' match='exact'><model>{model}</model></cpu>");
    Case { arch: "aarch64", machine, ..emulated(host, name, &cpu) }
}

/// All of them.
pub(super) fn all() -> Vec<Case> {
    [machines(), cpus(), firmware(), disks(), media(), networks(), devices(), newer(), clashes()].concat()
}

fn machines() -> Vec<Case> {
    vec![
        plain(1, "plain"),
        machine(1, "pc", "pc-i440fx-7.2"),
        machine(2, "old-pc", "pc-i440fx-2.2"),
        machine(1, "old-q35", "pc-q35-2.6"),
        machine(3, "new-q35", "pc-q35-10.0"),
        machine(3, "new-pc", "pc-i440fx-9.2"),
        machine(3, "back", "pc-q35-7.2"),
        machine(3, "back-pc", "pc-i440fx-7.2"),
    ]
}

fn cpus() -> Vec<Case> {
    // KVM of some virtual machines refuses to set what it says this feature needs.
    let off = "<feature policy='disable' name='arch-capabilities'/>";
    let mode = |mode: &str| format!("<cpu mode='{mode}'>{off}</cpu>");
    let named = |model: &str| {
        format!(
            "<cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>{model}</model></cpu>"
        )
    };
    vec![
        domain(1, "passthrough", &mode("host-passthrough")),
        domain(3, "passthrough-back", &mode("host-passthrough")),
        domain(1, "host-model", &mode("host-model")),
        domain(3, "host-model-back", &mode("host-model")),
        emulated(1, "nehalem", &named("Nehalem")),
        emulated(2, "westmere", &named("Westmere")),
        emulated(3, "nehalem-back", &named("Nehalem")),
        emulated(3, "nehalem-v1", &named("Nehalem-v1")),
        arm(1, "arm", "virt-7.2", "cortex-a57"),
        arm(3, "arm-back", "virt-7.2", "cortex-a57"),
        arm(3, "arm-new", "virt-10.0", "neoverse-n1"),
    ]
}

fn firmware() -> Vec<Case> {
    let uefi = |case: Case| Case {
        firmware: " firmware='efi'",
        domain: "<features><acpi/></features>".to_owned(),
        ..case
    };
    let given = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\
                 <nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'/>";
    vec![
        uefi(emulated(1, "uefi", "")),
        uefi(emulated(3, "uefi-back", "")),
        Case { os: given, ..emulated(1, "loader", "<features><acpi/></features>") },
    ]
}

fn disk(driver: &str, source: &str) -> String {
    format!(
        "<disk type='file' device='disk'><driver name='qemu' type='{driver}' cache='none'/><source file='{source}'/>\
         <target dev='vda' bus='virtio'/></disk>"
    )
}

fn volume(pool: &str) -> String {
    format!(
        "<disk type='volume' device='disk'><driver name='qemu' type='raw' cache='none'/>\
         <source pool='{pool}' volume='volume.raw'/><target dev='vda' bus='virtio'/></disk>"
    )
}

fn disks() -> Vec<Case> {
    let secret =
        "<encryption format='luks'><secret type='passphrase' usage='portolan-destination'/></encryption>";
    let luks = disk("raw", "@/luks.raw").replace("'/><target", &format!("'>{secret}</source><target"));
    vec![
        device(1, "shared", &disk("qcow2", "@/shared.qcow2")),
        device(1, "local", &disk("qcow2", "/var/lib/libvirt/images/local.qcow2")),
        device(1, "overlay", &disk("qcow2", "@/overlay.qcow2")),
        device(1, "overlay-local", &disk("qcow2", "@/overlay-local.qcow2")),
        device(1, "volume", &volume("common")),
        device(1, "volume-extra", &volume("extra")),
        device(1, "volume-moved", &volume("moved")),
        device(1, "volume-idle", &volume("idle")),
        device(1, "luks", &luks),
    ]
}

fn media() -> Vec<Case> {
    let medium = |file: &str| {
        format!(
            "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='{file}'/>\
             <target dev='sda' bus='sata'/><readonly/></disk>"
        )
    };
    let boots = |name: &str, os| Case { os, ..plain(1, name) };
    let log = |path: &str| format!("<serial type='file'><source path='{path}'/><target port='0'/></serial>");
    vec![
        device(1, "medium", &medium("@/medium.iso")),
        device(1, "medium-local", &medium("/var/lib/libvirt/images/medium.iso")),
        device(1, "no-medium", &medium("").replace("<source file=''/>", "")),
        boots("kernel", "<kernel>@/kernel</kernel>"),
        boots("kernel-local", "<kernel>/var/lib/libvirt/images/kernel</kernel>"),
        device(1, "log", &log("@/serial.log")),
        device(1, "log-local", &log("/var/lib/libvirt/images/logs/serial.log")),
    ]
}

fn networks() -> Vec<Case> {
    let network = |name: &str| {
        format!("<interface type='network'><source network='{name}'/><model type='virtio'/></interface>")
    };
    let bridge = |name: &str| {
        format!("<interface type='bridge'><source bridge='{name}'/><model type='virtio'/></interface>")
    };
    let filtered = |filter: &str| {
        format!(
            "<interface type='network'><source network='lan'/><model type='virtio'/><filterref filter='{filter}'/></interface>"
        )
    };
    vec![
        device(1, "lan", &network("lan")),
        device(1, "backup", &network("backup")),
        device(1, "idle", &network("idle")),
        device(1, "bridge", &bridge("labbr")),
        device(1, "bridge-unlisted", &bridge("other")),
        device(1, "filter", &filtered("portolan-everywhere")),
        device(1, "filter-own", &filtered("portolan-own")),
        device(1, "user", "<interface type='user'><model type='e1000e'/></interface>"),
    ]
}

fn devices() -> Vec<Case> {
    vec![
        device(
            1,
            "vnc",
            "<graphics type='vnc' autoport='yes' listen='0.0.0.0'/><video><model type='vga'/></video>",
        ),
        device(1, "vnc-address", "<graphics type='vnc' autoport='yes' listen='%'/>"),
        device(1, "vnc-port", "<graphics type='vnc' autoport='no' port='5990' listen='0.0.0.0'/>"),
        device(1, "spice", "<graphics type='spice' autoport='yes'/>"),
        device(1, "qxl", "<graphics type='vnc' autoport='yes'/><video><model type='qxl'/></video>"),
        device(
            1,
            "many",
            "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng><watchdog model='i6300esb'/>\
             <sound model='ich9'/><input type='tablet' bus='usb'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>\
             <controller type='scsi' model='virtio-scsi'/><panic model='isa'/>",
        ),
    ]
}

/// What the newer libvirt or QEMU has, and the older has not.
fn newer() -> Vec<Case> {
    let features =
        |name: &str, features: &str| domain(3, name, &format!("<features><acpi/>{features}</features>"));
    vec![
        device(3, "igb", "<interface type='user'><model type='igb'/></interface>"),
        device(3, "itco", "<watchdog model='itco' action='reset'/>"),
        device(3, "pvpanic", "<panic model='pvpanic'/>"),
        device(3, "virtio-sound", "<sound model='virtio'/>"),
        features("ps2", "<ps2 state='off'/>"),
        features("async-teardown", "<async-teardown enabled='yes'/>"),
        features("emsr-bitmap", "<hyperv mode='custom'><emsr_bitmap state='on'/></hyperv>"),
        device(
            3,
            "qcow2-new",
            &disk("qcow2", "@/new.qcow2")
                .replace("cache='none'", "cache='none' discard='unmap' discard_no_unref='on'"),
        ),
    ]
}

/// Guests whose name, UUID or port another host has given away; see [`occupants`].
fn clashes() -> Vec<Case> {
    vec![
        domain(1, "name-taken", ""),
        domain(1, "uuid-taken", "<uuid>6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0001</uuid>"),
        domain(1, "known-there", "<uuid>6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0002</uuid>"),
    ]
}

/// Guests that stand in the way of others and are not moved themselves, and whether they run.
pub(super) fn occupants() -> Vec<(Case, bool)> {
    vec![
        (domain(2, "name-taken", ""), false),
        (domain(2, "uuid-holder", "<uuid>6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0001</uuid>"), false),
        (domain(2, "known-there", "<uuid>6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0002</uuid>"), false),
        (
            device(2, "vnc-port-holder", "<graphics type='vnc' autoport='no' port='5990' listen='0.0.0.0'/>"),
            true,
        ),
    ]
}
