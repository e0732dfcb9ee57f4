//! The guests that are tried: made up, each with one thing that may keep a guest from moving live, or nearly.

/// One guest.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) virt_type: &'static str,
    pub(super) machine: &'static str,
    /// Children of `<domain>` beside the usual.
    pub(super) domain: String,
    /// Children of `<devices>`.
    pub(super) devices: String,
    /// Arguments of virsh once it runs, step by step; `@/` stands for the folder, and `@` for the guest.
    pub(super) after: Vec<Vec<&'static str>>,
    /// What virsh says of its state before it is asked to move.
    pub(super) until: &'static str,
    /// A rule that must speak of it.
    pub(super) tells: &'static str,
}

impl Case {
    /// The domain XML. `folder` stands for `@` in it, `block` for `%`.
    pub(super) fn xml(&self, folder: &str, block: &str) -> String {
        let Self { name, virt_type, machine, domain, devices, .. } = self;
        let namespace = "http://libvirt.org/schemas/domain/qemu/1.0";
        let vcpu = if domain.contains("<vcpu") { "" } else { "<vcpu>1</vcpu>" };
        let memory = if domain.contains("<memory ") { "" } else { "<memory unit='MiB'>32</memory>" };
        let text = format!(
            "<domain type='{virt_type}' xmlns:qemu='{namespace}'><name>{name}</name>{memory}{vcpu}\
             <os><type arch='x86_64' machine='{machine}'>hvm</type></os>{domain}<devices>{devices}</devices></domain>"
        );
        text.replace('@', folder).replace('%', block)
    }
}

pub(super) fn plain(name: &str) -> Case {
    Case {
        name: format!("portolan-source-{name}"),
        virt_type: "kvm",
        machine: "q35",
        domain: String::new(),
        devices: String::new(),
        after: Vec::new(),
        until: "",
        tells: "",
    }
}

pub(super) fn device(name: &str, devices: &str) -> Case {
    Case { devices: devices.to_owned(), ..plain(name) }
}

fn domain(name: &str, domain: &str) -> Case {
    Case { domain: domain.to_owned(), ..plain(name) }
}

/// All of them; `frequency` is that of this host's time stamp counter, in Hz.
pub(super) fn all(frequency: u64) -> Vec<Case> {
    let mut all = vec![plain("plain"), Case { machine: "pc", ..plain("pc") }];
    all.push(Case { virt_type: "qemu", ..plain("emulated") });
    all.extend(disks());
    all.extend(devices());
    all.extend(models());
    all.extend(cpus(frequency));
    all.extend(of_domains());
    all.extend(afterwards());
    all.extend(super::moments::moments());
    all
}

