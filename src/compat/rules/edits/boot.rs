//! What starts a guest and what kind of machine it is.

use super::{EDIT, SEEN};
use crate::compat::excerpt::Excerpt;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "virt-type",
        summary: "The guest is run another way than the target runs guests",
        explanation: "domain@type says whether KVM runs the guest or QEMU emulates it, and must be one that the \
                      target's capabilities list for aarch64: libvirt refuses any other (\"Emulator does not support \
                      virt type\"). The guest notices nothing but its speed.",
        example: "<domain type='qemu'/>",
        near_miss: "<domain type='kvm'/>",
        references: &[SEEN, "formatcaps, Guest capabilities: domain"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-machine-type",
        severity: Severity::Warning,
        summary: "Architecture and machine type of a PC become an aarch64 virt machine",
        explanation: "pc and q35 are boards of x86: for aarch64 libvirt refuses them (\"Emulator does not support \
                      machine type\"). The rewriter writes the newest versioned virt type that the target lists, by \
                      its full name, since each QEMU resolves the alias its own way. The guest finds another \
                      processor and another board, which is why it must be rebuilt and never moves live.",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        near_miss: "<os><type arch='aarch64' machine='virt-2.12'>hvm</type></os>",
        references: &[SEEN, "formatcaps, Guest capabilities: machine"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::unsafe_noticed(&["architecture"])),
        ..EDIT
    },
    Rule {
        id: "machine-version",
        summary: "The machine type is not one of the target's",
        explanation: "A guest keeps its machine type where the target lists it. Where it does not, the type of the same QEMU is \
                      written, and without one that of the nearest release of QEMU that the target lists, up or down. Types of \
                      distributions (pc-q35-rhel9.4.0, pc-i440fx-jammy) are in their own QEMU only: a table tells from which \
                      QEMU each is made. Without a number in its name the target's newest is written. Devices behave as \
                      those of the other type from the next start on: cold only.",
        example: "<os><type arch='aarch64' machine='virt-10.0'>hvm</type></os>",
        near_miss: "<os><type arch='aarch64' machine='virt-2.12'>hvm</type></os>",
        references: &[
            "formatcaps, Guest capabilities: machine, canonical",
            "libvirt 11.3, tests/qemucapabilitiesdata: which QEMU lists which",
            "observed: libvirt 9.0, \"Emulator does not support machine type\" for types of other distributions",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::noticed(&["machine-version"])),
        ..EDIT
    },
    Rule {
        id: "name-of-old-host",
        summary: "A network, pool or folder that is called otherwise on the target",
        explanation: "cluster.toml says what networks, bridges, storage pools and folders of other hosts are called: in [map.networks], \
                      [map.pools] and [map.folders] for every host, in [hosts.NAME.map.networks] and so on for one. The guest \
                      notices nothing.",
        example: "<interface type='network'><source network='office'/></interface>",
        near_miss: "<interface type='user'/>",
        beside: &[Excerpt::here(DocumentKind::Cluster, "[map.networks]\noffice = \"lan\"")],
        references: &[
            "formatdomain, Network interfaces",
            "formatdomain, Hard drives, floppy disks, CDROMs: source",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Cluster],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-guest-disk",
        severity: Severity::Warning,
        summary: "The operating system on the guest's disks is for x86",
        explanation: "A domain XML can be rewritten, the programs on a disk cannot: they are made for one instruction \
                      set. UEFI on aarch64 looks for \\EFI\\BOOT\\BOOTAA64.EFI on an EFI system partition, which no \
                      x86 disk has. Building the image anew is a step for a person.",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        near_miss: "<os><type arch='aarch64' machine='virt-2.12'>hvm</type></os>",
        references: &["UEFI specification, Removable Media Boot Behavior"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "x86-direct-kernel",
        severity: Severity::Warning,
        summary: "The kernel and initrd that the guest is started with are for x86",
        explanation: "With <kernel> QEMU loads a file of the host instead of a boot loader from the disk. A kernel \
                      for x86 does not start on aarch64, and which one should take its place no document tells: it is \
                      a step for a person. The elements stay.",
        example: "<os>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <kernel>/boot/vmlinuz</kernel>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                    <boot dev='hd'/>\n\
                    </os>",
        references: &["formatdomain, Direct kernel boot"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "x86-emulator",
        summary: "The emulator runs x86; libvirt chooses the target's",
        explanation: "<emulator> is a path of the old host and a program for x86: libvirt refuses it (\"does not \
                      support arch 'aarch64'\"). Where it is left out, libvirt takes the one of its capabilities. The \
                      guest notices nothing.",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n\
                  <emulator>/usr/bin/qemu-system-x86_64</emulator>",
        near_miss: "<os><type arch='aarch64' machine='virt-2.12'>hvm</type></os>\n\
                    <emulator>/usr/bin/qemu-system-aarch64</emulator>",
        references: &[SEEN, "formatdomain, Devices: emulator"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "bios-option",
        summary: "An option of the PC BIOS",
        explanation: "useserial makes the PC's BIOS print to the serial port. libvirt refuses it elsewhere (\"BIOS \
                      serial console only supported on x86\"). UEFI uses the serial port without being asked.",
        example: "<os>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <bios useserial='yes' rebootTimeout='0'/>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                    <bios rebootTimeout='0'/>\n\
                    </os>",
        references: &[SEEN, "formatdomain, BIOS bootloader: bios"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-acpi-table",
        severity: Severity::Warning,
        summary: "An ACPI table made for a PC",
        explanation: "An ACPI table that is handed to the guest belongs to a PC; most often it is the SLIC or MSDM of \
                      a Windows licence. It tells an aarch64 guest nothing, and a licence that is bound to it is \
                      lost, which is for a person to decide.",
        example: "<os>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <acpi><table type='slic'>/srv/slic.bin</table></acpi>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                    <bootmenu enable='no'/>\n\
                    </os>",
        references: &["formatdomain, BIOS bootloader: acpi"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["acpi-table"])),
        ..EDIT
    },
    Rule {
        id: "floppy-boot",
        summary: "A virt machine has no floppy drive to boot from",
        explanation: "libvirt accepts a floppy drive in the boot order of a virt machine, but no such drive can be \
                      there (\"'floppy' is not a valid device model name\"). The entry is dropped, the others keep \
                      their order.",
        example: "<os>\n  \
                  <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                  <boot dev='fd'/>\n  \
                  <boot dev='hd'/>\n\
                  </os>",
        near_miss: "<os>\n  \
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  \
                    <boot dev='hd'/>\n\
                    </os>",
        references: &[SEEN, "formatdomain, BIOS bootloader: boot"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-feature",
        summary: "A feature that only an x86 machine has",
        explanation: "Some features are silently accepted for aarch64 and mean nothing (apic, pae), some are refused \
                      (\"vmport is not available with this QEMU binary\", \"The 'ioapic' feature is not supported for \
                      architecture\"), and some fail at the start (\"Property 'virt-7.2-machine.smm' not found\"). \
                      All that a virt machine does not have are dropped; acpi, gic, pmu, ras and vmcoreinfo stay.",
        example: "<features><acpi/><apic/></features>",
        near_miss: "<features><acpi/></features>",
        references: &[SEEN, "formatdomain, Hypervisor features"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["pc-feature"])),
        ..EDIT
    },
    Rule {
        id: "hyperv-feature",
        severity: Severity::Warning,
        summary: "Hyper-V enlightenments are for x86",
        explanation: "Enlightenments are what Hyper-V tells Windows, and QEMU has them as properties of x86 CPUs: on \
                      aarch64 the start fails (\"can't apply global cortex-a57-arm-cpu.hv-relaxed=on\"). They are \
                      dropped.",
        example: "<features>\n  \
                  <hyperv mode='custom'><relaxed state='on'/></hyperv>\n\
                  </features>",
        near_miss: "<features>\n  \
                    <vmcoreinfo state='on'/>\n\
                    </features>",
        references: &[SEEN, "formatdomain, Hypervisor features: hyperv"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["hyperv"])),
        ..EDIT
    },
    Rule {
        id: "acpi-needed",
        summary: "Memory devices of a virt machine need ACPI",
        explanation: "A virt machine announces memory modules by ACPI only; without it QEMU ends (\"memory hotplug is \
                      not enabled: missing acpi-ged device\", QEMU 7.2). The rewriter adds <acpi/>, which the UEFI \
                      that it asks for makes possible.",
        example: "<features><pmu state='on'/></features>\n\
                  <memory model='dimm'>\n  \
                  <target><size unit='MiB'>512</size><node>0</node></target>\n\
                  </memory>",
        near_miss: "<features><acpi/><pmu state='on'/></features>\n\
                    <memory model='dimm'>\n  \
                    <target><size unit='MiB'>512</size><node>0</node></target>\n\
                    </memory>",
        references: &[SEEN, "formatdomain, Memory devices", "formatdomain, Hypervisor features: acpi"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["acpi"])),
        ..EDIT
    },
    Rule {
        id: "gic-version",
        summary: "A GICv2 takes no more than 8 vCPUs, and the target decides which versions there are",
        explanation: "A GICv2 serves eight vCPUs (\"Number of SMP CPUs requested (9) exceeds max CPUs supported by \
                      machine 'mach-virt' (8)\"), and libvirt takes version 2 for emulated guests even where 3 is \
                      there. So a guest with more gets a version that serves them, and one that asks for a version \
                      that the target does not give gets another. The guest finds another interrupt controller.",
        example: "<vcpu>16</vcpu>",
        near_miss: "<vcpu>8</vcpu>",
        references: &[SEEN, "formatdomain, Hypervisor features: gic", "formatdomaincaps, GIC capabilities"],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::noticed(&["gic"])),
        ..EDIT
    },
    Rule {
        id: "x86-timer",
        summary: "A timer that only a PC has",
        explanation: "hpet, pit, tsc, kvmclock and the Hyper-V clock are parts of a PC. libvirt refuses most of them \
                      (\"Configuring the 'hpet' timer is not supported\"), and kvmclock with present='no' fails at \
                      the start (\".kvmclock=off not found\"). They are dropped; an ARM guest keeps time by the \
                      generic timer of its processor.",
        example: "<clock offset='utc'>\n  \
                  <timer name='kvmclock' present='no'/>\n\
                  </clock>",
        near_miss: "<clock offset='utc'>\n  \
                    <timer name='armvtimer' tickpolicy='discard'/>\n\
                    </clock>",
        references: &[SEEN, "formatdomain, Time keeping: timer"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["clock-source"])),
        ..EDIT
    },
    Rule {
        id: "pm-suspend",
        summary: "S3 and S4 cannot be switched on a virt machine",
        explanation: "<pm> switches S3 and S4 of a PC's ACPI on or off. For aarch64 libvirt refuses it, whatever it \
                      says (\"setting ACPI S3 not supported\"), so it is dropped.",
        example: "<pm><suspend-to-mem enabled='no'/></pm>",
        near_miss: "<on_poweroff>destroy</on_poweroff>",
        references: &[SEEN, "formatdomain, Power Management"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["suspend"])),
        ..EDIT
    },
    Rule {
        id: "generation-id",
        severity: Severity::Warning,
        summary: "The generation id device is x86 only",
        explanation: "The device vmgenid tells a guest that it was cloned or restored, and QEMU has it on x86 only \
                      (\"this QEMU does not support the 'genid' capability\"). Without it a cloned domain controller \
                      does not notice that it is one.",
        example: "<genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>",
        near_miss: "<uuid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</uuid>",
        references: &[SEEN, "formatdomain, General metadata: genid", "formatdomaincaps, genid"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["generation-id"])),
        ..EDIT
    },
    Rule {
        id: "security-label",
        severity: Severity::Warning,
        summary: "A security label is the old host's; the target's libvirt makes its own",
        explanation: "A static label names users or contexts of the old host, where the other may run QEMU as another \
                      user or use another security driver. Without <seclabel> libvirt labels the guest's processes \
                      and files by itself.",
        example: "<seclabel type='static' model='dac' relabel='yes'><label>+107:+107</label></seclabel>",
        near_miss: "<resource><partition>/machine</partition></resource>",
        references: &["formatdomain, Security label"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "running-definition",
        severity: Severity::Warning,
        summary: "This is the XML of a running guest; the stored definition is what to rewrite",
        explanation: "The XML of a running guest carries what libvirt filled in for this run: an id, aliases, \
                      addresses, paths of sockets. It is rewritten all the same, but the stored definition is the \
                      guest's own word, and may differ from what runs.",
        example: "<domain type='kvm' id='7'/>",
        near_miss: "<domain type='kvm'/>",
        references: &["virsh(1), dumpxml: --inactive"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "not-hvm",
        severity: Severity::Warning,
        summary: "Not a fully virtualised guest",
        explanation: "os/type is hvm for a machine that QEMU makes. Xen's paravirtual guests, containers and \
                      user-mode Linux are other things: their definition names no devices of a machine, and no edit \
                      makes one of them.",
        example: "<os><type arch='x86_64' machine='xenpv'>xen</type></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        references: &[
            "formatdomain, Operating system booting: type",
            "formatcaps, Guest capabilities: os_type",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
];
