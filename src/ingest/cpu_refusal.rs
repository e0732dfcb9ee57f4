//! What libvirt does not take for a CPU definition, before it looks up any name in it (`virCPUDefParseXML`,
//! libvirt 9.0 and 11.3): the first fault in the order in which libvirt looks, in its words.

use crate::text::xml::Element;

/// libvirt's words for the fault, with the class of its error; none where it reads the `<cpu>`. As a host's it must
/// name an architecture and a model, as a guest's it may have a mode and policies.
pub(super) fn refusal(cpu: Element<'_>, side: Side) -> Option<String> {
    parse(cpu, side).err()
}

/// Whose the definition is taken for (`virCPUType`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// A host's where it names an architecture, else a guest's.
    Auto,
    /// A host's.
    Host,
}

type Parsed = Result<(), String>;

/// The architectures that libvirt knows (`virArchData`, libvirt 9.0, and `loongarch64`, which came later).
const ARCHES: [&str; 35] = [
    "alpha",
    "armv6l",
    "armv7b",
    "armv7l",
    "aarch64",
    "cris",
    "i686",
    "ia64",
    "lm32",
    "loongarch64",
    "m68k",
    "microblaze",
    "microblazeel",
    "mips",
    "mipsel",
    "mips64",
    "mips64el",
    "parisc",
    "parisc64",
    "ppc",
    "ppc64",
    "ppc64le",
    "ppcemb",
    "riscv32",
    "riscv64",
    "s390",
    "s390x",
    "sh4",
    "sh4eb",
    "sparc",
    "sparc64",
    "unicore32",
    "x86_64",
    "xtensa",
    "xtensaeb",
];

/// Whether libvirt knows an architecture of this name.
pub fn is_known_arch(name: &str) -> bool {
    ARCHES.contains(&name)
}

const MODES: [&str; 4] = ["custom", "host-model", "host-passthrough", "maximum"];
const MATCHES: [&str; 3] = ["minimum", "exact", "strict"];
const CHECKS: [&str; 4] = ["none", "partial", "full", "default"];
const SWITCH: [&str; 2] = ["on", "off"];
const YES_NO: [&str; 2] = ["yes", "no"];
const FALLBACKS: [&str; 2] = ["allow", "forbid"];
const POLICIES: [&str; 5] = ["force", "require", "optional", "disable", "forbid"];
const CACHE_MODES: [&str; 3] = ["emulate", "passthrough", "disable"];
const ADDRESS_MODES: [&str; 2] = ["emulate", "passthrough"];

fn xml<T>(what: impl std::fmt::Display) -> Result<T, String> {
    Err(format!("XML error: {what}"))
}

fn unsupported<T>(what: impl std::fmt::Display) -> Result<T, String> {
    Err(format!("unsupported configuration: {what}"))
}

fn parse(cpu: Element<'_>, side: Side) -> Parsed {
    let mut host = side == Side::Host;
    if side == Side::Auto && cpu.child("arch").is_some() {
        if cpu.attribute("match").is_some() {
            return xml("'arch' element cannot be used inside 'cpu' element with 'match' attribute'");
        }
        host = true;
    }
    let mode = mode(cpu, host)?;
    if host {
        of_host(cpu)?;
    }
    let model = text_of(cpu, "model");
    if host && model.is_none() {
        return xml("Missing CPU model name");
    }
    if !host && mode != "host-passthrough" && mode != "maximum" {
        naming(cpu)?;
    }
    if model.is_none() && text_of(cpu, "vendor").is_some() {
        return xml("CPU vendor specified without CPU model");
    }
    if let Some(topology) = cpu.child("topology") {
        for name in ["sockets", "dies", "cores", "threads"] {
            counted(topology, name, name != "dies")?;
        }
    }
    if model.is_none() && mode == "custom" && cpu.child("feature").is_some() {
        return xml("Non-empty feature list specified without CPU model");
    }
    features(cpu, host)?;
    caches(cpu)
}

