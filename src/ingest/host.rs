//! What the documents of one host say together.
//!
//! The order of trust, for each fact that more than one document may tell; the first that speaks
//! is believed. It is written down here, in the tables below, and nowhere else.
//!
//! | fact | order |
//! | --- | --- |
//! | architecture | capabilities, lscpu, nodeinfo, uname |
//! | Main ID Registers | cpuinfo, lscpu, dmidecode (dmidecode only where the host is an ARM or may be one) |
//! | frequency | `Hz Advertised Raw` in cpuinfo, `Current Speed` in dmidecode |
//! | KVM | capabilities, dmesg, lsmod |
//! | memory | nodeinfo, capabilities |
//! | processors | nodeinfo, capabilities, lscpu, cpuinfo |
//! | sockets, cores, threads | lscpu, capabilities, nodeinfo |
//! | vendor | capabilities, cpuinfo, lscpu |
//! | flags | cpuinfo, lscpu, capabilities (ARM) |
//! | family, model, stepping | cpuinfo, lscpu |
//! | vector length (ARM) | dmesg, sysctl |
//! | microcode | capabilities, cpuinfo |
//! | what blocks a model | domcapabilities, libvirt's cache of the same emulator (`blockers`) |
//! | firmware | descriptors, qemu.conf, loaders of domcapabilities, package listings: all of them, each file once |
//!
//! Where two documents disagree about the architecture, the registers or what blocks a model, that is a problem: one
//! of them is another machine's, or of another day.

use std::collections::BTreeSet;

use crate::model::{DocumentKind as D, Fact, Firmware, Host, Known, Problem};
use crate::text::{Place, Sources};

use super::blockers::{self, Conflict};
use super::problem::Complaint;
use super::saying::Saying;

/// What one document of the host says.
#[derive(Clone, Copy)]
pub(super) struct Witness<'s> {
    pub(super) kind: D,
    pub(super) saying: &'s Saying,
}

const ARCH: &[D] = &[D::Capabilities, D::Lscpu, D::NodeInfo, D::Uname];
const MIDRS: &[D] = &[D::CpuInfo, D::Lscpu, D::Dmidecode];
const FREQUENCY: &[D] = &[D::CpuInfo, D::Dmidecode];
const KVM: &[D] = &[D::Capabilities, D::Dmesg, D::Lsmod];
const MEMORY: &[D] = &[D::NodeInfo, D::Capabilities];
const PROCESSORS: &[D] = &[D::NodeInfo, D::Capabilities, D::Lscpu, D::CpuInfo];
const TOPOLOGY: &[D] = &[D::Lscpu, D::Capabilities, D::NodeInfo];
const VENDOR: &[D] = &[D::Capabilities, D::CpuInfo, D::Lscpu];
const FLAGS: &[D] = &[D::CpuInfo, D::Lscpu, D::Capabilities];
const SIGNATURE: &[D] = &[D::CpuInfo, D::Lscpu];
const VECTOR_LENGTH: &[D] = &[D::Dmesg, D::Sysctl];
const MICROCODE: &[D] = &[D::Capabilities, D::CpuInfo];
const FIRMWARE: &[D] = &[D::FirmwareDescriptor, D::QemuConf, D::DomainCapabilities, D::PackageListing];

/// The host called `name`, and where its documents (in the order of their paths) disagree.
pub(super) fn merge(name: &str, witnesses: &[Witness<'_>], sources: &Sources) -> (Host, Vec<Problem>) {
    let mut host = Host::unknown(name);
    let court = Court { witnesses };
    machine(&mut host, &court);
    cpu(&mut host, &court);
    platform(&mut host, &court);
    let conflicts =
        [court.conflict(sources, ARCH, "the architecture", |s| &s.arch), registers(&court, sources)];
    let mut problems = blocked(&mut host, &court, sources);
    problems.extend(conflicts.into_iter().flatten());
    (host, problems)
}

/// The documents of one host.
struct Court<'s> {
    witnesses: &'s [Witness<'s>],
}

type Get<T> = fn(&Saying) -> &Option<Known<T>>;

impl<'s> Court<'s> {
    /// What the documents of these kinds say, in their order.
    fn hear<T: 's>(&self, order: &[D], get: Get<T>) -> impl Iterator<Item = &'s Known<T>> {
        let of = |kind: D| self.witnesses.iter().filter(move |witness| witness.kind == kind);
        order.iter().flat_map(move |&kind| of(kind)).filter_map(move |w| get(w.saying).as_ref())
    }

