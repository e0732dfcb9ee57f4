//! What an x86 host gives its guests.

use super::offers::offers_on_x86;
use super::profile::Profile;
use super::shelf::{Boot, Shelf};
use crate::model::{Platform, VirtType};

impl Profile {
    /// What is unknown is taken to be there.
    pub(super) fn on_x86(self, platform: &Platform) -> Self {
        let virt_type = self.virt_type.clone().unwrap_or(VirtType::Kvm);
        let capability = platform.capability(&self.arch, &virt_type, &self.machine).ok();
        let videos = capability.and_then(|c| c.devices.get("video")?.values("modelType"));
        let sizes = platform.cpu.page_sizes.value();
        let unknown = |known: bool, what: &str| {
            (!known).then(|| format!("{what} are unknown: all are taken to be there"))
        };
        let assumptions = [
            unknown(capability.is_some(), "its devices"),
            unknown(sizes.is_some(), "its sizes of huge pages"),
        ];
        let shelf = Shelf { host: platform, arch: &self.arch, machine: &self.machine };
        // What is not known of its firmware is no assumption of the rewrite: what is not known to be missing stays.
        let choice = |boot| shelf.choice(boot, capability, &mut Vec::new());
        Self {
            offers: offers_on_x86(platform, capability),
            firmware: choice(Boot::Open),
            secure_firmware: choice(Boot::Secure),
            firmware_images: shelf.images(),
            videos: videos
                .map_or_else(Vec::new, |known| known.value.iter().map(|&name| name.into()).collect()),
            hugepages: sizes.map(|sizes| sizes.iter().map(|size| size.as_kib()).collect()),
            assumptions: assumptions.into_iter().flatten().collect(),
            ..self
        }
    }
}
