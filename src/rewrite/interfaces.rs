//! Network interfaces.

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::rules::{NETWORK_MODEL, OPTION_ROM};
use super::said::says;
use crate::text::xml::Element;

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    for interface in guest.devices_named("interface") {
        if !says(interface, "type", "hostdev") {
            model(draft, interface);
            option_rom(draft, interface);
        }
    }
}

fn model<'d>(draft: &mut Draft<'d>, interface: Element<'d>) {
    let Some(model) = interface.child("model") else {
        let at = ["source", "mac"].iter().find_map(|name| interface.child(name));
        let reason = "no model is named; a PC's default is an emulated adapter, a virt machine's virtio";
        let new = Fresh::new("model").with("type", "virtio");
        return draft.insert(NETWORK_MODEL, reason, interface, at.map_or(At::Last, At::After), new);
    };
    let kind = model.value("type").unwrap_or_default();
    if !matches!(kind.as_ref(), "virtio" | "usb-net") {
        let reason = format!("'{kind}' is an emulated adapter; virtio is what every ARM kernel has");
        draft.set(NETWORK_MODEL, reason, model, "type", "virtio");
    }
}

fn option_rom<'d>(draft: &mut Draft<'d>, interface: Element<'d>) {
    if let Some(rom) = interface.child("rom").filter(|rom| rom.attribute("file").is_some()) {
        draft.delete(OPTION_ROM, "an option ROM holds x86 code", rom);
    }
}
