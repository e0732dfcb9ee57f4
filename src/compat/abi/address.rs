//! Where devices are plugged in (`virDomainDeviceInfoCheckABIStability`, libvirt 9.0).

use super::device::Device;
use super::read::number;
use super::{AbiSaid, AbiSide, Found};
use crate::text::Span;

/// The kinds of addresses of which something is compared: libvirt's name for it, the attributes, and whether libvirt gives a
/// device that has none one. USB ports and serial ports' addresses it does not give at that point (seen with libvirt 9.0).
const KINDS: [Kind; 7] = [
    Kind { name: "pci", property: "device PCI address", attributes: &["domain", "bus", "slot", "function"] },
    // `target` is not compared.
    Kind { name: "drive", property: "device drive address", attributes: &["controller", "bus", "unit"] },
    Kind {
        name: "virtio-serial",
        property: "device virtio serial address",
        attributes: &["controller", "bus", "port"],
    },
    Kind { name: "ccid", property: "device ccid address", attributes: &["controller", "slot"] },
    Kind { name: "isa", property: "device isa address", attributes: &["iobase", "irq"] },
    Kind { name: "dimm", property: "device dimm slot", attributes: &["slot"] },
    Kind { name: "dimm", property: "device dimm base address", attributes: &["base"] },
];

/// Kinds that libvirt does not give to a device without an address when it compares.
const NOT_GIVEN: [&str; 2] = ["usb", "isa"];

struct Kind {
    name: &'static str,
    property: &'static str,
    attributes: &'static [&'static str],
}

/// Compares where two devices are plugged in.
pub(super) fn compare(source: &Device<'_>, target: &Device<'_>, found: &mut Found) {
    let (one, two) = (Address::of(source), Address::of(target));
    match (one, two) {
        (Some(one), Some(two)) => one.compare(&two, found),
        (Some(one), None) => found.compare("device address type", one.kind(), missing(&one, target)),
        (None, Some(two)) => found.compare("device address type", missing(&two, source), two.kind()),
        (None, None) => {}
    }
    acpi_index(source, target, found);
}

/// A device without an address where the other has `other`.
fn missing(other: &Address<'_, '_>, device: &Device<'_>) -> AbiSide {
    let said = if NOT_GIVEN.contains(&other.kind.as_str()) {
        AbiSaid::Value("none".to_owned())
    } else {
        AbiSaid::LeftToLibvirt
    };
    AbiSide { said, span: device.nearest("") }
}

fn acpi_index(source: &Device<'_>, target: &Device<'_>, found: &mut Found) {
    let index = |device: &Device<'_>| {
        let said = device.value("acpi", Some("index"));
        let (said, span) = said.unwrap_or_else(|| ("0".to_owned(), device.nearest("acpi")));
        AbiSide { said: AbiSaid::Value(said), span }
    };
    found.compare("ACPI index", index(source), index(target));
}

/// The address that a device has.
struct Address<'a, 'd> {
    device: &'a Device<'d>,
    kind: String,
    span: Span,
}

impl<'a, 'd> Address<'a, 'd> {
    fn of(device: &'a Device<'d>) -> Option<Self> {
        let (kind, _) = device.value("address", Some("type"))?;
        Some(Self { device, kind, span: device.nearest("address") })
    }

    fn kind(&self) -> AbiSide {
        AbiSide { said: AbiSaid::Value(self.kind.clone()), span: self.span }
    }

    fn compare(&self, other: &Self, found: &mut Found) {
        if self.kind != other.kind {
            return found.compare("device address type", self.kind(), other.kind());
        }
        for kind in KINDS.iter().filter(|kind| kind.name == self.kind) {
            found.compare(kind.property, self.parts(kind), other.parts(kind));
        }
    }

    fn left(&self) -> AbiSide {
        AbiSide { said: AbiSaid::LeftToLibvirt, span: self.span }
    }

    /// The address as libvirt writes it: numbers, with colons between them; of PCI in hexadecimal.
    fn parts(&self, kind: &Kind) -> AbiSide {
        let part = |name: &&str| {
            let said = self.device.said("address", name).unwrap_or_else(|| "0".to_owned());
            number(&said).ok_or(said)
        };
        let parts: Vec<Result<u64, String>> = kind.attributes.iter().map(part).collect();
        let said = match &parts[..] {
            // No device is at 0:0.0, and the first port of a virtio-serial bus is libvirt's to give: such addresses are none.
            [Ok(0), Ok(0), Ok(0), Ok(_)] => return self.left(),
            [Ok(_), Ok(_), Ok(0)] if kind.name == "virtio-serial" => return self.left(),
            [Ok(domain), Ok(bus), Ok(slot), Ok(function)] => {
                format!("{domain:04x}:{bus:02x}:{slot:02x}.{function}")
            }
            parts => {
                let spelled = |part: &Result<u64, String>| match part {
                    Ok(number) => number.to_string(),
                    Err(said) => said.clone(),
                };
                parts.iter().map(spelled).collect::<Vec<_>>().join(":")
            }
        };
        AbiSide { said: AbiSaid::Value(said), span: self.span }
    }
}
