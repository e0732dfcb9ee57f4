//! Words that several texts share.

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

/// The names of up to three, and how many more there are.
pub(super) fn some<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let first: Vec<&str> = names.take(3).collect();
    match count - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
