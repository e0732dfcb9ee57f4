//! A definition as libvirt writes it.

use std::fmt::Write as _;

use super::Definition;
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
