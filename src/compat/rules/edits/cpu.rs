//! Processors and memory.

use super::{EDIT, SEEN};
use crate::compat::excerpt::Excerpt;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "cpu-migratable",
        summary: "Host-passthrough knows no migratable='on' on ARM",
        explanation: "migratable='on' asks for no feature of the host's CPU that QEMU cannot migrate. On aarch64 QEMU \
                      has no such switch, and domcapabilities offer hostPassthroughMigratable 'off' only (libvirt 4.2 \
                      to 11.0). Left out, the guest has the same CPU.",
        example: "<cpu mode='host-passthrough' migratable='on'/>",
        near_miss: "<cpu mode='host-passthrough'/>",
        beside: &[Excerpt::ARM_GUEST],
        references: &["formatdomaincaps, CPU configuration", "libvirt 11.3, tests/domaincapsdata"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "cpu-dies",
        summary: "A virt machine has no dies; their cores are counted to the socket",
        explanation: "QEMU's virt knows sockets, clusters, cores and threads, but no dies. The cores of a socket's \
                      dies are counted to the socket, so that the number of vCPUs is what it was.",
        example: "<cpu mode='host-model'>\n  \
                  <topology sockets='1' dies='2' cores='2' threads='1'/>\n\
                  </cpu>",
        near_miss: "<cpu mode='host-model'>\n  \
                    <topology sockets='1' cores='4' threads='1'/>\n\
                    </cpu>",
        references: &["formatdomain, CPU model and topology: topology", "QEMU 7.2, hw/arm/virt.c"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["vcpu-dies"])),
        ..EDIT
    },
    Rule {
        id: "cpu-of-emulation",
        severity: Severity::Warning,
        summary: "An emulated x86 guest cannot have the CPU of its host",
        explanation: "Where the target has no KVM the guest is emulated, and libvirt refuses host-passthrough: \"CPU mode \
                      'host-passthrough' for x86_64 qemu domain on x86_64 host is not supported by hypervisor\". It gets the \
                      mode maximum, all that the emulator can give.",
        example: "<domain type='qemu'><cpu mode='host-passthrough'/></domain>",
        near_miss: "<domain type='qemu'><cpu mode='maximum'/></domain>",
        references: &["observed: libvirt 9.0, QEMU 7.2", "formatdomain, CPU model and topology: mode"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::unsafe_noticed(&["cpu"])),
        ..EDIT
    },
    Rule {
        id: "cpu-beyond-baseline",
        severity: Severity::Warning,
        summary: "The guest's CPU is one that not every host can give; it gets the baseline",
        explanation: "A guest whose CPU only some hosts can give is tied to them. Pinned to the baseline of its hosts \
                      it names a model and features that every one of them has, with check='partial', so that libvirt \
                      looks before the start. What runs keeps its CPU until the next cold start. Shown for a baseline \
                      of the model Nehalem.",
        example: "<cpu mode='host-passthrough'/>",
        near_miss: "<cpu mode='custom' match='exact'><model>Nehalem</model></cpu>",
        references: &["formatdomain, CPU model and topology", "libvirt 9.0, virCPUx86Baseline"],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::unsafe_noticed(&["cpu"])),
        ..EDIT
    },
    Rule {
        id: "cpu-cache-passed-through",
        summary: "The host's cache is passed through, which goes with the host's own CPU only (libvirt 9.0 to 11.3)",
        explanation: "<cache mode='passthrough'/> shows the guest its host's caches, which libvirt allows beside the \
                      host's own CPU only. A guest that is pinned to a named model gets those of QEMU. Shown for a \
                      baseline of the model Nehalem.",
        example: "<cpu mode='host-passthrough'>\n  \
                  <cache mode='passthrough'/>\n\
                  </cpu>",
        near_miss: "<cpu mode='host-passthrough'>\n  \
                    <cache mode='emulate' level='3'/>\n\
                    </cpu>",
        references: &["formatdomain, CPU model and topology: cache"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["cpu-caches"])),
        ..EDIT
    },
    Rule {
        id: "cpu-address-bits",
        severity: Severity::Warning,
        summary: "The host's number of bits of physical addresses is passed through; without it QEMU gives a named model 40, which is 1 TiB",
        explanation: "How many bits of physical addresses a guest has decides how much memory it can use. Passed \
                      through, the number is the host's and differs from host to host, so a pinned guest cannot keep \
                      it. QEMU then gives a named model 40 bits, 1 TiB, less what a PC keeps free for devices: a \
                      guest with more memory is not pinned until the number is named. Shown for a baseline of the \
                      model Nehalem.",
        example: "<cpu mode='host-passthrough'>\n  \
                  <maxphysaddr mode='passthrough'/>\n\
                  </cpu>",
        near_miss: "<cpu mode='host-passthrough'>\n  \
                    <maxphysaddr mode='emulate' bits='42'/>\n\
                    </cpu>",
        references: &["formatdomain, CPU model and topology: maxphysaddr"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["address-bits"])),
        ..EDIT
    },
    Rule {
        id: "vcpu-hotplug",
        severity: Severity::Warning,
        summary: "A virt machine takes no vCPUs while it runs; all are there from the start",
        explanation: "libvirt accepts vCPUs to be added later, but QEMU's virt cannot plug them in while the guest \
                      runs. The rewriter gives the guest all from the start: it has what it could have had, and room \
                      must be planned for that.",
        example: "<vcpu current='2'>4</vcpu>",
        near_miss: "<vcpu>4</vcpu>",
        references: &[SEEN, "formatdomain, CPU Allocation"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["vcpus-from-start"])),
        ..EDIT
    },
    Rule {
        id: "vcpu-limit",
        severity: Severity::Warning,
        summary: "More vCPUs than the machine type takes",
        explanation: "libvirt refuses more vCPUs than the machine type takes (\"Maximum CPUs greater than specified \
                      machine type limit 512\"). How many vCPUs the guest needs is its owner's to say, so nothing is \
                      changed and the rewrite is blocked.",
        example: "<vcpu>600</vcpu>",
        near_miss: "<vcpu>512</vcpu>",
        references: &[SEEN, "formatcaps, Guest capabilities: maxCpus", "formatdomaincaps, CPU Allocation"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "memory-beyond-addresses",
        severity: Severity::Warning,
        summary: "More memory could be plugged in than the target's CPU has addresses for",
        explanation: "A virt machine puts memory to be plugged in behind the memory that is there, and the windows of PCIe devices                       behind both. Where the sum goes beyond the CPU's physical addresses QEMU does not start: 'Addressing limited                       to 44 bits, but memory exceeds it'. An emulated Cortex-A57 or A72 has 44 bits; under KVM the host's                       processor decides.",
        remedy: "name a maxMemory of at most half of the target's address space",
        example: "<maxMemory slots='16' unit='KiB'>1099511627776</maxMemory>",
        near_miss: "<maxMemory slots='16' unit='TiB'>1</maxMemory>",
        references: &[
            "observed: libvirt 9.0, QEMU 7.2, virsh start of a guest with 1 PiB of maxMemory and cortex-a72",
            "QEMU: hw/arm/virt.c, virt_set_memmap (7.2)",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["memory-limit"])),
        ..EDIT
    },
    Rule {
        id: "host-pinning",
        severity: Severity::Warning,
        summary: "CPU pinning names processors of the old host",
        explanation: "Pins and cache or bandwidth shares name processors of the old host by number. On the target the \
                      numbers may be other processors, on other NUMA nodes, or none. A pin stays where the target has \
                      these processors (with a step where they are of other NUMA cells), else it is to all processors of the cell \
                      with the same number. What remains, and all where the architecture changes, is dropped; pinning anew is a step for a person.",
        example: "<cputune>\n  \
                  <vcpupin vcpu='0' cpuset='2'/>\n\
                  </cputune>",
        near_miss: "<cputune>\n  \
                    <shares>1024</shares>\n\
                    </cputune>",
        references: &["formatdomain, CPU Tuning"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "numa-binding",
        severity: Severity::Warning,
        summary: "Memory is bound to NUMA nodes of the old host",
        explanation: "<numatune> binds memory to NUMA nodes of the old host by number. With mode='strict' a guest \
                      does not start where a node is not there (\"NUMA node 3 is unavailable\"). It is dropped where the target does \
                      not have these nodes and where the architecture changes; cells of the guest's own (<cpu><numa>) stay.",
        example: "<numatune>\n  \
                  <memory mode='strict' nodeset='0'/>\n\
                  </numatune>",
        near_miss: "<cpu mode='host-model'>\n  \
                    <numa><cell id='0' cpus='0-3' memory='1024'/></numa>\n\
                    </cpu>",
        references: &["formatdomain, NUMA Node Tuning", "libvirt 9.0, virNumaNodesetIsAvailable"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "hugepage-size",
        severity: Severity::Warning,
        summary: "A size of huge pages that the target does not have",
        explanation: "x86 has huge pages of 2 MiB and 1 GiB; on ARM the sizes follow the kernel's own page: 64 KiB, 2 \
                      MiB, 32 MiB and 1 GiB with 4 KiB, 2 MiB, 512 MiB and 16 GiB with 64 KiB. A size that the target \
                      does not have is dropped and its default is taken; setting pages aside is a step for a person.",
        example: "<memoryBacking>\n  \
                  <hugepages><page size='1' unit='GiB'/></hugepages>\n\
                  </memoryBacking>",
        near_miss: "<memoryBacking>\n  \
                    <hugepages><page size='2' unit='MiB'/></hugepages>\n\
                    </memoryBacking>",
        references: &["formatdomain, Memory Backing: hugepages", "formatcaps, Host capabilities: pages"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "perf-events",
        summary: "Performance events are counters of the old host's processor",
        explanation: "The events of <perf> are counters of an x86 processor that the host reads about the guest, such \
                      as those of its cache. They are for the host's own statistics: dropped, the guest notices \
                      nothing.",
        example: "<perf><event name='cmt' enabled='yes'/></perf>",
        near_miss: "<features><pmu state='on'/></features>",
        references: &["formatdomain, Performance monitoring events"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "sgx-memory",
        severity: Severity::Warning,
        summary: "SGX memory is an x86 processor's own",
        explanation: "SGX is a part of Intel processors: a module of model sgx-epc is memory that they encrypt for \
                      enclaves. No ARM has it, so it is dropped, and whether the guest can do without is for a person \
                      to decide.",
        example: "<memory model='sgx-epc'>\n  \
                  <target><size unit='MiB'>16</size></target>\n\
                  </memory>",
        near_miss: "<memory model='dimm'>\n  \
                    <target><size unit='MiB'>512</size><node>0</node></target>\n\
                    </memory>",
        references: &["formatdomain, Memory devices", "formatdomaincaps, SGX capabilities"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["memory-gone"])),
        ..EDIT
    },
    Rule {
        id: "memory-device",
        summary: "Pages or nodes of the old host behind a memory device",
        explanation: "The source of a memory module may name a page size and NUMA nodes of the old host. Both are \
                      numbers that mean other things, or nothing, on the target. They are dropped; the module stays \
                      as large as it is.",
        example: "<memory model='dimm'>\n  \
                  <source><pagesize unit='KiB'>2048</pagesize><nodemask>0</nodemask></source>\n  \
                  <target><size unit='MiB'>512</size><node>0</node></target>\n\
                  </memory>",
        near_miss: "<memory model='dimm'>\n  \
                    <target><size unit='MiB'>512</size><node>0</node></target>\n\
                    </memory>",
        references: &["formatdomain, Memory devices: source"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
];
