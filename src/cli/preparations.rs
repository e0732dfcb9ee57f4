//! What a person must do for a guest to move.

use crate::compat::{Chart, Finding, GuestIndex, HostIndex, Modes, Severity};
use crate::model::Guest;
use crate::plan::{MoveMode, Preparation, When, disk_changed};
use crate::rewrite::{Step, Wish, rewrite_guest};

/// What a person must do for a guest to move to a host.
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
    findings.map(|finding| Preparation::new(finding.rule.as_ref(), text(&finding))).collect()
}

/// The rule of rewriting that speaks of the operating system on the disks.
const DISK: &str = "x86-guest-disk";
/// What firmware on ARM looks for.
const BOOTABLE: &str = "with an EFI system partition and \\EFI\\BOOT\\BOOTAA64.EFI";

/// What the rule asks for where an image is named: to have it, and to put it in the place of the disk.
fn from_image(guest: &Guest, to: &str, image: &str) -> [Preparation; 2] {
    let built = format!(
        "build the image for aarch64 that cluster.toml names, {image}, {BOOTABLE}, if it is not there"
    );
    let disks: Vec<_> = guest.storage.iter().filter(|disk| disk.device == "disk" && !disk.readonly).collect();
    let disk = match disks[..] {
        [disk] => disk.source.value.as_str(),
        _ => "the disk with its x86 system",
    };
    let told = signal(guest, guest.host.as_deref().unwrap_or(to), &guest.name);
    let put = format!("rename {disk}, and copy {image} to that name{told}");
    [Preparation::new(DISK, built), Preparation { when: When::Stopped, ..Preparation::new(DISK, put) }]
}

/// What the rule asks for where an image is yet to be built: that, in its own words, and to put it in the place of the disk.
fn from_nothing(text: String, guest: &Guest) -> [Preparation; 2] {
    let put = format!(
        "put the image for aarch64 in the place of the guest's disk{}",
        signal(guest, "the host that it leaves", "GUEST")
    );
    [Preparation::new(DISK, text), Preparation { when: When::Stopped, ..Preparation::new(DISK, put) }]
}

/// How the commands of a guest that runs are told to go on.
fn signal(guest: &Guest, from: &str, name: &str) -> String {
    if guest.running && guest.host.is_some() {
        format!("; then touch {} on {from}, for which the commands wait", disk_changed(name))
    } else {
        String::new()
    }
}

/// What rewriting leaves to a person; where an image is named, that is the one for the disk.
fn before_rebuild(chart: &Chart<'_>, guest: GuestIndex, host: HostIndex) -> Vec<Preparation> {
    let cluster = chart.cluster;
    let (guest, host) = (&cluster.guests[guest], &cluster.hosts[host]);
    let image = cluster.settings.images.get(&guest.name);
    let steps = match rewrite_guest(cluster, guest, &[host], &Wish::default()) {
        Ok((_, rewrite)) => rewrite.steps,
        Err(_) => Vec::new(),
    };
    let asked = |step: Step| match image {
        Some(image) if step.rule == DISK => from_image(guest, &host.name, image).into(),
        None if step.rule == DISK => from_nothing(step.text, guest).into(),
        _ => vec![Preparation::new(step.rule, step.text)],
    };
    steps.into_iter().flat_map(asked).collect()
}
