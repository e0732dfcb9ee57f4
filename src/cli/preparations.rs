//! What a person must do for a guest to move.

use super::output::file_name;
use crate::compat::{Chart, Finding, GuestIndex, HostIndex, Modes, Severity};
use crate::model::Guest;
use crate::plan::{MoveMode, Preparation, When};
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
    let to = &chart.cluster.hosts[host].name;
    findings.map(|finding| Preparation::new(finding.rule.as_ref(), asked(&finding, to))).collect()
}

/// What a finding asks for, with the name of the host.
fn asked(finding: &Finding, host: &str) -> String {
    let remedy = finding.remedy.replace("on the host", &format!("on {host}"));
    let remedy = remedy.replace("to the host", &format!("to {host}"));
    format!("{}: {remedy}", finding.message)
}

/// The rule of rewriting that speaks of the operating system on the disks.
const DISK: &str = "x86-guest-disk";
/// What firmware on ARM looks for.
const BOOTABLE: &str = "with an EFI system partition and \\EFI\\BOOT\\BOOTAA64.EFI";

/// The rule that speaks of disks that only the guest's host has.
const COPY: &str = "disk-to-copy";

/// To have an image: the one that is named, or one that is built as the rule says.
fn build(text: String, image: Option<&String>) -> Preparation {
    let named = format!(
        "build the image for aarch64 that cluster.toml names ([[images]]), {BOOTABLE}, if it is not there yet"
    );
    Preparation::new(DISK, image.map_or(text, |_| named))
}

/// To put it in the place of the disk that the guest starts from.
fn put(guest: &Guest, to: &str, image: Option<&String>) -> Preparation {
    let disk = guest.system_disk().map(|disk| (disk.target.as_str(), disk.source.value.as_str()));
    let put = match (disk, image) {
        (Some((name, file)), image) => {
            let image = image.map_or("the image for aarch64", String::as_str);
            format!(
                "on {to}: rename {file} ({name}), which the way back needs, and copy {image} to that name"
            )
        }
        (None, _) => format!("on {to}: put the image for aarch64 where the guest starts from"),
    };
    Preparation { when: When::Stopped, ..Preparation::new(DISK, put + &others(guest)) }
}

/// The disks that stay what they are.
fn others(guest: &Guest) -> String {
    let system = guest.system_disk().map(|disk| &disk.target);
    let others = guest.storage.iter().filter(|disk| !disk.readonly && Some(&disk.target) != system);
    let names: Vec<&str> = others.map(|disk| disk.target.as_str()).collect();
    match names[..] {
        [] => String::new(),
        [one] => format!("; {one} stays as it is"),
        _ => format!("; {} stay as they are", names.join(" and ")),
    }
}

/// What rewriting leaves to a person, with the names of host and file, and copies of the disks that only the guest's host has and it
/// keeps.
fn before_rebuild(chart: &Chart<'_>, guest: GuestIndex, host: HostIndex) -> Vec<Preparation> {
    let cluster = chart.cluster;
    let (about, target) = (&cluster.guests[guest], &cluster.hosts[host]);
    let image = cluster.settings.images.get(&about.name);
    let steps = match rewrite_guest(cluster, about, &[target], &Wish::default()) {
        Ok((_, rewrite)) => rewrite.steps,
        Err(_) => Vec::new(),
    };
    let anew = format!("guests/{}.xml", file_name(&about.name));
    let named = |text: &str| text.replace("the new domain XML", &anew).replace("the target", &target.name);
    let is_disk = |step: &Step| step.rule == DISK;
    let putting = steps.iter().any(is_disk).then(|| put(about, &target.name, image));
    let left = steps.into_iter().map(|step| match step.rule {
        DISK => build(step.text, image),
        rule => Preparation::new(rule, named(&step.text)),
    });
    let copies = chart.findings(guest, host).into_iter().filter(|finding| finding.rule == COPY);
    let copy = |finding: Finding| Preparation::new(COPY, asked(&finding, &target.name));
    left.collect::<Vec<_>>().into_iter().chain(copies.map(copy)).chain(putting).collect()
}
