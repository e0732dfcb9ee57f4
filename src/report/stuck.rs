//! Guests that do not come up again where they are.

use super::words::at_most;
use crate::compat::{Answer, Chart, GuestIndex, HostIndex};

/// Guests on a host on which they would not start, were they shut down, each with the host.
pub(super) fn stuck(chart: &Chart<'_>) -> Vec<(GuestIndex, HostIndex)> {
    let at_home = |guest: GuestIndex| chart.home(guest).map(|home| (guest, home));
    let guests = (0..chart.cluster.guests.len()).filter_map(at_home);
    guests.filter(|&(guest, home)| chart.assess(guest, home).cold == Answer::No).collect()
}

/// Guests that are named in a line.
const NAMED: usize = 12;

/// They by name, for people; nothing where there are none.
pub fn stuck_text(chart: &Chart<'_>) -> String {
    let all = stuck(chart);
    if all.is_empty() {
        return String::new();
    }
    let names = at_most(NAMED, all.iter().map(|&(guest, _)| chart.cluster.guests[guest].name.as_str()));
    format!("\nWould not start again where they are, were they shut down (the report says why)\n  {names}\n")
}