/// The mode and the other attributes of the element; a host's counts as custom.
fn mode(cpu: Element<'_>, host: bool) -> Result<String, String> {
    let said = cpu.value("mode");
    let mode = match &said {
        Some(_) if host => return unsupported("Attribute mode is only allowed for guest CPU"),
        Some(mode) if !MODES.contains(&mode.as_ref()) => {
            return unsupported(format!("Invalid mode attribute '{mode}'"));
        }
        said => said.as_deref().unwrap_or("custom").to_owned(),
    };
    if !host {
        one_of(cpu, "match", &MATCHES)?;
        one_of(cpu, "check", &CHECKS)?;
    }
    one_of(cpu, "migratable", &SWITCH)?;
    if cpu.attribute("migratable").is_some() && mode != "host-passthrough" && mode != "maximum" {
        let only = "only allowed for 'host-passthrough' / 'maximum' CPU mode";
        return unsupported(format!("Attribute migratable is {only}"));
    }
    Ok(mode)
}

/// What only a host's definition has.
fn of_host(cpu: Element<'_>) -> Parsed {
    match text_of(cpu, "arch") {
        None => return xml("Missing CPU architecture"),
        Some(arch) if !is_known_arch(&arch) => return unsupported(format!("Unknown architecture {arch}")),
        Some(_) => {}
    }
    let version = cpu.child("microcode").and_then(|microcode| microcode.value("version"));
    if version.is_some_and(|version| !is_unsigned(&version)) {
        return unsupported("invalid microcode version");
    }
    if let Some(signature) = cpu.child("signature") {
        for name in ["family", "model", "stepping"] {
            unsigned(signature, name, true)?;
        }
    }
    let counter = cpu.children_named("counter").find(|one| one.value("name").as_deref() == Some("tsc"));
    let Some(counter) = counter else { return Ok(()) };
    unsigned(counter, "frequency", true)?;
    one_of(counter, "scaling", &YES_NO)
}

/// What stands beside the model's name; what is empty is taken for not there.
fn naming(cpu: Element<'_>) -> Parsed {
    let Some(model) = cpu.child("model") else { return Ok(()) };
    let said = |name| model.value(name).filter(|value| !value.is_empty());
    if said("fallback").is_some_and(|fallback| !FALLBACKS.contains(&fallback.as_ref())) {
        return unsupported("Invalid fallback attribute");
    }
    match said("vendor_id") {
        Some(id) if id.len() != 12 => xml("vendor_id must be exactly 12 characters long"),
        Some(id) if id.contains(',') => xml("vendor id is invalid"),
        _ => Ok(()),
    }
}

fn features(cpu: Element<'_>, host: bool) -> Parsed {
    let mut earlier: Vec<String> = Vec::new();
    for feature in cpu.children_named("feature") {
        let policy = feature.value("policy").filter(|_| !host);
        if policy.is_some_and(|policy| !POLICIES.contains(&policy.as_ref())) {
            return unsupported("Invalid CPU feature policy");
        }
        let Some(name) = feature.value("name").filter(|name| !name.is_empty()) else {
            return xml("Invalid CPU feature name");
        };
        if earlier.iter().any(|other| *other == name) {
            return xml(format!("CPU feature '{name}' specified more than once"));
        }
        earlier.push(name.into_owned());
    }
    Ok(())
}

fn caches(cpu: Element<'_>) -> Parsed {
    if let Some(cache) = cpu.child("cache") {
        let level = signed(cache, "level")?;
        if level.is_some_and(|level| !(1..=3).contains(&level)) {
            return xml("invalid CPU cache level, must be in range [1,3]");
        }
        required(cache, "mode")?;
        one_of(cache, "mode", &CACHE_MODES)?;
    }
    let Some(bits) = cpu.child("maxphysaddr") else { return Ok(()) };
    required(bits, "mode")?;
    one_of(bits, "mode", &ADDRESS_MODES)?;
    signed(bits, "bits").map(|_| ())
}