/// A disk on each bus, of each kind of source, with each cache mode.
fn disks() -> Vec<Case> {
    let mut all = Vec::new();
    let sources = [
        ("file", "<disk type='file' device='disk'>{driver}<source file='@/disk.raw'/>{rest}</disk>"),
        ("block", "<disk type='block' device='disk'>{driver}<source dev='%'/>{rest}</disk>"),
        (
            "nbd",
            "<disk type='network' device='disk'>{driver}<source protocol='nbd'>\
             <host transport='unix' socket='@/nbd.sock'/></source>{rest}</disk>",
        ),
        (
            "volume",
            "<disk type='volume' device='disk'>{driver}<source pool='portolan-source' volume='volume.raw'/>{rest}</disk>",
        ),
    ];
    let full = |template: &str, driver: &str, rest: &str| {
        let driver = format!("<driver name='qemu' type='raw'{driver}/>");
        template.replace("{driver}", &driver).replace("{rest}", rest)
    };
    let target = "<target dev='sda' bus='scsi'/>";
    for (kind, template) in sources {
        for cache in ["none", "directsync", "writethrough", "writeback", "unsafe"] {
            let xml = full(template, &format!(" cache='{cache}'"), target);
            all.push(device(&format!("{kind}-{cache}"), &xml));
        }
        for (flag, rest) in [
            ("readonly", "<readonly/>"),
            ("shareable", "<shareable/>"),
            ("transient", "<transient/>"),
            ("serial", "<serial>A1</serial>"),
        ] {
            all.push(device(&format!("{kind}-{flag}"), &full(template, "", &format!("{target}{rest}"))));
        }
        for (bus, dev) in [("virtio", "vda"), ("sata", "sda"), ("usb", "sdb"), ("scsi", "sdc")] {
            let target = format!("<target dev='{dev}' bus='{bus}'/>");
            all.push(device(&format!("{kind}-on-{bus}"), &full(template, "", &target)));
        }
    }
    let media = [
        ("cdrom-empty", "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"),
        (
            "cdrom-file",
            "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='@/medium.iso'/>\
             <target dev='sda' bus='sata'/><readonly/></disk>",
        ),
        (
            "cdrom-scsi",
            "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='@/medium.iso'/>\
             <target dev='sda' bus='scsi'/><readonly/></disk>",
        ),
        ("floppy-empty", "<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>"),
        (
            "floppy-file",
            "<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='@/floppy.img'/>\
             <target dev='fda' bus='fdc'/></disk>",
        ),
        (
            "qcow2",
            "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='@/disk.qcow2'/>\
             <target dev='vda' bus='virtio'/></disk>",
        ),
        (
            "backing-chain",
            "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='@/overlay.qcow2'/>\
             <target dev='vda' bus='virtio'/></disk>",
        ),
        (
            "tmpfs",
            "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/run/portolan-source.raw'/>\
             <target dev='vda' bus='virtio'/></disk>",
        ),
        (
            "vvfat",
            "<disk type='dir' device='disk'><driver name='qemu' type='fat'/><source dir='@/folder'/>\
             <target dev='vda' bus='virtio'/><readonly/></disk>",
        ),
        (
            "lun",
            "<disk type='block' device='lun'><driver name='qemu' type='raw'/><source dev='%'/>\
             <target dev='sda' bus='scsi'/></disk>",
        ),
    ];
    all.extend(media.map(|(name, xml)| device(name, xml)));
    all
}

