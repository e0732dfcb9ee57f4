//! The rules in whose name the rewriter speaks, found in the one table of rules while compiling.

use crate::compat::{Rule, named};

macro_rules! rules {
    ($($name:ident $id:literal;)*) => {
        $(pub(super) const $name: &Rule = named($id);)*
    };
}

rules! {
    VIRT_TYPE "virt-type";
    MACHINE_TYPE "x86-machine-type";
    MACHINE_VERSION "machine-version";
    I440FX_MACHINE "i440fx-machine-type";
    I440FX_CONTROLLER "i440fx-controller";
    I440FX_DEVICE "i440fx-device";
    NOT_I440FX "not-i440fx";
    IDE_TO_SATA "ide-disk-to-sata";
    GUEST_DISK "x86-guest-disk";
    DIRECT_KERNEL "x86-direct-kernel";
    MACHINE_ALIAS "machine-type-alias";
    EMULATOR_ABSENT "emulator-absent";
    GRAPHICS_ADDRESS "graphics-address-absent";
    NAME_OF_OLD_HOST "name-of-old-host";
    EMULATOR "x86-emulator";
    BIOS_FIRMWARE "bios-firmware";
    FIRMWARE_FILES "x86-firmware-files";
    FIRMWARE_AUTO "firmware-autoselection";
    FIRMWARE_EXPANDED "firmware-expanded";
    FIRMWARE_NOT_PADDED "firmware-not-padded";
    LOADER_ABSENT "loader-absent";
    FIRMWARE_BY_NAME "firmware-by-name";
    FIRMWARE_BY_CHOICE "firmware-by-choice";
    PC_BIOS "pc-bios";
    SECURE_BOOT "secure-boot";
    NVRAM_CONTENTS "nvram-contents";
    BIOS_OPTION "bios-option";
    ACPI_TABLE "x86-acpi-table";
    FLOPPY_BOOT "floppy-boot";
    X86_FEATURE "x86-feature";
    HYPERV_FEATURE "hyperv-feature";
    ACPI_NEEDED "acpi-needed";
    GIC_VERSION "gic-version";
    X86_CPU "x86-cpu-on-arm";
    ARM_CPU_MODE "arm-custom-cpu-model";
    CPU_MIGRATABLE "cpu-migratable";
    CPU_DIES "cpu-dies";
    CPU_OF_EMULATION "cpu-of-emulation";
    CPU_BEYOND_BASELINE "cpu-beyond-baseline";
    CPU_CACHE_PASSED "cpu-cache-passed-through";
    CPU_ADDRESS_BITS "cpu-address-bits";
    VCPU_HOTPLUG "vcpu-hotplug";
    VCPU_LIMIT "vcpu-limit";
    MEMORY_ADDRESSED "memory-beyond-addresses";
    X86_TIMER "x86-timer";
    PM_SUSPEND "pm-suspend";
    GENERATION_ID "generation-id";
    LAUNCH_SECURITY "launch-security";
    HOST_PINNING "host-pinning";
    NUMA_BINDING "numa-binding";
    HUGEPAGE_SIZE "hugepage-size";
    PERF_EVENTS "perf-events";
    SECURITY_LABEL "security-label";
    QEMU_ARGUMENTS "qemu-arguments";
    PCI_CONTROLLER "x86-pci-controller";
    PCIE_PORTS_AHEAD "pcie-ports-ahead";
    PCIE_PORTS_EXHAUSTED "pcie-ports-exhausted";
    DISK_BEHIND_SCSI "disk-behind-scsi";
    USB_CONTROLLER "usb-controller";
    X86_CONTROLLER "x86-controller";
    SCSI_CONTROLLER "scsi-controller-model";
    SCSI_CONTROLLER_ADDED "scsi-controller-added";
    SCSI_GAP "scsi-address-gap";
    IDE_DISK "ide-disk";
    SATA_DISK "sata-disk";
    SD_DISK "sd-disk";
    USB_CDROM "usb-cdrom";
    FLOPPY_DISK "floppy-disk";
    DISK_NAME "disk-name";
    DISK_GEOMETRY "disk-geometry";
    VIRTIO_TRANSITIONAL "virtio-transitional";
    DEVICE_ADDRESS "x86-device-address";
    DEVICE_ALIAS "device-alias";
    ACPI_INDEX "acpi-index";
    OPTION_ROM "x86-option-rom";
    VIDEO_MODEL "video-model";
    SPICE_GRAPHICS "spice-graphics";
    SPICE_DEVICE "spice-device";
    USB_REDIRECTION "usb-redirection";
    PS2_INPUT "ps2-input";
    ISA_SERIAL "isa-serial";
    PARALLEL_PORT "parallel-port";
    XEN_DEVICE "xen-device";
    PANIC_DEVICE "panic-device";
    WATCHDOG_MODEL "watchdog-model";
    SOUND_MODEL "sound-model";
    NETWORK_MODEL "network-model";
    TPM_MODEL "tpm-model";
    TPM_STATE "tpm-state";
    IOMMU_MODEL "iommu-model";
    PASSED_THROUGH "passthrough-device";
    SHARED_MEMORY "shared-memory-device";
    SGX_MEMORY "sgx-memory";
    MEMORY_DEVICE "memory-device";
    RUNNING_DEFINITION "running-definition";
    NOT_HVM "not-hvm";
}
