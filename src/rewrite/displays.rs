//! Video, graphics, and what works through SPICE.

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::rules::{SPICE_DEVICE, SPICE_GRAPHICS, USB_REDIRECTION, VIDEO_MODEL};
use super::said::{child_value, says};
use super::target::Offer;
use crate::text::xml::Element;

/// Attributes of `<model>` that virtio does not have (libvirt 11.3, `virDomainVideoDefValidate`).
const MODEL_ATTRIBUTES: &[&str] = &["vram", "vram64", "ram", "vgamem"];
/// Attributes that only SPICE graphics have (libvirt 11.3, `virDomainGraphicsDefParseXMLSpice`).
const SPICE_ATTRIBUTES: &[&str] = &["tlsPort", "defaultMode"];
/// Elements of devices that may speak SPICE.
const SPICE_DEVICES: &[&str] = &["channel", "redirdev", "smartcard", "serial", "console"];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for video in guest.devices_named("video") {
        replace_video(draft, guest, video);
    }
    if guest.foreign {
        add_video(draft, guest);
    }
    if !guest.profile.offers(Offer::Spice) {
        graphics(draft, guest);
        spice_devices(draft, guest);
    }
    if !guest.profile.offers(Offer::UsbRedirection) {
        redirection(draft, guest);
    }
}

/// On x86 a display stays where the target has it.
pub(super) fn on_x86<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let known = &guest.profile.videos;
    let has = |model: &str| known.is_empty() || known.iter().any(|known| known == model);
    let models = guest.devices_named("video").filter_map(|video| video.child("model"));
    for model in models {
        let kind = model.value("type").unwrap_or_default();
        if !has(&kind) && !matches!(&*kind, "" | "default") {
            let to = if has("vga") { "vga" } else { "virtio" };
            let reason = format!("the target does not have '{kind}'; every guest has a driver for VGA");
            becomes(draft, model, to, &reason);
        }
    }
    if !guest.profile.offers(Offer::Spice) {
        graphics(draft, guest);
        spice_devices(draft, guest);
    }
    if !guest.profile.offers(Offer::UsbRedirection) {
        redirection(draft, guest);
    }
}

fn becomes<'d>(draft: &mut Draft<'d>, model: Element<'d>, to: &str, reason: &str) {
    draft.set(VIDEO_MODEL, reason, model, "type", to);
    for attribute in MODEL_ATTRIBUTES {
        draft.unset(VIDEO_MODEL, format!("{to} has no such memory"), model, attribute);
    }
    let driver = model.parent().and_then(|video| video.child("driver"));
    for element in model.child("acceleration").into_iter().chain(driver) {
        draft.delete(VIDEO_MODEL, reason, element);
    }
}

fn replace_video<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, video: Element<'d>) {
    let Some(model) = video.child("model") else {
        if guest.foreign {
            let new = Fresh::new("model").with("type", "virtio");
            draft.insert(VIDEO_MODEL, "the model is named", video, At::First, new);
        }
        return;
    };
    let kind = model.value("type").unwrap_or_default();
    if guest.profile.videos.iter().any(|known| *known == kind) {
        return;
    }
    if !guest.foreign && matches!(kind.as_ref(), "" | "default" | "bochs" | "vga" | "cirrus") {
        return;
    }
    let reason = format!("'{kind}' needs VGA, or does not exist on a virt machine");
    becomes(draft, model, "virtio", &reason);
}

/// Where there are graphics libvirt adds a display adapter; its model is better named.
fn add_video<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(devices) = guest.root.child("devices") else { return };
    let Some(last) = guest.devices_named("graphics").next_back() else { return };
    if guest.devices_named("video").len() == 0 && last.parent() == Some(devices) {
        let new = Fresh::new("video").holding(Fresh::new("model").with("type", "virtio"));
        let reason = "libvirt adds a display adapter to graphics; its model is named";
        draft.insert(VIDEO_MODEL, reason, devices, At::After(last), new);
    }
}

fn graphics<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let all = guest.devices_named("graphics");
    let mut vnc = all.clone().any(|graphics| says(graphics, "type", "vnc"));
    for spice in all.filter(|graphics| says(*graphics, "type", "spice")) {
        let reason = "the target's QEMU has no SPICE";
        if vnc {
            draft.delete(SPICE_GRAPHICS, format!("{reason}; the guest has VNC as well"), spice);
        } else {
            to_vnc(draft, spice, reason);
            vnc = true;
        }
        let text = "tell those who use the guest's display to connect by VNC: SPICE is not there any more";
        draft.step(SPICE_GRAPHICS, text, spice);
    }
}

fn to_vnc<'d>(draft: &mut Draft<'d>, spice: Element<'d>, reason: &str) {
    draft.set(SPICE_GRAPHICS, format!("{reason}: VNC instead"), spice, "type", "vnc");
    for attribute in SPICE_ATTRIBUTES {
        draft.unset(SPICE_GRAPHICS, format!("VNC has no {attribute}"), spice, attribute);
    }
    for child in spice.children() {
        if child.name() != "listen" || says(child, "type", "none") {
            draft.delete(SPICE_GRAPHICS, format!("VNC has no <{}>", child.name()), child);
        }
    }
}

fn spice_devices<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let speaks = |device: &Element<'_>| {
        device.value("type").is_some_and(|kind| matches!(kind.as_ref(), "spicevmc" | "spiceport"))
    };
    for device in guest.devices().filter(|d| SPICE_DEVICES.contains(&d.name())).filter(speaks) {
        let name = child_value(device, "target", "name").unwrap_or_default();
        let reason =
            format!("it works through SPICE, which the target does not have: the guest loses it ({name})");
        draft.delete(SPICE_DEVICE, reason.replace(" ()", ""), device);
    }
    for audio in guest.devices_named("audio").filter(|audio| says(*audio, "type", "spice")) {
        let reason = "the target has no SPICE for sound to go through: the guest is not heard";
        draft.set(SPICE_DEVICE, reason, audio, "type", "none");
        for child in audio.children() {
            draft.delete(SPICE_DEVICE, "it is a setting of SPICE", child);
        }
    }
}

fn redirection<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for device in guest.devices().filter(|d| matches!(d.name(), "redirdev" | "redirfilter")) {
        let reason =
            "the target's QEMU cannot redirect USB devices: the guest gets none of those who use its display";
        draft.delete(USB_REDIRECTION, reason, device);
    }
}