    /// What the first of them says.
    fn believe<T: Clone + 's>(&self, fact: &mut Fact<T>, order: &[D], get: Get<T>) {
        fact.fill(self.hear(order, get).next().cloned());
    }

    /// What all documents of one kind say of `get`.
    fn all(&self, kind: D) -> impl Iterator<Item = &'s Saying> {
        self.witnesses.iter().filter(move |witness| witness.kind == kind).map(|witness| witness.saying)
    }

    /// The problem that two documents disagree.
    fn conflict<T: PartialEq + Tell + 's>(
        &self,
        sources: &Sources,
        order: &[D],
        what: &str,
        get: Get<T>,
    ) -> Option<Problem> {
        let mut all = self.hear(order, get);
        let trusted = all.next()?;
        let other = all.find(|other| *other != trusted)?;
        Some(disagreement(sources, what, trusted, other))
    }
}

/// How a value is told in a message.
trait Tell {
    fn tell(&self) -> String;
}

impl Tell for crate::model::Arch {
    fn tell(&self) -> String {
        self.to_string()
    }
}

impl Tell for BTreeSet<crate::model::Midr> {
    fn tell(&self) -> String {
        self.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

impl Tell for crate::model::Version {
    fn tell(&self) -> String {
        self.to_string()
    }
}

impl Tell for BTreeSet<String> {
    fn tell(&self) -> String {
        let all = self.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        if all.is_empty() { "nothing".to_owned() } else { all }
    }
}

fn disagreement<T: Tell>(sources: &Sources, what: &str, trusted: &Known<T>, other: &Known<T>) -> Problem {
    let at = |place: Place| {
        let position = sources.position(place);
        format!("{}:{}:{}", sources.get(place.source).path, position.line, position.column)
    };
    let (here, there) = (other.value.tell(), trusted.value.tell());
    let message = format!("{what} is {here} here and {there} in {}, which is trusted", at(trusted.place));
    let source = sources.get(other.place.source);
    let start = other.place.span.range().start;
    let remedy = "collect the documents of this host again: one of them is another machine's, or older";
    Complaint::new(Some(start), message, remedy).problem(&source.path, &source.text)
}

/// Registers that differ make a problem only on an ARM.
fn registers(court: &Court<'_>, sources: &Sources) -> Option<Problem> {
    let order = register_order(court)?;
    court.conflict(sources, order, "the Main ID Register", |s| &s.midrs)
}

/// `None` where the host is known not to be an ARM.
fn register_order(court: &Court<'_>) -> Option<&'static [D]> {
    let arch = court.hear(ARCH, |s| &s.arch).next();
    arch.is_none_or(|arch| arch.value.is_arm()).then_some(MIDRS)
}

fn machine(host: &mut Host, court: &Court<'_>) {
    court.believe(&mut host.uuid, &[D::Capabilities], |s| &s.uuid);
    court.believe(&mut host.product, &[D::Dmidecode], |s| &s.product);
    court.believe(&mut host.memory, MEMORY, |s| &s.memory);
    court.believe(&mut host.processors, PROCESSORS, |s| &s.processors);
    court.believe(&mut host.topology, TOPOLOGY, |s| &s.topology);
    court.believe(&mut host.cells, &[D::Capabilities], |s| &s.cells);
    court.believe(&mut host.frequency, FREQUENCY, |s| &s.frequency);
    court.believe(&mut host.free_pages, &[D::FreePages], |s| &s.free_pages);
    court.believe(&mut host.cell_pages, &[D::Capabilities], |s| &s.cell_pages);
    court.believe(&mut host.default_pages, &[D::Dmesg], |s| &s.default_pages);
    court.believe(&mut host.interfaces, &[D::Addresses], |s| &s.interfaces);
    court.believe(&mut host.addresses, &[D::Addresses], |s| &s.addresses);
    court.believe(&mut host.active_networks, &[D::ActiveNetworks], |s| &s.active_networks);
    court.believe(&mut host.active_pools, &[D::ActivePools], |s| &s.active_pools);
    court.believe(&mut host.filters, &[D::Filters], |s| &s.filters);
    court.believe(&mut host.secrets, &[D::Secrets], |s| &s.secrets);
    court.believe(&mut host.snapshots, &[D::Snapshots], |s| &s.snapshots);
    court.believe(&mut host.states, &[D::GuestList], |s| &s.states);
    court.believe(&mut host.managed_saves, &[D::ManagedSaves], |s| &s.managed_saves);
    court.believe(&mut host.checkpoints, &[D::Checkpoints], |s| &s.checkpoints);
    court.believe(&mut host.mounts, &[D::Mounts], |s| &s.mounts);
    host.device_pools = court.all(D::Network).filter_map(|saying| saying.device_pool.clone()).collect();
    let pools: Vec<_> = court.all(D::Pool).filter_map(|saying| saying.pool.as_ref()).collect();
    let all = || pools.iter().copied().cloned().collect::<BTreeSet<_>>();
    host.pools.fill(pools.first().map(|first| Known::new(all().into_iter().collect(), first.place)));
}

fn cpu(host: &mut Host, court: &Court<'_>) {
    let cpu = &mut host.platform.cpu;
    court.believe(&mut cpu.model, &[D::Capabilities], |s| &s.model);
    court.believe(&mut cpu.vendor, VENDOR, |s| &s.vendor);
    court.believe(&mut cpu.flags, FLAGS, |s| &s.flags);
    court.believe(&mut cpu.features, &[D::Capabilities], |s| &s.features);
    court.believe(&mut cpu.signature, SIGNATURE, |s| &s.signature);
    court.believe(&mut cpu.microcode, MICROCODE, |s| &s.microcode);
    court.believe(&mut cpu.tsc, &[D::Capabilities], |s| &s.tsc);
    court.believe(&mut cpu.midrs, register_order(court).unwrap_or_default(), |s| &s.midrs);
    court.believe(&mut cpu.gic, &[D::Dmesg], |s| &s.gic);
    court.believe(&mut cpu.ipa_bits, &[D::Dmesg], |s| &s.ipa_bits);
    court.believe(&mut cpu.vector_length, VECTOR_LENGTH, |s| &s.vector_length);
    court.believe(&mut cpu.pointer_authentication, &[D::Dmesg], |s| &s.pointer_authentication);
    court.believe(&mut cpu.kvm_mode, &[D::Dmesg], |s| &s.kvm_mode);
    court.believe(&mut cpu.page_sizes, &[D::Capabilities], |s| &s.page_sizes);
}

fn platform(host: &mut Host, court: &Court<'_>) {
    let platform = &mut host.platform;
    court.believe(&mut platform.arch, ARCH, |s| &s.arch);
    court.believe(&mut platform.libvirt, &[D::Version], |s| &s.libvirt);
    court.believe(&mut platform.qemu, &[D::Version], |s| &s.qemu);
    court.believe(&mut platform.kernel, &[D::Uname], |s| &s.kernel);
    court.believe(&mut platform.os, &[D::OsRelease], |s| &s.os);
    court.believe(&mut platform.kvm, KVM, |s| &s.kvm);
    court.believe(&mut platform.emulators, &[D::Capabilities], |s| &s.emulators);
    platform.capabilities =
        court.all(D::DomainCapabilities).filter_map(|saying| saying.capability.clone()).collect();
    platform.firmware.fill(firmware(court));
    platform.firmware_images.fill(images(court));
    platform.networks.fill(networks(court));
}

/// What blocks the models, from libvirt's cache; and where that is of another QEMU or says otherwise.
fn blocked(host: &mut Host, court: &Court<'_>, sources: &Sources) -> Vec<Problem> {
    let platform = &mut host.platform;
    let all = court.all(D::QemuCapabilities).filter_map(|saying| saying.qemu_capabilities.as_ref());
    let (old, fit): (Vec<_>, Vec<_>) =
        all.partition(|one| blockers::out_of_date(one, &platform.arch, &platform.qemu));
    let versions = old.iter().filter_map(|one| Some((platform.qemu.get()?, one.version.as_ref()?)));
    let versions = versions.map(|(own, other)| disagreement(sources, "the version of QEMU", own, other));
    let mut problems: Vec<Problem> = versions.collect();
    for capability in &mut platform.capabilities {
        let weighed = blockers::weigh(capability, &fit);
        capability.probed = weighed.blockers;
        let conflict = weighed.conflict.map(|Conflict { model, trusted, other }| {
            disagreement(sources, &format!("what blocks the model '{model}'"), &trusted, &other)
        });
        problems.extend(conflict);
    }
    problems
}

fn networks(court: &Court<'_>) -> Option<Known<BTreeSet<String>>> {
    let all: Vec<_> = court.all(D::Network).flat_map(|saying| &saying.networks).collect();
    let names = all.iter().map(|known| known.value.clone()).collect();
    Some(Known::new(names, all.first()?.place))
}

/// The images of all listings together.
fn images(court: &Court<'_>) -> Option<Known<BTreeSet<String>>> {
    let all: Vec<_> = court.all(D::PackageListing).filter_map(|saying| saying.images.as_ref()).collect();
    let paths = all.iter().flat_map(|known| known.value.iter().cloned()).collect();
    Some(Known::new(paths, all.first()?.place))
}

/// All firmware. Each descriptor is a choice of its own (one file with other variables, for
/// instance); of the other documents each file counts once, and only where it is not known yet. A
/// later document may name the variables that an earlier one leaves open.
fn firmware(court: &Court<'_>) -> Option<Known<Vec<Known<Firmware>>>> {
    let mut found: Vec<Known<Firmware>> = Vec::new();
    for &kind in FIRMWARE {
        for one in court.all(kind).flat_map(|saying| &saying.firmware) {
            let same = |known: &&mut Known<Firmware>| match kind {
                D::FirmwareDescriptor => **known == *one,
                _ => known.value.executable == one.value.executable,
            };
            match found.iter_mut().find(same) {
                Some(known) if known.value.nvram_template.is_none() => {
                    known.value.nvram_template.clone_from(&one.value.nvram_template);
                }
                Some(_) => {}
                None => found.push(one.clone()),
            }
        }
    }
    let place = found.first()?.place;
    Some(Known::new(found, place))
}

#[cfg(test)]
mod tests {
    use crate::ingest::tests::made_up_host;
    use crate::model::{Arch, DocumentKind, Frequency, Midr};
    use std::collections::BTreeSet;

    // All documents here are made up.
    const LSCPU: (&str, &str) = (
        "lscpu.txt",
        "Architecture: aarch64\nVendor ID: ARM\nModel name: Neoverse-N1\nModel: 1\nStepping: r3p1\n",
    );
    const DMIDECODE: (&str, &str) = (
        "dmidecode.txt",
        "Handle 0x0004, DMI type 4, 48 bytes\nProcessor Information\n\tID: 10 D0 1F 48 00 00 00 00\n\
         \tMax Speed: 3000 MHz\n\tCurrent Speed: 2500 MHz\n",
    );

    #[test]
    fn the_first_in_the_order_of_trust_is_believed_and_the_conflict_told() {
        let (host, problems) = made_up_host(&[LSCPU, DMIDECODE]);
        assert_eq!(host.platform.cpu.midrs.value(), Some(&BTreeSet::from([Midr(0x413f_d0c1)])));
        assert_eq!(problems.len(), 1);
        assert_eq!(
            problems[0].message,
            "the Main ID Register is 0x481fd010 here and 0x413fd0c1 in hosts/h/lscpu.txt:3:13, which is trusted"
        );
        assert_eq!(problems[0].position.map(|p| p.line), Some(3));
    }

    #[test]
    fn registers_of_dmidecode_are_an_arms_only() {
        let (host, _) = made_up_host(&[DMIDECODE]);
        assert_eq!(
            host.platform.cpu.midrs.value().map(BTreeSet::len),
            Some(1),
            "the architecture is not known"
        );
        let x86 = ("uname.txt", "Linux h 6.1.0 #1 x86_64 GNU/Linux\n");
        let (host, problems) = made_up_host(&[DMIDECODE, x86]);
        assert!(host.platform.cpu.midrs.value().is_none());
        assert_eq!(problems, []);
    }

    #[test]
    fn architectures_that_differ_are_told() {
        let uname = ("uname.txt", "Linux h 6.1.0 #1 x86_64 GNU/Linux\n");
        let (host, problems) = made_up_host(&[LSCPU, uname]);
        assert_eq!(host.platform.arch.value(), Some(&Arch::Aarch64));
        assert!(problems[0].message.starts_with("the architecture is x86_64 here and aarch64 in"));
    }

    #[test]
    fn the_advertised_frequency_is_trusted_before_the_current_speed() {
        let (host, _) = made_up_host(&[DMIDECODE]);
        assert_eq!(host.frequency.value(), Some(&Frequency::mhz(2500)));
        let (host, _) = made_up_host(&[DMIDECODE, ("cpuinfo.txt", "Hz Advertised Raw: (2600000000, 0)\n")]);
        assert_eq!(host.frequency.value(), Some(&Frequency::mhz(2600)));
    }

    #[test]
    fn firmware_is_one_list_and_each_file_is_in_it_once() {
        let domcapabilities = (
            "domcapabilities/arm.xml",
            "<domainCapabilities><domain>kvm</domain><machine>virt</machine><arch>aarch64</arch>
             <os supported='yes'><loader supported='yes'><value>/usr/share/AAVMF/AAVMF_CODE.fd</value></loader></os>
             </domainCapabilities>",
        );
        let listing = (
            "firmware/packages.txt",
            "/usr/share/AAVMF/AAVMF_CODE.fd\n/usr/share/AAVMF/AAVMF_VARS.fd\n/usr/share/OVMF/OVMF_CODE_4M.fd\n",
        );
        let (host, _) = made_up_host(&[domcapabilities, listing]);
        let firmware = host.platform.firmware.value().expect("known");
        assert_eq!(firmware.len(), 2);
        assert_eq!(firmware[0].value.nvram_template.as_deref(), Some("/usr/share/AAVMF/AAVMF_VARS.fd"));
    }

    #[test]
    fn what_no_document_tells_is_unknown() {
        let (host, _) = made_up_host(&[("os-release", "NAME=made-up\n")]);
        assert_eq!(host.platform.cpu.midrs.ask().expect_err("unknown"), DocumentKind::CpuInfo);
        assert!(host.platform.kvm.value().is_none() && host.platform.firmware.value().is_none());
    }
}