/// Devices other than disks.
fn devices() -> Vec<Case> {
    let usb = "<controller type='usb' model='qemu-xhci'/>";
    let cases: &[(&str, &str)] = &[
        (
            "shmem-plain",
            "<shmem name='portolan-s1'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
        ),
        (
            "shmem-master",
            "<shmem name='portolan-s2' role='master'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
        ),
        (
            "shmem-peer",
            "<shmem name='portolan-s3' role='peer'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
        ),
        (
            "9p",
            "<filesystem type='mount' accessmode='passthrough'><source dir='@/folder'/><target dir='share'/></filesystem>",
        ),
        (
            "9p-readonly",
            "<filesystem type='mount' accessmode='mapped'><source dir='@/folder'/><target dir='share'/><readonly/></filesystem>",
        ),
        ("vsock", "<vsock model='virtio'><cid auto='no' address='77'/></vsock>"),
        ("rng", "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"),
        ("rng-builtin", "<rng model='virtio'><backend model='builtin'/></rng>"),
        ("watchdog-i6300esb", "<watchdog model='i6300esb' action='reset'/>"),
        ("watchdog-itco", "<watchdog model='itco' action='reset'/>"),
        ("panic-isa", "<panic model='isa'/>"),
        ("panic-hyperv", "<panic model='hyperv'/>"),
        ("balloon", "<memballoon model='virtio'/>"),
        ("balloon-none", "<memballoon model='none'/>"),
        ("video-vga", "<graphics type='vnc' port='-1'/><video><model type='vga'/></video>"),
        ("video-cirrus", "<graphics type='vnc' port='-1'/><video><model type='cirrus'/></video>"),
        ("video-qxl", "<graphics type='vnc' port='-1'/><video><model type='qxl'/></video>"),
        ("video-virtio", "<graphics type='vnc' port='-1'/><video><model type='virtio'/></video>"),
        ("video-bochs", "<graphics type='vnc' port='-1'/><video><model type='bochs'/></video>"),
        ("video-ramfb", "<graphics type='vnc' port='-1'/><video><model type='ramfb'/></video>"),
        ("video-vmvga", "<graphics type='vnc' port='-1'/><video><model type='vmvga'/></video>"),
        ("graphics-spice", "<graphics type='spice' autoport='yes'/><video><model type='qxl'/></video>"),
        ("graphics-vnc-listen", "<graphics type='vnc' port='-1' listen='127.0.0.1'/>"),
        ("graphics-egl", "<graphics type='egl-headless'/><video><model type='virtio'/></video>"),
        (
            "graphics-egl-3d",
            "<graphics type='egl-headless'/><video><model type='virtio'><acceleration accel3d='yes'/></model></video>",
        ),
        ("sound-ich9", "<sound model='ich9'/>"),
        ("sound-ac97", "<sound model='ac97'/>"),
        ("sound-sb16", "<sound model='sb16'/>"),
        ("sound-es1370", "<sound model='es1370'/>"),
        ("sound-pcspk", "<sound model='pcspk'/>"),
        ("input-tablet", "<input type='tablet' bus='usb'/><controller type='usb' model='qemu-xhci'/>"),
        ("input-virtio", "<input type='keyboard' bus='virtio'/><input type='mouse' bus='virtio'/>"),
        ("hub", "<hub type='usb'/><controller type='usb' model='piix3-uhci'/>"),
        ("vsock-absent", "<input type='mouse' bus='virtio'/>"),
        (
            "redirdev",
            "<redirdev bus='usb' type='tcp'><source mode='bind' host='127.0.0.1' service='45678'/></redirdev>",
        ),
        (
            "smartcard-spice",
            "<graphics type='spice' autoport='yes'/><smartcard mode='passthrough' type='spicevmc'/>",
        ),
        ("serial-pty", "<serial type='pty'/>"),
        ("serial-file", "<serial type='file'><source path='@/serial.log'/></serial>"),
        ("serial-tcp", "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='45679'/></serial>"),
        ("serial-unix", "<serial type='unix'><source mode='bind' path='@/serial.sock'/></serial>"),
        ("serial-pci", "<serial type='pty'><target type='pci-serial'/></serial>"),
        (
            "serial-usb",
            "<serial type='pty'><target type='usb-serial'/></serial><controller type='usb' model='qemu-xhci'/>",
        ),
        ("parallel", "<parallel type='pty'/>"),
        ("console-virtio", "<console type='pty'><target type='virtio'/></console>"),
        (
            "channel-agent",
            "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
        ),
        (
            "channel-spice",
            "<graphics type='spice' autoport='yes'/><channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>",
        ),
        ("iommu-intel", "<iommu model='intel'/>"),
        ("iommu-intel-remap", "<iommu model='intel'><driver intremap='on'/></iommu>"),
        ("crypto", "<crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/></crypto>"),
        ("tpm-tis", "<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>"),
        ("tpm-crb", "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"),
        (
            "tpm-persistent",
            "<tpm model='tpm-crb'><backend type='emulator' version='2.0' persistent_state='yes'/></tpm>",
        ),
        ("user-network", "<interface type='user'><model type='virtio'/></interface>"),
        (
            "bridge-by-network",
            "<interface type='network'><source network='portolan-source'/><model type='virtio'/></interface>",
        ),
        ("interface-ethernet", "<interface type='ethernet'><model type='virtio'/></interface>"),
        ("interface-mcast", "<interface type='mcast'><source address='230.0.0.1' port='5558'/></interface>"),
        ("interface-null", "<interface type='user'><model type='virtio'/><link state='down'/></interface>"),
        (
            "interface-teaming",
            "<interface type='user'><model type='virtio'/><teaming type='persistent'/><alias name='ua-b0'/></interface>",
        ),
        ("pstore-none", "<controller type='virtio-serial' index='0'/>"),
    ];
    let mut all: Vec<Case> = cases.iter().map(|(name, xml)| device(name, xml)).collect();
    let shared = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>";
    let virtiofs = "<filesystem type='mount'><driver type='virtiofs'/><source dir='@/folder'/><target dir='share'/></filesystem>";
    all.push(Case { domain: shared.to_owned(), ..device("virtiofs", virtiofs) });
    all.push(Case { machine: "pc", ..device("watchdog-ib700", "<watchdog model='ib700' action='reset'/>") });
    all.push(Case { machine: "pc", ..device("ide", "<controller type='ide' index='0'/>") });
    all.push(device("usb-audio", &format!("{usb}<sound model='usb'/>")));
    all.push(device("usb-net", &format!("{usb}<interface type='user'><model type='usb-net'/></interface>")));
    all.push(device("usb-keyboard", &format!("{usb}<input type='keyboard' bus='usb'/>")));
    all.push(device("usb-evdev-mouse", &format!("{usb}<input type='mouse' bus='usb'/>")));
    all.push(device(
        "smartcard-host-certificates",
        "<smartcard mode='passthrough' type='tcp'><source mode='bind' host='127.0.0.1' service='45680'/></smartcard>",
    ));
    all
}

