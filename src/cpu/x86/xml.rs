//! A definition as libvirt writes it.

use std::fmt::Write as _;

use super::Definition;
use crate::model::{Arch, CpuSignature};
use crate::text::xml::{escape_attribute, escape_text};

/// The definition as a guest's `<cpu>` element, ended by a newline (`virCPUDefFormat`).
pub fn to_xml(cpu: &Definition) -> String {
    let matching = if cpu.strict { "strict" } else { "exact" };
    let mut out = format!("<cpu mode='custom' match='{matching}'>\n");
    if let Some(model) = &cpu.model {
        let fallback = escape_attribute(cpu.fallback.as_deref().unwrap_or("allow"));
        let _ = writeln!(out, "  <model fallback='{fallback}'>{}</model>", escape_text(model));
    }
    if let Some(vendor) = &cpu.vendor {
        let _ = writeln!(out, "  <vendor>{}</vendor>", escape_text(vendor));
    }
    if let Some(bits) = cpu.max_physical_bits {
        let _ = writeln!(out, "  <maxphysaddr mode='passthrough' limit='{bits}'/>");
    }
    for feature in &cpu.features {
        let policy = cpu.policy(feature).as_str();
        let _ = writeln!(out, "  <feature policy='{policy}' name='{}'/>", escape_attribute(&feature.name));
    }
    out.push_str("</cpu>\n");
    out
}

/// The definition as a host's `<cpu>` element (`virCPUDefFormat`): without policies, with what the
/// processor says it is.
pub fn host_to_xml(cpu: &Definition, signature: Option<CpuSignature>) -> String {
    let mut out = "<cpu>\n".to_owned();
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "  <{name}>{}</{name}>", escape_text(text));
    };
    line("arch", cpu.arch.as_ref().map_or("x86_64", Arch::as_str));
    cpu.model.iter().for_each(|model| line("model", model));
    cpu.vendor.iter().for_each(|vendor| line("vendor", vendor));
    if let Some(CpuSignature { family, model, stepping }) = signature {
        let _ = writeln!(out, "  <signature family='{family}' model='{model}' stepping='{stepping}'/>");
    }
    for feature in &cpu.features {
        let _ = writeln!(out, "  <feature name='{}'/>", escape_attribute(&feature.name));
    }
    out.push_str("</cpu>\n");
    out
}
