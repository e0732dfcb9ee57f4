//! Processors that hosts have.
//!
//! What each is and can do is published by its maker and in the sample inventories; hosts with Intel's have nested
//! virtualisation switched off (`kvm_intel nested=0`), so no guest has `vmx`.

/// A generation of x86 processors.
pub(super) struct X86 {
    /// What its hosts are called.
    pub(super) short: &'static str,
    /// How many of a hundred x86 hosts have it.
    pub(super) weight: u64,
    pub(super) name: &'static str,
    pub(super) vendor: &'static str,
    /// CPUID's family, model, stepping.
    pub(super) signature: [u32; 3],
    pub(super) microcode: u32,
    /// Whether its hosts are in racks that have the network `dmz`.
    pub(super) dmz: bool,
    pub(super) tsc: &'static str,
    pub(super) tsc_scaling: &'static str,
    pub(super) address_bits: u32,
    pub(super) sockets: u32,
    pub(super) cores: u32,
    /// CPU models that guests are given on it, the oldest first; the last is its own.
    pub(super) models: &'static [&'static str],
    /// What libvirt prints in `capabilities` beside the model.
    pub(super) host_features: &'static str,
    /// What host-model has beside the model.
    pub(super) guest_features: &'static str,
    /// What QEMU adds to a model that a guest names.
    pub(super) added: &'static str,
    /// Weights of the versions of `software`.
    pub(super) software: [u64; 3],
}

const HOST_OLD: &str = "vme ds acpi ss ht tm pbe dtes64 monitor ds_cpl vmx smx est tm2 xtpr pdcm dca osxsave f16c rdrand arat \
    tsc_adjust cmt md-clear stibp ssbd xsaveopt pdpe1gb abm invtsc";
const GUEST_OLD: &str = "vme ss pdcm f16c rdrand hypervisor arat tsc_adjust umip md-clear stibp arch-capabilities ssbd xsaveopt \
    pdpe1gb abm invtsc ibpb ibrs amd-stibp amd-ssbd skip-l1dfl-vmentry pschange-mc-no";
const ADDED_OLD: &str = "vme f16c rdrand hypervisor arat xsaveopt abm";
const HOST_SKYLAKE: &str = "ds acpi ss ht tm pbe dtes64 monitor ds_cpl vmx smx est tm2 xtpr pdcm dca osxsave tsc_adjust clflushopt cmt \
    intel-pt pku ospke md-clear stibp ssbd xsaves mbm_total mbm_local invtsc";
const GUEST_SKYLAKE: &str = "ss pdcm hypervisor tsc_adjust clflushopt umip pku md-clear stibp arch-capabilities ssbd xsaves invtsc ibpb \
    ibrs amd-stibp amd-ssbd skip-l1dfl-vmentry pschange-mc-no";
const HOST_CASCADE: &str = "ds acpi ss ht tm pbe dtes64 monitor ds_cpl vmx smx est tm2 xtpr pdcm dca osxsave tsc_adjust cmt intel-pt pku \
    ospke md-clear stibp arch-capabilities xsaves mbm_total mbm_local invtsc rdctl-no ibrs-all \
    skip-l1dfl-vmentry mds-no pschange-mc-no tsx-ctrl";
const GUEST_CASCADE: &str = "ss pdcm hypervisor tsc_adjust umip pku md-clear stibp arch-capabilities xsaves invtsc ibpb ibrs amd-stibp \
    amd-ssbd rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no tsx-ctrl";
const HOST_ICELAKE: &str = "ds acpi ss ht tm pbe dtes64 monitor ds_cpl vmx smx est tm2 xtpr pdcm dca osxsave tsc_adjust cmt avx512ifma \
    sha-ni ospke rdpid fsrm md-clear stibp arch-capabilities xsaves mbm_total mbm_local invtsc rdctl-no ibrs-all \
    skip-l1dfl-vmentry mds-no pschange-mc-no tsx-ctrl taa-no";
const GUEST_ICELAKE: &str = "ss pdcm hypervisor tsc_adjust avx512ifma sha-ni rdpid fsrm md-clear stibp arch-capabilities xsaves invtsc \
    ibpb ibrs amd-stibp amd-ssbd rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no tsx-ctrl taa-no";
const HOST_EPYC: &str = "monitor x2apic osxsave ht cmt mbm_total mbm_local cmp_legacy extapic ibs skinit wdt tce topoext perfctr_nb \
    invtsc lbrv svm-lock tsc-scale vmcb-clean flushbyasid decodeassists pause-filter pfthreshold avic \
    v-vmsave-vmload vgif";
const GUEST_ROME: &str = "x2apic tsc-deadline hypervisor tsc_adjust arch-capabilities stibp ssbd xsaves cmp_legacy invtsc ibrs \
    amd-ssbd virt-ssbd rdctl-no skip-l1dfl-vmentry mds-no pschange-mc-no";
const GUEST_MILAN: &str = "x2apic tsc-deadline hypervisor tsc_adjust vaes vpclmulqdq arch-capabilities stibp ssbd cmp_legacy invtsc \
    virt-ssbd rdctl-no skip-l1dfl-vmentry mds-no pschange-mc-no";

