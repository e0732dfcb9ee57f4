//! What one side says of a property, in a form in which two can be compared.

use std::collections::BTreeMap;

use super::device::Device;
use super::{AbiSaid, AbiSide, Found};
use crate::knowledge::{AbiDefault, AbiKind, AbiProperty};
use crate::model::Memory;
use crate::text::Span;
use crate::text::xml::Element;

/// The options of virtio devices that are compared (`virDomainVirtioOptionsCheckABIStability`).
const OPTIONS: [&str; 4] = ["iommu", "ats", "packed", "page_per_vq"];

/// What `device` says of `property`.
pub(super) fn side(property: &AbiProperty, device: &Device<'_>) -> AbiSide {
    let said = match property.kind {
        AbiKind::State => state(property, device),
        AbiKind::Once => device.at(property.path).map(|at| (stands(), at.start_tag())),
        AbiKind::Inside => device.at(property.path).map(|at| {
            let names: Vec<_> = at.children().map(Element::name).collect();
            (AbiSaid::Value(names.join(" ")), at.span())
        }),
        AbiKind::Enabled => device
            .value(property.path, property.attribute)
            .filter(|_| device.said(property.path, "state").is_none_or(|state| state == "on"))
            .map(|(text, span)| (AbiSaid::Value(text), span)),
        AbiKind::Entries => {
            device.at(property.path).filter(|at| is_told(*at)).map(|at| (stands(), at.start_tag()))
        }
        AbiKind::Readonly => readonly(device),
        _ => device
            .value(property.path, property.attribute)
            .map(|(text, span)| (canonical(property, device, &text), span)),
    };
    match said {
        Some((said, span)) => AbiSide { said, span },
        None => AbiSide { said: absent(property.absent), span: device.nearest(property.path) },
    }
}

fn absent(default: AbiDefault) -> AbiSaid {
    match default {
        AbiDefault::Value(Some(value)) => AbiSaid::Value(value.to_owned()),
        AbiDefault::Value(None) | AbiDefault::Same => AbiSaid::Nothing,
        AbiDefault::Chosen => AbiSaid::LeftToLibvirt,
    }
}

/// An element that stands there, as opposed to [`AbiSaid::Nothing`].
fn stands() -> AbiSaid {
    AbiSaid::Value("yes".to_owned())
}

fn state(property: &AbiProperty, device: &Device<'_>) -> Option<(AbiSaid, Span)> {
    let element = device.at(property.path)?;
    let said = device.value(property.path, Some("state"));
    let (said, span) = said.unwrap_or_else(|| ("on".to_owned(), element.start_tag()));
    Some((AbiSaid::Value(said), span))
}

/// Whether a block of SMBIOS says anything: entries without a name are none.
pub(super) fn is_told(block: Element<'_>) -> bool {
    block.children_named("entry").any(|entry| entry.attribute("name").is_some())
}

/// A CD-ROM is read-only whether or not it is said (`virDomainDiskDefPostParse`).
fn readonly(device: &Device<'_>) -> Option<(AbiSaid, Span)> {
    let written = device.at("readonly").map(|element| (stands(), element.span()));
    let medium = device.value("", Some("device")).filter(|(kind, _)| kind == "cdrom");
    written.or_else(|| medium.map(|(_, span)| (stands(), span)))
}

/// Numbers without their spelling, addresses without their case; what cannot be read, as it stands.
fn canonical(property: &AbiProperty, device: &Device<'_>, text: &str) -> AbiSaid {
    let number = || number(text);
    let unit = || device.said(property.path, "unit");
    let said = match property.kind {
        AbiKind::Number => number().map(|number| number.to_string()),
        AbiKind::Power => number().and_then(u64::checked_next_power_of_two).map(|number| number.to_string()),
        AbiKind::Kib => {
            Memory::parse(text, &unit().unwrap_or_default()).map(|amount| amount.as_kib().to_string())
        }
        // Which unit libvirt takes for one that is not told is not known.
        AbiKind::Size => match unit() {
            Some(unit) => {
                Memory::parse(text, &unit).map(|amount| amount.as_kib().saturating_mul(1024).to_string())
            }
            None => return AbiSaid::LeftToLibvirt,
        },
        AbiKind::Mac => Some(text.to_ascii_lowercase()),
        // An empty <genid/> asks for a new one.
        AbiKind::Uuid if text.is_empty() => return AbiSaid::LeftToLibvirt,
        AbiKind::Uuid => Some(text.replace('-', "").to_ascii_lowercase()),
        _ => None,
    };
    AbiSaid::Value(said.unwrap_or_else(|| text.to_owned()))
}

