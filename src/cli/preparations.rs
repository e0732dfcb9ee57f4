//! What a person must do before a guest moves.

use crate::compat::{Chart, Finding, GuestIndex, HostIndex, Modes, Severity};
use crate::plan::{MoveMode, Preparation};
use crate::rewrite::{Wish, rewrite_guest};

/// What a person must do before a guest moves to a host.
pub(super) fn preparations(
    chart: &Chart<'_>,
    (guest, host): (GuestIndex, HostIndex),
    mode: MoveMode,
) -> Vec<Preparation> {
    match mode {
        MoveMode::Rebuild => before_rebuild(chart, guest, host),
        MoveMode::Cold => before_cold(chart, guest, host),
        MoveMode::Live | MoveMode::Placed => Vec::new(),
    }
}

/// What the warnings about a cold move ask for.
fn before_cold(chart: &Chart<'_>, guest: GuestIndex, host: HostIndex) -> Vec<Preparation> {
    let asks = |finding: &Finding| finding.severity == Severity::Warning && finding.modes == Modes::COLD;
    let findings = chart.findings(guest, host).into_iter().filter(asks);
    let text = |finding: &Finding| format!("{}: {}", finding.message, finding.remedy);
    findings.map(|finding| Preparation { rule: finding.rule.to_string(), text: text(&finding) }).collect()
}

fn before_rebuild(chart: &Chart<'_>, guest: GuestIndex, host: HostIndex) -> Vec<Preparation> {
    let cluster = chart.cluster;
    let (guest, host) = (&cluster.guests[guest], &cluster.hosts[host]);
    let image = cluster.settings.images.get(&guest.name).map(|image| Preparation {
        rule: "x86-guest-disk".to_owned(),
        text: format!("put the image built for aarch64 in place of the guest's disk: {image}"),
    });
    let steps = match rewrite_guest(cluster, guest, &[host], &Wish::default()) {
        Ok((_, rewrite)) => rewrite.steps,
        Err(_) => Vec::new(),
    };
    let steps = steps.into_iter().map(|step| Preparation { rule: step.rule.to_owned(), text: step.text });
    steps.chain(image).collect()
}
