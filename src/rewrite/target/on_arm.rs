//! What an ARM host gives its guests.

use super::board::Gap;
use super::offers::offers;
use super::profile::{ADDRESS_BITS, HEADROOM, Profile};
use super::shelf::{Boot, Shelf};
use crate::knowledge::ports;
use crate::model::{Arch, Capability, Fact, Platform, VirtType};

impl Profile {
    /// What is unknown is taken to be the worse way.
    pub(super) fn on_arm(self, platform: &Platform, vcpus: Option<u32>) -> Result<Self, Gap> {
        let virt_type = self.virt_type.clone().unwrap_or(VirtType::Kvm);
        let capability = platform.capability(&self.arch, &virt_type, &self.machine).ok();
        let mut assumptions = Vec::new();
        let (port_limit, headroom) = ports(platform, &mut assumptions);
        let shelf = Shelf { host: platform, arch: &Arch::Aarch64, machine: &self.machine };
        let firmware = shelf.choice(Boot::Open, capability, &mut assumptions).ok_or(Gap::NoFirmware)?;
        Ok(Self {
            port_limit,
            headroom,
            offers: offers(platform, capability, &mut assumptions),
            videos: videos(capability),
            gic_versions: gic_versions(platform, capability, &mut assumptions),
            max_vcpus: max_vcpus(vcpus, capability, &mut assumptions),
            address_bits: address_bits(platform, &virt_type),
            firmware: Some(firmware),
            secure_firmware: shelf.choice(Boot::Secure, capability, &mut assumptions),
            firmware_images: shelf.images(),
            emulated_cpu: emulated_cpu(capability),
            hugepages: Some(hugepages(platform, &mut assumptions)),
            assumptions,
            ..self
        })
    }
}

fn ports(platform: &Platform, assumptions: &mut Vec<String>) -> (u32, Option<u32>) {
    if let Some(version) = platform.qemu.value() {
        let limit = ports::limit(*version);
        return (limit, (limit > ports::OF_OLD_QEMU).then_some(HEADROOM));
    }
    let limit = ports::OF_OLD_QEMU;
    assumptions.push(format!("QEMU's version is unknown: {limit} PCIe root ports, as QEMU 2.12 has"));
    (limit, None)
}

/// The adapters that ARM guests can use (libvirt lists `vga`, `cirrus` and `bochs` too, which need
/// legacy VGA), as far as the host does not say no.
fn videos(capability: Option<&Capability>) -> Vec<String> {
    let refused = |model: &str| {
        capability.is_some_and(|c| c.offers("video", "modelType", model).value() == Some(&false))
    };
    let usable = ["virtio", "ramfb", "none"].into_iter();
    usable.filter(|model| *model == "none" || !refused(model)).map(str::to_owned).collect()
}

fn gic_versions(
    platform: &Platform,
    capability: Option<&Capability>,
    assumptions: &mut Vec<String>,
) -> Vec<u32> {
    let told = capability.and_then(|c| c.gic_versions.value());
    let told: Vec<u32> = told.into_iter().flatten().filter_map(|v| v.parse().ok()).collect();
    if !told.is_empty() {
        return told;
    }
    if let Some(version) = platform.cpu.gic.value() {
        return vec![*version];
    }
    assumptions.push("the versions of its GIC are unknown: 3 is taken for more than 8 vCPUs".into());
    vec![3]
}

fn max_vcpus(listed: Option<u32>, capability: Option<&Capability>, assumptions: &mut Vec<String>) -> u32 {
    let told = capability.and_then(|c| c.max_vcpus.value().copied()).or(listed);
    told.unwrap_or_else(|| {
        assumptions.push("how many vCPUs the machine type takes is unknown: 255".into());
        255
    })
}

/// Under KVM those that the host's processor has for guests.
fn address_bits(platform: &Platform, virt_type: &VirtType) -> u32 {
    let told = platform.cpu.ipa_bits.value().filter(|_| *virt_type == VirtType::Kvm);
    told.copied().unwrap_or(ADDRESS_BITS)
}

fn emulated_cpu(capability: Option<&Capability>) -> String {
    let known = |model: &&str| capability.is_some_and(|c| c.model(model).is_some());
    ["cortex-a72", "cortex-a57"].into_iter().find(known).unwrap_or("cortex-a57").to_owned()
}

fn hugepages(platform: &Platform, assumptions: &mut Vec<String>) -> Vec<u64> {
    if let Fact::Known(sizes) = &platform.cpu.page_sizes {
        return sizes.value.iter().map(|size| size.as_kib()).collect();
    }
    assumptions.push("its sizes of huge pages are unknown: none is asked for by name".into());
    Vec::new()
}