/// Each model of the devices that have many.
fn models() -> Vec<Case> {
    let mut all = Vec::new();
    for model in [
        "virtio",
        "virtio-transitional",
        "virtio-non-transitional",
        "e1000",
        "e1000e",
        "rtl8139",
        "pcnet",
        "ne2k_pci",
        "vmxnet3",
        "i82559er",
    ] {
        let xml = format!("<interface type='user'><model type='{model}'/></interface>");
        all.push(device(&format!("net-{model}"), &xml));
    }
    for model in [
        "virtio-scsi",
        "virtio-transitional",
        "virtio-non-transitional",
        "lsilogic",
        "lsisas1068",
        "lsisas1078",
        "vmpvscsi",
        "am53c974",
    ] {
        all.push(device(&format!("scsi-{model}"), &format!("<controller type='scsi' model='{model}'/>")));
    }
    for model in [
        "piix3-uhci",
        "piix4-uhci",
        "ehci",
        "ich9-ehci1",
        "pci-ohci",
        "nec-xhci",
        "qemu-xhci",
        "vt82c686b-uhci",
    ] {
        all.push(device(&format!("usb-{model}"), &format!("<controller type='usb' model='{model}'/>")));
    }
    for model in ["pcie-root-port", "pcie-to-pci-bridge", "dmi-to-pci-bridge", "pcie-expander-bus"] {
        let xml = format!(
            "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' index='1' model='{model}'/>"
        );
        all.push(device(&format!("pci-{model}"), &xml));
    }
    for (name, xml) in [
        ("dimm", "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>"),
        (
            "nvdimm",
            "<memory model='nvdimm'><source><path>@/nvdimm.raw</path></source><target><size unit='MiB'>128</size>\
             <node>0</node></target></memory>",
        ),
        (
            "virtio-mem",
            "<memory model='virtio-mem'><target><size unit='MiB'>128</size><node>0</node><block unit='KiB'>2048</block>\
             <requested unit='KiB'>0</requested></target></memory>",
        ),
        (
            "virtio-pmem",
            "<memory model='virtio-pmem' access='shared'><source><path>@/nvdimm.raw</path></source><target>\
             <size unit='KiB'>131072</size></target></memory>",
        ),
    ] {
        let domain = "<maxMemory slots='4' unit='MiB'>1024</maxMemory><memory unit='MiB'>32</memory>\
                      <cpu><model>kvm64</model><numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu>";
        all.push(Case { domain: domain.to_owned(), ..device(&format!("memory-{name}"), xml) });
    }
    all
}

