//! Keyboards and pointers.

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::rules::PS2_INPUT;
use super::said::says;
use crate::text::xml::Element;

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    let bus = if guest.has_usb() { "usb" } else { "virtio" };
    let inputs = guest.devices_named("input");
    let (old, kept): (Vec<_>, Vec<_>) = inputs.partition(|input| is_old(*input));
    let mut kinds: Vec<String> = kept.iter().map(|input| kind(*input)).collect();
    for input in old {
        replace(draft, input, bus, &mut kinds);
    }
    if guest.devices_named("graphics").len() > 0 {
        add(draft, guest, bus, &kinds);
    }
}

/// Whether it is on PS/2 or on Xen. libvirt puts mouse and keyboard of x86 on PS/2 where no bus is
/// said, and everything else on USB.
fn is_old(input: Element<'_>) -> bool {
    match input.value("bus") {
        Some(bus) => matches!(bus.as_ref(), "ps2" | "xen" | "parallels"),
        None => says(input, "type", "mouse") || says(input, "type", "keyboard"),
    }
}

fn kind(input: Element<'_>) -> String {
    input.value("type").unwrap_or_default().into_owned()
}

/// A mouse becomes a tablet, which points where the viewer points; what is there already is not
/// doubled.
fn replace<'d>(draft: &mut Draft<'d>, input: Element<'d>, bus: &str, kinds: &mut Vec<String>) {
    let to = match kind(input).as_str() {
        "mouse" | "tablet" => "tablet",
        _ => "keyboard",
    };
    if kinds.iter().any(|kind| kind == to) {
        return draft.delete(
            PS2_INPUT,
            format!("no PS/2 on a virt machine; the guest has a {to} already"),
            input,
        );
    }
    let reason = format!("no PS/2 on a virt machine: a {to} on {bus}");
    draft.set(PS2_INPUT, reason.as_str(), input, "type", to);
    draft.set(PS2_INPUT, reason, input, "bus", bus);
    kinds.push(to.to_owned());
}

/// A PC with graphics has a keyboard and a mouse, said or not; a `virt` machine has what is said.
fn add<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, bus: &'static str, kinds: &[String]) {
    let Some(devices) = guest.root.child("devices") else { return };
    let neighbour =
        guest.devices_named("input").next_back().or_else(|| guest.devices_named("graphics").next_back());
    let at = neighbour.filter(|n| n.parent() == Some(devices)).map_or(At::Last, At::After);
    for wanted in ["tablet", "keyboard"].into_iter().filter(|wanted| !kinds.iter().any(|kind| kind == wanted))
    {
        let reason =
            format!("a PC with graphics has a pointer and a keyboard by itself: a {wanted} on {bus}");
        let new = Fresh::new("input").with("type", wanted).with("bus", bus);
        draft.insert(PS2_INPUT, reason, devices, at, new);
    }
}
