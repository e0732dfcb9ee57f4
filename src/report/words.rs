//! Words that several texts about CPUs share.

use super::baseline::shortened;

/// The vendor, or that there is none.
pub(super) fn vendor_name(vendor: &str) -> &str {
    if vendor.is_empty() { "unknown vendor" } else { vendor }
}

/// `1 feature`, `2 features`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// How many there are, and which.
pub(super) fn listed(features: &[String]) -> String {
    let names: Vec<&str> = features.iter().map(String::as_str).collect();
    format!("{}: {}", counted(features.len(), "feature"), shortened(&names))
}