pub(super) const X86: [X86; 7] = [
    X86 {
        short: "hsw",
        weight: 8,
        name: "Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz",
        vendor: "Intel",
        signature: [6, 63, 2],
        microcode: 0x49,
        dmz: false,
        tsc: "2494221000",
        tsc_scaling: "no",
        address_bits: 46,
        sockets: 2,
        cores: 12,
        models: &["Haswell-noTSX-IBRS"],
        host_features: HOST_OLD,
        guest_features: GUEST_OLD,
        added: ADDED_OLD,
        software: [8, 2, 0],
    },
    X86 {
        short: "bdw",
        weight: 12,
        name: "Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz",
        vendor: "Intel",
        signature: [6, 79, 1],
        microcode: 0x0b00_0040,
        dmz: false,
        tsc: "2594989000",
        tsc_scaling: "no",
        address_bits: 46,
        sockets: 2,
        cores: 14,
        models: &["Haswell-noTSX-IBRS", "Broadwell-noTSX-IBRS"],
        host_features: HOST_OLD,
        guest_features: GUEST_OLD,
        added: ADDED_OLD,
        software: [7, 3, 0],
    },
    X86 {
        short: "skx",
        weight: 20,
        name: "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz",
        vendor: "Intel",
        signature: [6, 85, 4],
        microcode: 0x0200_7006,
        dmz: true,
        tsc: "2095078000",
        tsc_scaling: "yes",
        address_bits: 46,
        sockets: 2,
        cores: 16,
        models: &["Haswell-noTSX-IBRS", "Broadwell-noTSX-IBRS", "Skylake-Server-noTSX-IBRS"],
        host_features: HOST_SKYLAKE,
        guest_features: GUEST_SKYLAKE,
        added: "hypervisor",
        software: [5, 4, 1],
    },
    X86 {
        short: "clx",
        weight: 25,
        name: "Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz",
        vendor: "Intel",
        signature: [6, 85, 7],
        microcode: 0x0500_3707,
        dmz: true,
        tsc: "2893202000",
        tsc_scaling: "yes",
        address_bits: 46,
        sockets: 2,
        cores: 16,
        models: &[
            "Haswell-noTSX-IBRS",
            "Broadwell-noTSX-IBRS",
            "Skylake-Server-noTSX-IBRS",
            "Cascadelake-Server-noTSX",
        ],
        host_features: HOST_CASCADE,
        guest_features: GUEST_CASCADE,
        added: "hypervisor",
        software: [3, 4, 3],
    },
    X86 {
        short: "icx",
        weight: 15,
        name: "Intel(R) Xeon(R) Gold 6326 CPU @ 2.90GHz",
        vendor: "Intel",
        signature: [6, 106, 6],
        microcode: 0x0d00_03f5,
        dmz: true,
        tsc: "2893202000",
        tsc_scaling: "yes",
        address_bits: 46,
        sockets: 2,
        cores: 16,
        models: &[
            "Haswell-noTSX-IBRS",
            "Broadwell-noTSX-IBRS",
            "Skylake-Server-noTSX-IBRS",
            "Cascadelake-Server-noTSX",
            "Icelake-Server-noTSX",
        ],
        host_features: HOST_ICELAKE,
        guest_features: GUEST_ICELAKE,
        added: "hypervisor",
        software: [1, 4, 5],
    },
    X86 {
        short: "rome",
        weight: 10,
        name: "AMD EPYC 7452 32-Core Processor",
        vendor: "AMD",
        signature: [23, 49, 0],
        microcode: 0x0830_107d,
        dmz: true,
        tsc: "2346523000",
        tsc_scaling: "yes",
        address_bits: 48,
        sockets: 1,
        cores: 32,
        models: &["EPYC-Rome"],
        host_features: HOST_EPYC,
        guest_features: GUEST_ROME,
        added: "x2apic hypervisor",
        software: [3, 4, 3],
    },
    X86 {
        short: "milan",
        weight: 10,
        name: "AMD EPYC 7513 32-Core Processor",
        vendor: "AMD",
        signature: [25, 1, 1],
        microcode: 0x0a00_11d5,
        dmz: true,
        tsc: "2595122000",
        tsc_scaling: "yes",
        address_bits: 48,
        sockets: 1,
        cores: 32,
        models: &["EPYC-Rome", "EPYC-Milan"],
        host_features: HOST_EPYC,
        guest_features: GUEST_MILAN,
        added: "x2apic hypervisor",
        software: [1, 5, 4],
    },
];

/// A generation of ARM processors.
pub(super) struct Arm {
    pub(super) short: &'static str,
    /// How many of a hundred ARM hosts have it.
    pub(super) weight: u64,
    /// Implementer, variant, part and revision, as the kernel prints them.
    pub(super) identity: [&'static str; 4],
    pub(super) bogomips: &'static str,
    pub(super) flags: &'static str,
    pub(super) vmid_bits: u32,
    pub(super) address_bits: u32,
    pub(super) cells: u32,
    /// Cores of a cell.
    pub(super) cores: u32,
    pub(super) software: [u64; 3],
}

pub(super) const ARM: [Arm; 2] = [
    Arm {
        short: "taishan",
        weight: 60,
        identity: ["0x48", "0x1", "0xd01", "0"],
        bogomips: "200.00",
        flags: "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm jscvt fcma dcpop \
                asimddp asimdfhm ssbs",
        vmid_bits: 16,
        address_bits: 48,
        cells: 4,
        cores: 16,
        software: [5, 4, 1],
    },
    Arm {
        short: "altra",
        weight: 40,
        identity: ["0x41", "0x3", "0xd0c", "1"],
        bogomips: "50.00",
        flags: "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp \
                ssbs",
        vmid_bits: 16,
        address_bits: 48,
        cells: 1,
        cores: 64,
        software: [2, 5, 3],
    },
];

/// Memory that hosts have, in GiB, and how many of a hundred have so much.
pub(super) const MEMORY: [(u64, u64); 5] = [(256, 20), (384, 20), (512, 30), (768, 20), (1024, 10)];
