//! Whether the files that a descriptor names are on their host.

use crate::model::{Firmware, FirmwareMapping, Platform};

/// Whether the firmware's image and its template are on the host: no where a document that would name one of them does not,
/// yes where each is named by one that looked, `None` where nobody looked.
///
/// Debian 12 ships `50-edk2-aarch64-secure.json`, whose image `AAVMF_CODE.secboot.fd` is in no package.
pub fn is_there(host: &Platform, firmware: &Firmware) -> Option<bool> {
    let template = firmware.nvram_template.as_deref().map(|path| listed(host, path));
    let told: Vec<Option<bool>> = std::iter::once(image_is_there(host, firmware)).chain(template).collect();
    if told.contains(&Some(false)) {
        return Some(false);
    }
    told.iter().all(Option::is_some).then_some(true)
}

/// Whether the firmware's image is on the host, whatever its template.
pub fn image_is_there(host: &Platform, firmware: &Firmware) -> Option<bool> {
    let path = firmware.executable.as_deref()?;
    listed(host, path).or_else(|| offered(host, firmware, path))
}

/// What the listings of packages say: a package that has other images in the folder and not this one does not have it.
fn listed(host: &Platform, path: &str) -> Option<bool> {
    let images = host.firmware_images.value()?;
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let own = folder(path);
    images.iter().any(|image| folder(image) == own).then(|| images.contains(path))
}

/// What `domcapabilities` says: libvirt lists the images of descriptors that fit the machine type and are there (libvirt 9.0,
/// `virQEMUCapsFillDomainLoaderCaps`).
fn offered(host: &Platform, firmware: &Firmware, path: &str) -> Option<bool> {
    let mut lists = host.capabilities.iter().filter_map(|one| Some((one, one.loaders.value()?)));
    if lists.clone().any(|(_, loaders)| loaders.iter().any(|loader| loader == path)) {
        return Some(true);
    }
    let would_list = firmware.mapping == FirmwareMapping::Split && firmware.format == "raw";
    (would_list && lists.any(|(one, _)| firmware.is_for_machine(&one.arch.value, &one.machine.value)))
        .then_some(false)
}
