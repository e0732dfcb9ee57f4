//! Devices that are parts of the old chipset, or have a counterpart that is a part of the new one.

use super::super::draft::Draft;
use super::super::guest::Guest;
use super::super::rules::I440FX_DEVICE;
use super::super::said::says;
use crate::compat::Rule;

/// An element of `<devices>`, its model, its model on q35, and why.
const MODELS: &[(&str, &str, &str, &str)] = &[
    ("sound", "ich6", "ich9", "the ICH9 is the south bridge of q35, and needs no conventional PCI slot"),
    (
        "watchdog",
        "ib700",
        "i6300esb",
        "libvirt 11.3 has the ib700 on i440fx only; the i6300esb is a PCI card",
    ),
];

pub(in super::super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    let rule: &Rule = I440FX_DEVICE;
    for (name, from, to, why) in MODELS {
        for device in guest.devices_named(name).filter(|device| says(*device, "model", from)) {
            draft.set(rule, format!("'{from}' becomes '{to}': {why}"), device, "model", to);
        }
    }
}
