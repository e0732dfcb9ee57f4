//! What a host makes of a wish for a guest's firmware.

use super::super::target::{Boot, FirmwareFiles, FirmwareWish, Fitting};
use super::foresee::Foresight;
use crate::knowledge::firmware::step_to_uefi;
use crate::knowledge::versions::{Component, has};
use crate::model::FirmwareKind;

impl Foresight<'_> {
    /// What becomes of `wish`. Where what libvirt would choose is not known, or the guest would not start, it is refused.
    pub(in super::super) fn decide(self, wish: FirmwareWish) -> Fitting {
        match wish {
            FirmwareWish::Auto => self.to_auto(),
            FirmwareWish::Explicit => self.to_explicit(),
            FirmwareWish::Efi => self.to_efi(),
        }
    }

    fn to_auto(self) -> Fitting {
        let needs = &self.needs.firmware;
        let flash = needs.loader_type.as_ref().is_some_and(|kind| kind.value == "pflash");
        let loader = needs.loader.as_ref().filter(|_| flash && needs.auto.is_none());
        let Some(loader) = loader else { return Fitting::Stays };
        match self.would_choose(loader.value.trim()) {
            Ok((one, asked)) => {
                Fitting::Chosen { image: one.value.executable.clone().unwrap_or_default(), asked }
            }
            Err(why) => Fitting::Refused(FirmwareWish::Auto, why),
        }
    }

    fn to_explicit(self) -> Fitting {
        if self.needs.firmware.auto.is_none() {
            return Fitting::Stays;
        }
        let found = self.described().and_then(|libvirt| self.choose(&self.request(), libvirt));
        let files =
            found.and_then(|one| FirmwareFiles::of(&one.value).ok_or_else(|| "it is built into QEMU".into()));
        files.map_or_else(|why| Fitting::Refused(FirmwareWish::Explicit, why), Fitting::Named)
    }

    fn to_efi(self) -> Fitting {
        if self.needs.firmware.kind() == FirmwareKind::Efi {
            return Fitting::Stays;
        }
        let refused = |why: String| Fitting::Refused(FirmwareWish::Efi, why);
        if !self.shelf.arch.is_x86() {
            return refused("only a PC starts from a BIOS".to_owned());
        }
        let Some(choice) = self.shelf.choice(Boot::Open, self.capability, &mut Vec::new()) else {
            return refused(format!("no UEFI is known on the host for '{}'", self.shelf.machine));
        };
        let can = |version| has(Component::Libvirt, version, "firmware-features");
        Fitting::Uefi {
            choice,
            asks: self.shelf.libvirt().is_some_and(can),
            unknown: !self.shelf.is_described(),
            step: step_to_uefi(self.needs.os_id.as_ref().map(|id| id.value.as_str())),
        }
    }
}