/// The text of the first child of this name; none where it is empty (`virXPathString`).
fn text_of(cpu: Element<'_>, name: &str) -> Option<String> {
    cpu.child(name).map(|child| child.untrimmed_text().into_owned()).filter(|text| !text.is_empty())
}

/// `virXMLPropEnum`
fn one_of(element: Element<'_>, name: &str, known: &[&str]) -> Parsed {
    let value = element.value(name).filter(|value| !known.contains(&value.as_ref()));
    value.map_or(Ok(()), |value| invalid(element, name, &format!("'{value}'.")))
}

fn required(element: Element<'_>, name: &str) -> Parsed {
    let missing = || xml(format!("Missing required attribute '{name}' in element '{}'", element.name()));
    element.attribute(name).map_or_else(missing, |_| Ok(()))
}

fn invalid<T>(element: Element<'_>, name: &str, why: &str) -> Result<T, String> {
    xml(format!("Invalid value for attribute '{name}' in element '{}': {why}", element.name()))
}

/// As C reads it: white space and a sign may stand before.
fn is_unsigned(text: &str) -> bool {
    text.trim_start().parse::<u64>().is_ok()
}

/// `virXMLPropUInt`
fn unsigned(element: Element<'_>, name: &str, needed: bool) -> Parsed {
    if needed {
        required(element, name)?;
    }
    match element.value(name) {
        Some(value) if !is_unsigned(&value) => {
            invalid(element, name, &format!("'{value}'. Expected non-negative integer value"))
        }
        _ => Ok(()),
    }
}

/// A number that must not be zero.
fn counted(element: Element<'_>, name: &str, needed: bool) -> Parsed {
    unsigned(element, name, needed)?;
    match element.value(name).map(|value| value.trim_start().parse::<u64>()) {
        Some(Ok(0)) => invalid(element, name, "Zero is not permitted"),
        _ => Ok(()),
    }
}

/// `virXMLPropInt`
fn signed(element: Element<'_>, name: &str) -> Result<Option<i64>, String> {
    let Some(value) = element.value(name) else { return Ok(None) };
    match value.trim_start().parse::<i64>() {
        Err(_) => invalid(element, name, &format!("'{value}'. Expected integer value")),
        Ok(number) if number < 0 => {
            invalid(element, name, &format!("'{value}'. Expected non-negative value"))
        }
        Ok(number) => Ok(Some(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::xml::Document;

    fn refused(text: &str, side: Side) -> Option<String> {
        let document = Document::parse(text).expect("XML");
        refusal(document.root(), side)
    }

    #[test]
    fn a_guests_definition_is_not_a_hosts() {
        let guest = "<cpu><model>Penryn</model></cpu>";
        assert_eq!(refused(guest, Side::Auto), None);
        assert_eq!(refused(guest, Side::Host).as_deref(), Some("XML error: Missing CPU architecture"));
        assert_eq!(refused("<cpu><arch>i686</arch><model>486</model></cpu>", Side::Host), None);
    }

    #[test]
    fn the_first_fault_in_libvirts_order_is_told() {
        let twice = "<cpu><model>486</model><feature name='vme'/><feature name='vme' policy='of'/></cpu>";
        let said = |text| refused(text, Side::Auto).expect("refused");
        assert_eq!(said(twice), "unsupported configuration: Invalid CPU feature policy");
        let then =
            "<cpu><model>486</model><feature name='vme'/><feature name='vme'/><feature policy='of'/></cpu>";
        assert_eq!(said(then), "XML error: CPU feature 'vme' specified more than once");
        let of_host = "<cpu><arch>i686</arch><model>486</model><feature name='vme' policy='of'/></cpu>";
        assert_eq!(refused(of_host, Side::Auto), None, "a host's features have no policies");
        assert_eq!(
            said("<cpu><topology sockets='0' cores='1' threads='1'/></cpu>"),
            "XML error: Invalid value for attribute 'sockets' in element 'topology': Zero is not permitted"
        );
    }
}
