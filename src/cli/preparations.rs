//! What a person must do before a guest moves.

use crate::compat::{Chart, Finding, GuestIndex, HostIndex, Modes, Severity};
use crate::model::Guest;
use crate::plan::{MoveMode, Preparation, disk_changed};
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

/// The rule of rewriting that speaks of the operating system on the disks.
const DISK: &str = "x86-guest-disk";

/// When and how the image that is built takes the place of the disk.
fn swap(guest: &Guest, to: &str, image: &str) -> String {
    let disks: Vec<_> = guest.storage.iter().filter(|disk| disk.device == "disk" && !disk.readonly).collect();
    let disk = match disks[..] {
        [disk] => disk.source.value.as_str(),
        _ => "the disk with its x86 system",
    };
    let when = match &guest.host {
        Some(from) => format!("when it is shut down on {from}, and before it is started on {to}"),
        None => format!("before it is started on {to}"),
    };
    // The commands of a guest that runs wait for the file.
    let told = guest.host.as_ref().filter(|_| guest.running).map_or_else(String::new, |from| {
        let file = disk_changed(&guest.name);
        format!("; then touch {file} on {from}, for which the commands wait")
    });
    format!(
        "build the image for aarch64 that cluster.toml names, {image}, if it is not there, with an EFI system partition and \\EFI\\BOOT\\BOOTAA64.EFI; \
         {when}: rename {disk}, and copy the image to that name{told}"
    )
}

/// What is to be done with an image that is yet to be built, in the words of the rule.
fn build(text: &str, guest: &Guest) -> String {
    let wait = if guest.running {
        format!(
            ", and touch {} on the host that it leaves, for which the commands wait",
            disk_changed("GUEST")
        )
    } else {
        String::new()
    };
    format!(
        "{text}; when it is shut down, and before it is started on the other host, put the image in place of its disk{wait}"
    )
}

/// What rewriting leaves to a person; where an image is built already, the disk's part is to put it in place.
fn before_rebuild(chart: &Chart<'_>, guest: GuestIndex, host: HostIndex) -> Vec<Preparation> {
    let cluster = chart.cluster;
    let (guest, host) = (&cluster.guests[guest], &cluster.hosts[host]);
    let image = cluster
        .settings
        .images
        .get(&guest.name)
        .map(|image| Preparation { rule: DISK.to_owned(), text: swap(guest, &host.name, image) });
    let steps = match rewrite_guest(cluster, guest, &[host], &Wish::default()) {
        Ok((_, rewrite)) => rewrite.steps,
        Err(_) => Vec::new(),
    };
    let open = steps.into_iter().filter(|step| image.is_none() || step.rule != DISK);
    let text = |rule: &str, text: String| if rule == DISK { build(&text, guest) } else { text };
    let steps = open.map(|step| Preparation { rule: step.rule.to_owned(), text: text(step.rule, step.text) });
    steps.collect::<Vec<_>>().into_iter().chain(image).collect()
}