/// A number in decimal, or in hexadecimal after `0x`.
pub(super) fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Machine types. The newest version of one goes by its bare name as well, and which that is depends on QEMU.
pub(super) fn machine(property: &AbiProperty, source: &Device<'_>, target: &Device<'_>, found: &mut Found) {
    let (mut one, mut two) = (side(property, source), side(property, target));
    let bare = |side: &AbiSide| matches!(&side.said, AbiSaid::Value(name) if !name.contains('.'));
    if one.said != two.said && bare(&two) {
        two.said = AbiSaid::LeftToLibvirt;
    } else if one.said != two.said && bare(&one) {
        one.said = AbiSaid::LeftToLibvirt;
    }
    found.compare(property.property, one, two);
}

/// The options of a device that has them only where it says something in `<driver>`. A `<driver>` that says nothing goes with
/// one that does, and with none (seen with libvirt 9.0).
pub(super) fn virtio(property: &AbiProperty, source: &Device<'_>, target: &Device<'_>, found: &mut Found) {
    let (one, two) = (source.at(property.path), target.at(property.path));
    if one.is_some() && two.is_some() {
        return options(property, source, target, found);
    }
    let says = |device: &Device<'_>| match device
        .at(property.path)
        .filter(|driver| counts(property, device, *driver))
    {
        Some(driver) => AbiSide { said: stands(), span: driver.start_tag() },
        None => AbiSide { said: AbiSaid::Nothing, span: device.nearest("") },
    };
    found.compare(property.property, says(source), says(target));
}

/// Whether libvirt keeps what `driver` says. Of a network card that is not virtio it keeps the options alone.
fn counts(property: &AbiProperty, device: &Device<'_>, driver: Element<'_>) -> bool {
    let option = driver.attributes().any(|attribute| OPTIONS.contains(&attribute.name()));
    let card = device.element.is_some_and(|element| element.name() == "interface");
    let other_model = card && device.said("model", "type").is_some_and(|model| !model.starts_with("virtio"));
    option || property.kind == AbiKind::Driver && !other_model && driver.attributes().next().is_some()
}

/// The options themselves.
pub(super) fn options(property: &AbiProperty, source: &Device<'_>, target: &Device<'_>, found: &mut Found) {
    for option in OPTIONS {
        let side = |device: &Device<'_>| {
            let said = device.value(property.path, Some(option));
            let (said, span) = said.unwrap_or_else(|| ("default".to_owned(), device.nearest(property.path)));
            AbiSide { said: AbiSaid::Value(said), span }
        };
        found.compare(&format!("device {option} option"), side(source), side(target));
    }
}

/// Brothers that have names: each by its own.
pub(super) fn keyed(property: &AbiProperty, source: &Device<'_>, target: &Device<'_>, found: &mut Found) {
    let (path, name) = property.path.rsplit_once('/').unwrap_or(("", property.path));
    let entries = |device: &Device<'_>| -> BTreeMap<String, AbiSide> {
        let around = device.at(path).into_iter();
        let all = around.flat_map(|around| around.children_named(name));
        let read = |entry: Element<'_>| {
            let said = AbiSaid::Value(entry.text().into_owned());
            Some((entry.value("name")?.into_owned(), AbiSide { said, span: entry.span() }))
        };
        all.filter_map(read).collect()
    };
    let (one, two) = (entries(source), entries(target));
    let none = |device: &Device<'_>| AbiSide { said: AbiSaid::Nothing, span: device.nearest(path) };
    let names: std::collections::BTreeSet<_> = one.keys().chain(two.keys()).collect();
    for name in names {
        let source = one.get(name).cloned().unwrap_or_else(|| none(source));
        let target = two.get(name).cloned().unwrap_or_else(|| none(target));
        // libvirt's word for it, whoever made what.
        let word = if name == "manufacturer" { "vendor" } else { name.as_str() };
        found.compare(&format!("{} {word}", property.property), source, target);
    }
}
