//! All other devices: what is dropped, and what becomes another model.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{
    IOMMU_MODEL, PANIC_DEVICE, PASSED_THROUGH, SGX_MEMORY, SHARED_MEMORY, SOUND_MODEL, TPM_MODEL, TPM_STATE,
    WATCHDOG_MODEL, XEN_DEVICE,
};
use super::said::{child_value, says};
use super::target::Offer;
use super::unfit::{Unfit, When, drop_all};
use crate::compat::Rule;
use crate::text::xml::Element;

const UNFIT: &[Unfit] = &[
    Unfit {
        path: "devices/memory",
        when: When::Says("model", &["sgx-epc"]),
        rule: SGX_MEMORY,
        reason: "SGX is of x86 processors only; without it enclaves cannot be made",
        step: Some("decide whether the guest may run without SGX memory"),
    },
    Unfit {
        path: "devices/nvram",
        when: When::Always,
        rule: XEN_DEVICE,
        reason: "it is of pseries machines only",
        step: None,
    },
    Unfit {
        path: "devices/memballoon",
        when: When::Says("model", &["xen"]),
        rule: XEN_DEVICE,
        reason: "it is of Xen only; libvirt gives the guest a virtio balloon instead",
        step: None,
    },
    Unfit {
        path: "devices/pstore",
        when: When::Always,
        rule: PANIC_DEVICE,
        reason: "QEMU offers the ACPI ERST on PC machines only",
        step: None,
    },
];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    drop_all(draft, guest, UNFIT);
    shared_memory(draft, guest);
    panic_devices(draft, guest);
    watchdogs(draft, guest);
    sounds(draft, guest);
    for tpm in guest.devices_named("tpm") {
        tpm_device(draft, guest, tpm);
    }
    for iommu in guest.devices_named("iommu") {
        iommu_device(draft, guest, iommu);
    }
}

fn shared_memory<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for shmem in guest.devices_named("shmem") {
        let name = shmem.value("name").unwrap_or_default();
        let text = format!("move the guests that share the memory '{name}' to one host, or do without it");
        draft.step(SHARED_MEMORY, text, shmem);
    }
}

fn panic_devices<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let mut offered = guest.profile.offers(Offer::PanicDevice);
    for panic in guest.devices_named("panic") {
        if offered {
            let reason = "the ISA panic device and Hyper-V's are of PC machines; pvpanic is on PCI";
            draft.set(PANIC_DEVICE, reason, panic, "model", "pvpanic");
            offered = false;
        } else {
            let reason = "the panic devices of a PC do not exist on a virt machine, and the target has no (other) pvpanic";
            draft.delete(PANIC_DEVICE, reason, panic);
        }
    }
}

/// One i6300esb is left of all watchdogs (libvirt before 9.1 allows one only).
fn watchdogs<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let all = guest.devices_named("watchdog");
    let mut has_one = all.clone().any(|watchdog| says(watchdog, "model", "i6300esb"));
    for watchdog in all.filter(|watchdog| !says(*watchdog, "model", "i6300esb")) {
        let model = watchdog.value("model").unwrap_or_default();
        if has_one {
            draft.delete(WATCHDOG_MODEL, format!("'{model}' does not exist on a virt machine"), watchdog);
        } else {
            let reason = format!("'{model}' does not exist on a virt machine; i6300esb is a PCI device");
            draft.set(WATCHDOG_MODEL, reason, watchdog, "model", "i6300esb");
            has_one = true;
        }
    }
}

fn sounds<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for sound in guest.devices_named("sound") {
        let model = sound.value("model").unwrap_or_default().into_owned();
        match model.as_str() {
            "usb" | "virtio" => {}
            "pcspk" => draft.delete(SOUND_MODEL, "the PC speaker is a part of a PC", sound),
            _ if !guest.has_usb() => {
                draft.delete(
                    SOUND_MODEL,
                    format!("'{model}' is a card of a PC, and the guest has no USB"),
                    sound,
                );
            }
            _ => usb_sound(draft, sound, &model),
        }
    }
}

fn usb_sound<'d>(draft: &mut Draft<'d>, sound: Element<'d>, model: &str) {
    let reason = format!("'{model}' needs a conventional PCI slot or ISA; USB sound needs neither");
    draft.set(SOUND_MODEL, reason.as_str(), sound, "model", "usb");
    for codec in sound.children_named("codec") {
        draft.delete(SOUND_MODEL, "USB sound has no codecs", codec);
    }
}

/// libvirt's domcapabilities of aarch64 list `tpm-tis` only; TPM 1.2 is refused there.
fn tpm_device<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, tpm: Element<'d>) {
    let passes = child_value(tpm, "backend", "type").is_some_and(|kind| kind == "passthrough");
    draft.step(
        TPM_STATE,
        "save what is sealed in the guest's TPM (keys of encrypted disks): it does not move",
        tpm,
    );
    if passes {
        return drop_tpm(
            draft,
            PASSED_THROUGH,
            "it passes the TPM of the old host through; without it what is sealed in it is lost",
            tpm,
        );
    }
    if !guest.profile.offers(Offer::Tpm) {
        return drop_tpm(
            draft,
            TPM_MODEL,
            "the target is not known to offer a TPM; without one what is sealed in it is lost",
            tpm,
        );
    }
    draft.set(
        TPM_MODEL,
        "a virt machine has tpm-tis only; what is sealed in the old TPM is not in the new one",
        tpm,
        "model",
        "tpm-tis",
    );
    if let Some(backend) = tpm.child("backend").filter(|backend| says(*backend, "type", "emulator")) {
        draft.set(
            TPM_MODEL,
            "TPM 1.2 is not supported on aarch64; the guest finds a TPM 2.0",
            backend,
            "version",
            "2.0",
        );
    }
}

fn drop_tpm<'d>(draft: &mut Draft<'d>, rule: &Rule, reason: &str, tpm: Element<'d>) {
    draft.delete(rule, reason, tpm);
    draft.step(rule, "find out whether the guest can do without its TPM", tpm);
}

fn iommu_device<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, iommu: Element<'d>) {
    let model = iommu.value("model").unwrap_or_default();
    if model == "virtio" && guest.root.at("features/acpi").is_some() || model == "smmuv3" {
        return;
    }
    if !guest.profile.offers(Offer::Smmuv3) {
        return draft.delete(IOMMU_MODEL, format!("the target has no IOMMU in place of '{model}'"), iommu);
    }
    let reason = format!("'{model}' is an IOMMU of a PC; that of a virt machine is smmuv3");
    draft.set(IOMMU_MODEL, reason, iommu, "model", "smmuv3");
    for driver in iommu.children_named("driver") {
        draft.delete(IOMMU_MODEL, "smmuv3 has no such settings", driver);
    }
}