/// CPUs.
fn cpus(frequency: u64) -> Vec<Case> {
    let tsc = format!("<clock offset='utc'><timer name='tsc' frequency='{frequency}'/></clock>");
    let cases: &[(&str, &str)] = &[
        ("host-model", "<cpu mode='host-model'/>"),
        ("passthrough", "<cpu mode='host-passthrough'/>"),
        ("passthrough-migratable", "<cpu mode='host-passthrough' migratable='on'/>"),
        ("passthrough-unmigratable", "<cpu mode='host-passthrough' migratable='off'/>"),
        ("maximum", "<cpu mode='maximum'/>"),
        ("named", "<cpu mode='custom' match='exact'><model>Nehalem</model></cpu>"),
        ("named-minimum", "<cpu match='minimum'><model>Nehalem</model></cpu>"),
        ("qemu64", "<cpu match='exact' check='none'><model>qemu64</model></cpu>"),
        ("kvm64", "<cpu match='exact' check='none'><model>kvm64</model></cpu>"),
        (
            "invtsc",
            "<cpu mode='host-passthrough' migratable='off'><feature policy='require' name='invtsc'/></cpu>",
        ),
        ("invtsc-disabled", "<cpu mode='host-passthrough'><feature policy='disable' name='invtsc'/></cpu>"),
        ("invtsc-optional", "<cpu mode='host-model'><feature policy='optional' name='invtsc'/></cpu>"),
        ("nested-off", "<cpu mode='host-model'><feature policy='disable' name='vmx'/></cpu>"),
        ("cache", "<cpu mode='host-passthrough'><cache mode='passthrough'/></cpu>"),
        ("cache-emulated", "<cpu mode='host-passthrough'><cache mode='emulate' level='3'/></cpu>"),
        (
            "topology",
            "<vcpu>4</vcpu><cpu mode='host-model'><topology sockets='1' dies='1' cores='2' threads='2'/></cpu>",
        ),
        ("vcpu-hotplug", "<vcpu current='1'>4</vcpu>"),
        (
            "numa",
            "<vcpu>2</vcpu><memory unit='MiB'>64</memory><cpu mode='host-model'><numa><cell id='0' cpus='0' memory='32' unit='MiB'/><cell id='1' cpus='1' memory='32' unit='MiB'/></numa></cpu>",
        ),
    ];
    // KVM in a virtual machine may be unable to set what this feature tells.
    let without = "<feature policy='disable' name='arch-capabilities'/>";
    let startable = |xml: &str| match xml.rfind("</cpu>") {
        _ if !xml.contains("host-") && !xml.contains("maximum") => xml.to_owned(),
        Some(at) => format!("{}{without}</cpu>", &xml[..at]),
        None => xml.replace("/>", &format!(">{without}</cpu>")),
    };
    let case = |(name, xml): &(&str, &str)| domain(&format!("cpu-{name}"), &startable(xml));
    let mut all: Vec<Case> = cases.iter().map(case).collect();
    let with = |name: &str, cpu: &str| domain(name, &format!("{tsc}{}", startable(cpu)));
    all.push(with(
        "cpu-invtsc-timed",
        "<cpu mode='host-passthrough' migratable='off'><feature policy='require' name='invtsc'/></cpu>",
    ));
    all.push(with("cpu-timed", "<cpu mode='host-model'/>"));
    all.push(Case { virt_type: "qemu", ..domain("cpu-emulated-max", "<cpu mode='maximum'/>") });
    all.push(Case {
        virt_type: "qemu",
        ..domain("cpu-emulated-named", "<cpu match='exact' check='none'><model>Nehalem</model></cpu>")
    });
    all
}

