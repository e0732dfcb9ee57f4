//! What the host's libvirt would choose for a guest, or why that is not known.

use std::collections::BTreeSet;

use super::super::target::Shelf;
use crate::knowledge::firmware::{FirmwareRequest, LoaderRequest, chosen, is_there, not_padded};
use crate::knowledge::versions::{Component, has};
use crate::model::{Arch, Capability, DocumentKind, Firmware, FirmwareKind, Known, Requirements, Version};

/// Features to ask for or against.
pub(super) type Asked = Vec<(&'static str, bool)>;

/// A guest and the firmware of a host.
#[derive(Clone, Copy)]
pub(in super::super) struct Foresight<'r> {
    pub(in super::super) shelf: Shelf<'r>,
    pub(in super::super) capability: Option<&'r Capability>,
    pub(in super::super) needs: &'r Requirements,
    /// The firmware of the host that the guest comes from, which knows what its image is.
    pub(in super::super) known: &'r [Known<Firmware>],
}

impl<'r> Foresight<'r> {
    /// What libvirt would choose in the place of the image at `path`, and what it is to be asked for.
    pub(super) fn would_choose(&self, path: &str) -> Result<(&'r Known<Firmware>, Asked), String> {
        let libvirt = self.described()?;
        let wanted = self.features_of(path)?;
        let asked =
            if has(Component::Libvirt, libvirt, "firmware-features") { wanted.clone() } else { Vec::new() };
        let mut request = self.request();
        request.auto = Some(FirmwareKind::Efi);
        request.loader = LoaderRequest { stateless: request.loader.stateless, ..LoaderRequest::default() };
        request.features = asked.iter().map(|(name, on)| ((*name).to_owned(), *on)).collect();
        let one = self.choose(&request, libvirt)?;
        match wanted.iter().find(|(name, on)| one.value.has(name) != *on) {
            Some((name, _)) => Err(format!("libvirt would choose a firmware that is unlike in '{name}'")),
            None => Ok((one, asked)),
        }
    }

    /// What the image at `path` has of what can be asked for, as its host knows it.
    fn features_of(&self, path: &str) -> Result<Asked, String> {
        let template = self.needs.firmware.nvram_template.as_ref().map(|known| &known.value);
        let is_one = |one: &&Known<Firmware>| one.value.executable.as_deref() == Some(path);
        let goes_with =
            |one: &&Known<Firmware>| template.is_none() || one.value.nvram_template.as_ref() == template;
        let known = self.known.iter().filter(is_one).filter(goes_with).map(|one| &one.value);
        let kinds: BTreeSet<_> =
            known.map(|one| (one.has("secure-boot"), one.has("enrolled-keys"))).collect();
        let secure = self.needs.firmware.secure.as_ref().is_some_and(|secure| secure.value);
        match (kinds.len(), kinds.first()) {
            (1, Some((true, keys))) => Ok(vec![("enrolled-keys", *keys), ("secure-boot", true)]),
            (2.., _) => {
                Err(format!("'{path}' goes with several templates, and which is its own is not said"))
            }
            (0, _) if secure => Err(format!("whether '{path}' has keys enrolled is unknown")),
            _ => Ok(vec![("secure-boot", false)]),
        }
    }

    pub(super) fn request(&self) -> FirmwareRequest {
        FirmwareRequest::of(self.needs, self.shelf.arch.clone(), self.shelf.machine)
    }

    /// The version of libvirt, where it can choose and its descriptors are known.
    pub(super) fn described(&self) -> Result<Version, String> {
        let libvirt = self.shelf.libvirt();
        match (libvirt, self.shelf.chooses(self.capability)) {
            (Some(_), Some(false)) => Err("the host's libvirt chooses no UEFI".to_owned()),
            (Some(_), _) if !self.shelf.is_described() => {
                Err(format!("what the host's libvirt would choose is unknown: {} would tell", descriptors()))
            }
            (Some(version), _) => Ok(version),
            (None, _) => {
                let kind = DocumentKind::Version;
                Err(format!("the version of libvirt is unknown: {} would tell", kind.path()))
            }
        }
    }

    /// The firmware that libvirt chooses, unless the guest would not start with it.
    pub(super) fn choose(
        &self,
        request: &FirmwareRequest,
        libvirt: Version,
    ) -> Result<&'r Known<Firmware>, String> {
        let one = chosen(self.shelf.all(), request, libvirt)
            .map_err(|why| format!("the host's libvirt would choose none: {why}"))?;
        let path = one.value.executable.as_deref().unwrap_or_default();
        if is_there(self.shelf.host, &one.value) == Some(false) {
            return Err(format!("libvirt would choose '{path}', and it or its template is not on the host"));
        }
        if *self.shelf.arch == Arch::Aarch64 && not_padded(path).is_some() {
            return Err(format!(
                "libvirt would choose '{path}', which is not padded to the size of a flash chip"
            ));
        }
        Ok(one)
    }
}

/// Where the descriptors of a host are.
pub(super) fn descriptors() -> String {
    let kind = DocumentKind::FirmwareDescriptor;
    format!("{} ({})", kind.path(), kind.command())
}
