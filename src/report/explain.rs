//! `explain INVENTORY GUEST HOST`: the whole story of one cell of the chart.

use super::check_text::cell;
use super::places::Places;
use crate::compat::Chart;

/// Why the verdict of `guest` on `host` (indices) is what it is, and what would change it.
pub fn explain(chart: &Chart<'_>, guest: usize, host: usize, places: &Places<'_>) -> String {
    let findings = chart.findings(guest, host);
    let mut out = cell(chart, (guest, host), &findings, places);
    if findings.is_empty() {
        out.push_str("No rule objects, and nothing that a rule needs is unknown.\n");
    }
    out
}
