//! One host: what it is, and its documents.

use std::fmt::Write;

use super::Document;
use super::draw::{Draw, For};
use super::hardware::{self, ARM, Arm, MEMORY, X86};
use super::software::{SOFTWARE, Software};
use super::template::{filled, lines};
use super::wish::Wish;

/// A page of memory, in KiB.
const PAGE: u64 = 4;

/// What processors a host has.
#[derive(Clone, Copy)]
pub(super) enum Processor {
    X86(&'static hardware::X86),
    Arm(&'static Arm),
}

/// A host.
pub(super) struct Host {
    /// Its number.
    pub(super) at: u32,
    pub(super) name: String,
    uuid: String,
    pub(super) processor: Processor,
    pub(super) software: &'static Software,
    /// Its memory.
    pub(super) kib: u64,
    pub(super) dmz: bool,
}

impl Host {
    /// The host with this number.
    pub(super) fn drawn(wish: &Wish, at: u32) -> Self {
        let mut draw = Draw::of(wish.seed, For::Host, u64::from(at));
        let processor = processor(wish, at, &mut draw);
        let (short, weights) = match processor {
            Processor::X86(x86) => (x86.short, x86.software),
            Processor::Arm(arm) => (arm.short, arm.software),
        };
        let versions: Vec<(&Software, u64)> = SOFTWARE.iter().zip(weights).collect();
        let software = draw.weighed(&versions, |one| one.1).map_or(&SOFTWARE[0], |one| one.0);
        let gib = draw.weighed(&MEMORY, |one| one.1).map_or(256, |one| one.0);
        // The kernel and the firmware keep some for themselves, on each host a little more or less.
        let kib = (gib << 20) / 1000 * 985 - draw.below(16_384) * PAGE;
        Self {
            at,
            name: format!("{short}-{at:05}"),
            uuid: draw.uuid(),
            processor,
            software,
            kib,
            dmz: matches!(processor, Processor::X86(x86) if x86.dmz),
        }
    }

    /// What its tools print.
    pub(super) fn documents(&self) -> Vec<Document> {
        let mut all = match self.processor {
            Processor::X86(x86) => self.of_x86(x86),
            Processor::Arm(arm) => self.of_arm(arm),
        };
        all.extend(self.of_any());
        let path =
            |(path, text): (&str, String)| Document { path: format!("hosts/{}/{path}", self.name), text };
        all.into_iter().map(path).collect()
    }

    fn of_any(&self) -> Vec<(&'static str, String)> {
        let Software { libvirt, qemu, os_release, .. } = self.software;
        let version = format!(
            "Compiled against library: libvirt {libvirt}\nUsing library: libvirt {libvirt}\n\
             Using API: QEMU {libvirt}\nRunning hypervisor: QEMU {qemu}\n\n"
        );
        let mut all = vec![
            ("version.txt", version),
            ("nodeinfo.txt", self.node_info()),
            ("freepages.txt", self.free_pages()),
            ("os-release", (*os_release).to_owned()),
            ("uname.txt", self.uname()),
            ("snapshots.txt", "\n".to_owned()),
            ("net-list.txt", self.network_list()),
            ("networks/lan.xml", network("lan", "br0")),
            ("pools/images.xml", include_str!("documents/pool-images.xml").to_owned()),
            ("pools/local.xml", include_str!("documents/pool-local.xml").to_owned()),
        ];
        if self.dmz {
            all.push(("networks/dmz.xml", network("dmz", "br7")));
        }
        all
    }

    fn of_x86(&self, x86: &hardware::X86) -> Vec<(&'static str, String)> {
        let [q35, i440fx] = [("pc-q35-", self.software.vcpus[1]), ("pc-i440fx-", self.software.vcpus[0])];
        vec![
            ("capabilities.xml", self.x86_capabilities(x86)),
            ("domcapabilities/kvm-q35.xml", self.x86_domain_capabilities(x86, q35)),
            ("domcapabilities/kvm-pc.xml", self.x86_domain_capabilities(x86, i440fx)),
            ("cpuinfo.txt", Self::x86_cpuinfo(x86)),
            ("firmware/60-edk2-x86_64.json", include_str!("documents/x86_64/firmware.json").to_owned()),
        ]
    }

    fn x86_capabilities(&self, x86: &hardware::X86) -> String {
        let [family, signature, stepping] = x86.signature.map(|number| number.to_string());
        let model = x86.models.last().copied().unwrap_or_default();
        let vcpus = self.software.vcpus;
        let machines =
            self.machines("pc-i440fx-", "pc", vcpus[0]) + &self.machines("pc-q35-", "q35", vcpus[1]);
        filled(
            include_str!("documents/x86_64/capabilities.xml"),
            &[
                ("uuid", &self.uuid),
                ("model", model),
                ("vendor", x86.vendor),
                ("microcode", &x86.microcode.to_string()),
                ("family", &family),
                ("signature", &signature),
                ("stepping", &stepping),
                ("tsc", x86.tsc),
                ("scaling", x86.tsc_scaling),
                ("cores", &x86.cores.to_string()),
                ("bits", &x86.address_bits.to_string()),
                ("features", &lines(x86.host_features.split(' '), "      <feature name='", "'/>")),
                ("cell_count", &x86.sockets.to_string()),
                ("cells", &self.cells(x86.sockets, x86.cores, 2)),
                ("group", self.software.group),
                ("machines", &machines),
            ],
        )
    }

    fn x86_domain_capabilities(&self, x86: &hardware::X86, (series, vcpus): (&str, &str)) -> String {
        let model = x86.models.last().copied().unwrap_or_default();
        let buses: &[&str] = if series == "pc-i440fx-" {
            &["ide", "fdc", "scsi", "virtio", "usb", "sata"]
        } else {
            &["fdc", "scsi", "virtio", "usb", "sata"]
        };
        let features = lines(x86.guest_features.split(' '), "      <feature policy='require' name='", "'/>");
        filled(
            include_str!("documents/x86_64/domcapabilities.xml"),
            &[
                ("machine", &format!("{series}{}", self.software.releases[0])),
                ("vcpus", vcpus),
                ("model", model),
                ("vendor", x86.vendor),
                ("features", &features),
                ("models", &self.models(x86)),
                ("buses", &lines(buses, "        <value>", "</value>")),
            ],
        )
    }

    /// The models that guests are given anywhere, and whether this host can give them.
    fn models(&self, x86: &hardware::X86) -> String {
        let mut text = String::new();
        let mut known: Vec<&str> = Vec::new();
        for (model, vendor) in X86.iter().flat_map(|one| one.models.iter().map(|model| (*model, one.vendor)))
        {
            let usable = x86.models.contains(&model);
            if known.contains(&model) || !usable && self.software.prints_blockers {
                continue;
            }
            known.push(model);
            let word = if usable { "yes" } else { "no" };
            let _ = writeln!(text, "      <model usable='{word}' vendor='{vendor}'>{model}</model>");
        }
        text
    }

    fn x86_cpuinfo(x86: &hardware::X86) -> String {
        let [family, signature, stepping] = x86.signature.map(|number| number.to_string());
        let vendor = if x86.vendor == "AMD" { "AuthenticAMD" } else { "GenuineIntel" };
        filled(
            include_str!("documents/x86_64/cpuinfo.txt"),
            &[
                ("cpuid_vendor", vendor),
                ("family", &family),
                ("signature", &signature),
                ("stepping", &stepping),
                ("name", x86.name),
                ("microcode_hex", &format!("{:#x}", x86.microcode)),
                ("cores", &x86.cores.to_string()),
                ("flags", &format!("{} constant_tsc nonstop_tsc", x86.host_features)),
                ("bits", &x86.address_bits.to_string()),
            ],
        )
    }

    fn of_arm(&self, arm: &Arm) -> Vec<(&'static str, String)> {
        let [implementer, variant, part, revision] = arm.identity;
        let (vmid, ipa) = (arm.vmid_bits.to_string(), arm.address_bits.to_string());
        let capabilities = filled(
            include_str!("documents/aarch64/capabilities.xml"),
            &[
                ("uuid", &self.uuid),
                ("cores", &arm.cores.to_string()),
                ("cell_count", &arm.cells.to_string()),
                ("cells", &self.cells(arm.cells, arm.cores, 1)),
                ("group", self.software.group),
                ("machines", &self.machines("virt-", "virt", self.software.vcpus[2])),
            ],
        );
        let machine = format!("virt-{}", self.software.releases[0]);
        let domain = filled(
            include_str!("documents/aarch64/domcapabilities.xml"),
            &[("machine", &machine), ("vcpus", self.software.vcpus[2])],
        );
        let cpuinfo = filled(
            include_str!("documents/aarch64/cpuinfo.txt"),
            &[
                ("bogomips", arm.bogomips),
                ("flags", arm.flags),
                ("implementer", implementer),
                ("variant", variant),
                ("part", part),
                ("revision", revision),
            ],
        );
        let dmesg = filled(include_str!("documents/aarch64/dmesg.txt"), &[("vmid", &vmid), ("ipa", &ipa)]);
        vec![
            ("capabilities.xml", capabilities),
            ("domcapabilities/kvm-virt.xml", domain),
            ("cpuinfo.txt", cpuinfo),
            ("dmesg.txt", dmesg),
            ("firmware/60-edk2-aarch64.json", include_str!("documents/aarch64/firmware.json").to_owned()),
        ]
    }

    /// The machine types of one series, with the alias that stands for the newest.
    fn machines(&self, series: &str, alias: &str, vcpus: &str) -> String {
        let mut text = String::new();
        for (at, release) in self.software.releases.iter().enumerate() {
            let _ = writeln!(text, "      <machine maxCpus='{vcpus}'>{series}{release}</machine>");
            if at == 0 {
                let alias =
                    format!("<machine canonical='{series}{release}' maxCpus='{vcpus}'>{alias}</machine>");
                let _ = writeln!(text, "      {alias}");
            }
        }
        text
    }

    /// NUMA cells with their processors. The second threads of all cores are numbered after the first.
    fn cells(&self, count: u32, cores: u32, threads: u32) -> String {
        let all = count * cores;
        let kib = self.kib / u64::from(count) / PAGE * PAGE;
        let mut text = String::new();
        for cell in 0..count {
            let _ = write!(
                text,
                "        <cell id='{cell}'>\n          <memory unit='KiB'>{kib}</memory>\n          \
                 <pages unit='KiB' size='4'>{}</pages>\n          <cpus num='{}'>\n",
                kib / PAGE,
                cores * threads
            );
            for thread in 0..threads {
                for core in 0..cores {
                    let first = cell * cores + core;
                    let siblings =
                        if threads == 2 { format!("{first},{}", first + all) } else { first.to_string() };
                    let _ = writeln!(
                        text,
                        "            <cpu id='{}' socket_id='{cell}' die_id='0' core_id='{core}' \
                         siblings='{siblings}'/>",
                        first + thread * all
                    );
                }
            }
            text += "          </cpus>\n        </cell>\n";
        }
        text
    }

    fn node_info(&self) -> String {
        let (arch, cells, cores, threads, mhz) = match self.processor {
            Processor::X86(x86) => ("x86_64", x86.sockets, x86.cores, 2, 2_100),
            Processor::Arm(arm) => ("aarch64", arm.cells, arm.cores, 1, 2_600),
        };
        format!(
            "CPU model:           {arch}\nCPU(s):              {}\nCPU frequency:       {mhz} MHz\n\
             CPU socket(s):       1\nCore(s) per socket:  {cores}\nThread(s) per core:  {threads}\n\
             NUMA cell(s):        {cells}\nMemory size:         {} KiB\n\n",
            cells * cores * threads,
            self.kib
        )
    }

    fn free_pages(&self) -> String {
        let cells = match self.processor {
            Processor::X86(x86) => x86.sockets,
            Processor::Arm(arm) => arm.cells,
        };
        let free = self.kib / u64::from(cells) / PAGE / 5;
        let mut text = String::new();
        for cell in 0..cells {
            let _ = write!(text, "Node {cell}:\n4KiB: {free}\n2048KiB: 0\n1048576KiB: 0\n\n");
        }
        text
    }

    fn uname(&self) -> String {
        let Software { kernel, build, .. } = self.software;
        let arch = match self.processor {
            Processor::X86(_) => "x86_64",
            Processor::Arm(_) => "aarch64",
        };
        format!("Linux {} {kernel} {build} {arch} GNU/Linux\n", self.name)
    }

    fn network_list(&self) -> String {
        let mut text =
            " Name   State    Autostart   Persistent\n------------------------------------------\n"
                .to_owned();
        text += if self.dmz { " dmz    active   yes         yes\n" } else { "" };
        text + " lan    active   yes         yes\n\n"
    }
}

/// So many of the hosts up to any number are ARM's as their share says.
fn processor(wish: &Wish, at: u32, draw: &mut Draw) -> Processor {
    let arms = |hosts: u32| wish.arm.of(u64::from(hosts));
    if arms(at + 1) > arms(at) {
        return Processor::Arm(draw.weighed(&ARM, |one| one.weight).unwrap_or(&ARM[0]));
    }
    Processor::X86(draw.weighed(&X86, |one| one.weight).unwrap_or(&X86[0]))
}

/// A network; those of one name have one UUID on all hosts.
fn network(name: &str, bridge: &str) -> String {
    let uuid = format!("7e93de41-5f85-4881-902d-{:0>12}", bridge.replace("br", ""));
    filled(include_str!("documents/network.xml"), &[("name", name), ("uuid", &uuid), ("bridge", bridge)])
}