/// All that is not a device.
fn of_domains() -> Vec<Case> {
    let cases: &[(&str, &str)] = &[
        ("acpi-apic", "<features><acpi/><apic/></features>"),
        (
            "hyperv",
            "<features><acpi/><hyperv><relaxed state='on'/><vapic state='on'/><spinlocks state='on' retries='8191'/></hyperv></features>",
        ),
        ("hyperv-passthrough", "<features><acpi/><hyperv mode='passthrough'/></features>"),
        (
            "hyperv-reenlightenment",
            "<features><acpi/><hyperv><vpindex state='on'/><reenlightenment state='on'/></hyperv></features>",
        ),
        (
            "hyperv-synic",
            "<features><acpi/><hyperv><relaxed state='on'/><vpindex state='on'/><synic state='on'/><stimer state='on'/></hyperv><acpi/></features><clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>",
        ),
        ("kvm-hidden", "<features><acpi/><kvm><hidden state='on'/></kvm></features>"),
        ("kvm-poll", "<features><acpi/><kvm><poll-control state='on'/></kvm></features>"),
        ("pmu-off", "<features><acpi/><pmu state='off'/></features>"),
        ("pmu-on", "<features><acpi/><pmu state='on'/></features>"),
        ("smm", "<features><acpi/><smm state='on'/></features>"),
        ("vmport-off", "<features><acpi/><vmport state='off'/></features>"),
        ("ioapic-split", "<features><acpi/><ioapic driver='qemu'/></features>"),
        ("vmcoreinfo", "<features><acpi/><vmcoreinfo state='on'/></features>"),
        ("pvspinlock", "<features><acpi/><pvspinlock state='on'/></features>"),
        ("genid", "<genid/><features><acpi/></features>"),
        ("clock-localtime", "<clock offset='localtime'/>"),
        ("timer-kvmclock-off", "<clock offset='utc'><timer name='kvmclock' present='no'/></clock>"),
        ("timer-hpet-off", "<clock offset='utc'><timer name='hpet' present='no'/></clock>"),
        ("timer-rtc-catchup", "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>"),
        ("pm-s3", "<pm><suspend-to-mem enabled='yes'/></pm>"),
        ("memory-memfd", "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"),
        ("memory-file", "<memoryBacking><source type='file'/></memoryBacking>"),
        ("memory-nosharepages", "<memoryBacking><nosharepages/></memoryBacking>"),
        ("memory-allocated", "<memoryBacking><allocation mode='immediate'/></memoryBacking>"),
        ("cputune-pinned", "<vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='0'/></cputune>"),
        ("numatune", "<vcpu>1</vcpu><numatune><memory mode='strict' nodeset='0'/></numatune>"),
        ("iothreads", "<iothreads>2</iothreads>"),
        ("on-crash", "<on_crash>preserve</on_crash>"),
        ("sysinfo", "<sysinfo type='smbios'><system><entry name='product'>x</entry></system></sysinfo>"),
        ("seclabel-none", "<seclabel type='none'/>"),
        ("perf", "<perf><event name='cpu_cycles' enabled='no'/></perf>"),
        ("keywrap", "<metadata><x xmlns='urn:made-up'/></metadata>"),
        (
            "launch-security",
            "<launchSecurity type='sev'><cbitpos>47</cbitpos><reducedPhysBits>1</reducedPhysBits><policy>0x0003</policy></launchSecurity>",
        ),
    ];
    let mut all: Vec<Case> = cases.iter().map(|(name, xml)| domain(name, xml)).collect();
    for (name, argument) in [
        ("nothing", "-no-user-config"),
        ("edu", "edu"),
        ("nvme", "nvme,serial=1"),
        ("pci-testdev", "pci-testdev"),
    ] {
        let arguments: String = if argument.starts_with('-') {
            format!("<qemu:arg value='{argument}'/>")
        } else {
            format!("<qemu:arg value='-device'/><qemu:arg value='{argument}'/>")
        };
        // Outside <devices>, where libvirt looks for it.
        let xml = format!("<qemu:commandline>{arguments}</qemu:commandline>");
        all.push(domain(&format!("arguments-{name}"), &xml));
    }
    all.push(Case { machine: "pc", ..domain("pc-usb", "<features><acpi/></features>") });
    all.push(Case { domain: String::new(), ..Case { machine: "pc-i440fx-2.11", ..plain("pc-old") } });
    all.push(Case { machine: "pc-q35-2.11", ..plain("q35-old") });
    all
}

/// What is done to a running guest.
fn afterwards() -> Vec<Case> {
    let qcow2 = "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='@/{}.qcow2'/>\
                 <target dev='vda' bus='virtio'/><shareable/></disk>";
    let network = "<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='nbd'>\
                   <host transport='unix' socket='@/nbd.sock'/></source><target dev='vda' bus='virtio'/></disk>";
    let after = |name: &str, devices: &str, after: &[&'static str]| Case {
        after: vec![after.to_vec()],
        ..device(name, devices)
    };
    vec![
        after(
            "snapshot-metadata",
            network,
            &[
                "snapshot-create-as",
                "@",
                "s1",
                "--disk-only",
                "--diskspec",
                "vda,snapshot=external,file=/dev/shm/portolan-snap.qcow2",
            ],
        ),
        after(
            "snapshot-internal",
            &qcow2.replace("<shareable/>", "").replace("{}", "snapshot"),
            &["snapshot-create-as", "@", "s1"],
        ),
        after(
            "block-copy",
            network,
            &["blockcopy", "@", "vda", "/dev/shm/portolan-copy.raw", "--format", "raw", "--transient-job"],
        ),
        after("resumed", network, &["resume", "@"]),
        after("attached", "", &["attach-disk", "@", "/run/portolan-source.raw", "vdb"]),
        after(
            "attached-network",
            "",
            &["attach-interface", "@", "network", "portolan-source", "--model", "virtio"],
        ),
        after("balloon-set", "<memballoon model='virtio'/>", &["setmem", "@", "24M"]),
        after(
            "checkpoint",
            &qcow2.replace("<shareable/>", "").replace("{}", "checkpoint"),
            &["checkpoint-create-as", "@", "c1"],
        ),
        after("managed-description", "", &["desc", "@", "text"]),
    ]
}
