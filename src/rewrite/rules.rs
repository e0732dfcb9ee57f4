//! Every defect that a rewrite mends, in one table.
//!
//! What breaks and how was seen with libvirt 9.0 and QEMU 7.2 (define and start of x86 elements on
//! an aarch64 `virt` machine) and read in libvirt 11.3, unless an entry names another version.

/// One kind of edit, step or notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable name.
    pub id: &'static str,
    /// What is wrong and what is done, in one line.
    pub summary: &'static str,
    /// Whether the guest has what it had afterwards, and nobody must look.
    pub safe: bool,
    /// What the guest will notice.
    pub visible: Option<&'static str>,
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

macro_rules! is_safe {
    (safe) => {
        true
    };
    (unsafe_) => {
        false
    };
}

macro_rules! visible {
    () => {
        None
    };
    ($visible:literal) => {
        Some($visible)
    };
}

macro_rules! rules {
    ($($name:ident $id:literal $safe:ident $summary:literal $($visible:literal)?;)*) => {
        $(pub(super) const $name: Rule = Rule {
            id: $id,
            summary: $summary,
            safe: is_safe!($safe),
            visible: visible!($($visible)?),
        };)*
        /// All rules of this room.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    VIRT_TYPE "virt-type" safe "the guest is run another way than the target runs guests";
    MACHINE_TYPE "x86-machine-type" unsafe_ "architecture and machine type of a PC become an aarch64 virt machine" "another processor architecture and another board";
    MACHINE_VERSION "machine-version" safe "the machine type is not one of the target's, or an alias";
    GUEST_DISK "x86-guest-disk" unsafe_ "the operating system on the guest's disks is for x86";
    DIRECT_KERNEL "x86-direct-kernel" unsafe_ "the kernel and initrd that the guest is started with are for x86";
    EMULATOR "x86-emulator" safe "the emulator runs x86; libvirt chooses the target's";
    BIOS_FIRMWARE "bios-firmware" unsafe_ "a virt machine is started by UEFI, not by a BIOS" "UEFI instead of a BIOS";
    FIRMWARE_FILES "x86-firmware-files" unsafe_ "loader and NVRAM are files for x86; the target has its own" "another firmware with fresh variables";
    FIRMWARE_AUTO "firmware-autoselection" safe "the target's libvirt is older than 5.3 and cannot choose firmware by itself";
    FIRMWARE_EXPANDED "firmware-expanded" safe "libvirt 9.2 and newer write the chosen files beside firmware='efi', which older ones refuse";
    SECURE_BOOT "secure-boot" unsafe_ "secure boot with SMM exists on q35 only; firmware without enrolled keys is asked for" "secure boot is off";
    NVRAM_CONTENTS "nvram-contents" unsafe_ "the variables in the NVRAM, boot entries among them, do not move";
    BIOS_OPTION "bios-option" safe "an option of the PC BIOS";
    ACPI_TABLE "x86-acpi-table" unsafe_ "an ACPI table made for a PC" "the table is gone";
    FLOPPY_BOOT "floppy-boot" safe "a virt machine has no floppy drive to boot from";
    X86_FEATURE "x86-feature" safe "a feature that only an x86 machine has" "the feature is gone";
    HYPERV_FEATURE "hyperv-feature" unsafe_ "Hyper-V enlightenments are for x86" "Windows finds no Hyper-V interface";
    ACPI_NEEDED "acpi-needed" safe "memory devices of a virt machine need ACPI" "the firmware's tables are ACPI";
    GIC_VERSION "gic-version" safe "a GICv2 takes no more than 8 vCPUs, and the target decides which versions there are" "another interrupt controller";
    X86_CPU "x86-cpu-on-arm" safe "an x86 CPU model or its features" "another processor";
    ARM_CPU_MODE "arm-custom-cpu-model" safe "named ARM models work under emulation only, the host's CPU under KVM only" "another processor";
    CPU_MIGRATABLE "cpu-migratable" safe "host-passthrough knows no migratable='on' on ARM";
    CPU_DIES "cpu-dies" safe "a virt machine has no dies; their cores are counted to the socket" "the same number of vCPUs, without dies";
    CPU_BEYOND_BASELINE "cpu-beyond-baseline" unsafe_ "the guest's CPU is one that not every host can give; it gets the baseline" "at its next cold start another CPU: features are gone, or new";
    CPU_CACHE_PASSED "cpu-cache-passed-through" safe "the host's cache is passed through, which goes with the host's own CPU only (libvirt 9.0 to 11.3)" "QEMU's own caches";
    CPU_ADDRESS_BITS "cpu-address-bits" unsafe_ "the host's number of bits of physical addresses is passed through; without it QEMU gives a named model 40, which is 1 TiB" "another number of bits of physical addresses";
    VCPU_HOTPLUG "vcpu-hotplug" unsafe_ "a virt machine takes no vCPUs while it runs; all are there from the start" "all vCPUs from the start";
    VCPU_LIMIT "vcpu-limit" unsafe_ "more vCPUs than the machine type takes";
    X86_TIMER "x86-timer" safe "a timer that only a PC has" "the generic timer of ARM is the clock source";
    PM_SUSPEND "pm-suspend" safe "S3 and S4 cannot be switched on a virt machine" "no suspend";
    GENERATION_ID "generation-id" unsafe_ "the generation id device is x86 only" "no generation id: cloned domain controllers are not noticed";
    LAUNCH_SECURITY "launch-security" unsafe_ "SEV and TDX are x86 processors' own" "memory is not encrypted";
    HOST_PINNING "host-pinning" unsafe_ "CPU pinning names processors of the old host";
    NUMA_BINDING "numa-binding" unsafe_ "memory is bound to NUMA nodes of the old host";
    HUGEPAGE_SIZE "hugepage-size" unsafe_ "a size of huge pages that the target does not have";
    PERF_EVENTS "perf-events" safe "performance events are counters of the old host's processor";
    SECURITY_LABEL "security-label" unsafe_ "a security label is the old host's; the target's libvirt makes its own";
    QEMU_ARGUMENTS "qemu-arguments" unsafe_ "raw QEMU arguments are for the old machine" "what the arguments added is gone";
    PCI_CONTROLLER "x86-pci-controller" safe "the PCI topology of a PC gives way to pcie-root with root ports" "PCI addresses change";
    PCIE_PORTS_AHEAD "pcie-ports-ahead" safe "root ports are allocated ahead, so that devices can be added while the guest runs";
    PCIE_PORTS_EXHAUSTED "pcie-ports-exhausted" unsafe_ "more devices than the machine has PCIe root ports";
    DISK_BEHIND_SCSI "disk-behind-scsi" unsafe_ "not enough PCIe root ports: the disk moves behind a virtio-scsi controller" "the disk's name changes from vdX to sdX";
    USB_CONTROLLER "usb-controller" safe "one xHCI controller serves all USB devices" "an xHCI controller";
    X86_CONTROLLER "x86-controller" safe "IDE, SATA, floppy and ISA controllers give way to virtio-scsi" "the controller is gone";
    SCSI_CONTROLLER "scsi-controller-model" safe "an emulated or unnamed SCSI controller becomes virtio-scsi; before libvirt 11.6 the default is an lsilogic" "a virtio-scsi controller";
    SCSI_CONTROLLER_ADDED "scsi-controller-added" safe "disks on SCSI need a controller, named so that libvirt does not take its default";
    IDE_DISK "ide-disk" unsafe_ "a virt machine has no IDE" "the disk's name changes from hdX to sdX";
    SATA_DISK "sata-disk" safe "ARM kernels may lack AHCI; virtio-scsi is in all of them" "the disk is found on another controller";
    SD_DISK "sd-disk" unsafe_ "a virt machine has no SD card slot" "the disk's name changes";
    USB_CDROM "usb-cdrom" safe "a CD-ROM drive on USB cannot be empty; it goes on SCSI";
    FLOPPY_DISK "floppy-disk" unsafe_ "a virt machine has no floppy drive" "the floppy drive is gone";
    DISK_NAME "disk-name" unsafe_ "disks are called otherwise inside the guest";
    DISK_GEOMETRY "disk-geometry" safe "a geometry for a PC BIOS";
    VIRTIO_TRANSITIONAL "virtio-transitional" safe "transitional virtio devices need I/O ports and a conventional PCI slot";
    DEVICE_ADDRESS "x86-device-address" safe "an address on the old machine; libvirt gives a new one" "the device's address changes";
    DEVICE_ALIAS "device-alias" safe "an alias that libvirt made for the running guest";
    ACPI_INDEX "acpi-index" unsafe_ "onboard numbers of network devices are for PC machines" "the interface's name changes";
    OPTION_ROM "x86-option-rom" safe "an option ROM holds x86 code";
    VIDEO_MODEL "video-model" safe "a display adapter that needs VGA or is x86 only becomes virtio" "a virtio display adapter";
    SPICE_GRAPHICS "spice-graphics" unsafe_ "the target's QEMU is built without SPICE";
    SPICE_DEVICE "spice-device" unsafe_ "a device that works through SPICE, which the target does not have" "the device is gone";
    USB_REDIRECTION "usb-redirection" unsafe_ "the target's QEMU is built without USB redirection" "the device is gone";
    PS2_INPUT "ps2-input" safe "a virt machine has no PS/2; keyboard and pointer go on USB" "a USB keyboard and a USB tablet";
    ISA_SERIAL "isa-serial" unsafe_ "a virt machine has no ISA; its serial port is a pl011" "the serial port is ttyAMA0 instead of ttyS0";
    PARALLEL_PORT "parallel-port" unsafe_ "a virt machine has no parallel port" "the parallel port is gone";
    XEN_DEVICE "xen-device" unsafe_ "a device that only Xen has" "the device is gone";
    PANIC_DEVICE "panic-device" safe "panic devices of a PC become pvpanic where the target has it" "panics are reported otherwise or not at all";
    WATCHDOG_MODEL "watchdog-model" safe "ib700 and iTCO are parts of a PC; i6300esb is a PCI device" "another watchdog";
    SOUND_MODEL "sound-model" safe "emulated sound cards become USB sound" "another sound card";
    NETWORK_MODEL "network-model" safe "emulated or unnamed network adapters become virtio" "the interface's name changes (ens3 becomes enp1s0)";
    TPM_MODEL "tpm-model" unsafe_ "a virt machine has tpm-tis and TPM 2.0 only" "another TPM";
    TPM_STATE "tpm-state" unsafe_ "what is sealed in the TPM does not move";
    IOMMU_MODEL "iommu-model" safe "the IOMMU of a PC becomes smmuv3 where the target has it" "another IOMMU";
    PASSED_THROUGH "passthrough-device" unsafe_ "a device of the old host is passed through" "the device is gone";
    SHARED_MEMORY "shared-memory-device" unsafe_ "shared memory connects guests of one host";
    SGX_MEMORY "sgx-memory" unsafe_ "SGX memory is an x86 processor's own" "the memory is gone";
    MEMORY_DEVICE "memory-device" safe "pages or nodes of the old host behind a memory device";
    RUNNING_DEFINITION "running-definition" unsafe_ "this is the XML of a running guest; the stored definition is what to rewrite";
    NOT_HVM "not-hvm" unsafe_ "not a fully virtualised guest";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case_and_unique() {
        let ids: std::collections::BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
        let kebab = |id: &str| id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(ids.iter().all(|id| kebab(id)));
        assert!(rule("ide-disk").is_some() && rule("IDE").is_none());
    }
}
