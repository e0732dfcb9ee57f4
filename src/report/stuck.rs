//! Guests that do not come up again where they are.

use crate::compat::{Answer, Chart, GuestIndex, HostIndex};

/// Guests on a host on which they would not start, were they shut down, each with the host.
pub fn stuck(chart: &Chart<'_>) -> Vec<(GuestIndex, HostIndex)> {
    let at_home = |guest: GuestIndex| chart.home(guest).map(|home| (guest, home));
    let guests = (0..chart.cluster.guests.len()).filter_map(at_home);
    guests.filter(|&(guest, home)| chart.assess(guest, home).cold == Answer::No).collect()
}
