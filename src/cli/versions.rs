//! `portolan baseline --libvirt` and `--qemu`: hosts with other versions.

use std::str::FromStr;

use super::error::CliError;
use crate::cpu::x86::{ClusterInput, Members, Upgrade};
use crate::knowledge::x86::{map_of_release, map_releases, qemu_models, qemu_versions};
use crate::model::{Fact, Version};

/// A version for one host, or for all: `[HOST=]VERSION`.
#[derive(Clone, Debug)]
pub(super) struct OfHost {
    host: Option<String>,
    version: Version,
}

impl FromStr for OfHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, version) = match text.rsplit_once('=') {
            Some((host, version)) => (Some(host.to_owned()), version),
            None => (None, text),
        };
        let read = Version::parse(version).filter(|_| version.starts_with(|c: char| c.is_ascii_digit()));
        let wrong = || format!("'{version}' is no version, such as 10.0");
        Ok(Self { host, version: read.ok_or_else(wrong)? })
    }
}

/// The hosts that get other versions. What is said of one host goes before what is said of all.
pub(super) fn upgrades<'c>(
    members: &Members<'c>,
    libvirt: &[OfHost],
    qemu: &[OfHost],
) -> Result<Vec<Upgrade<'c>>, CliError> {
    for named in libvirt.iter().chain(qemu).filter_map(|one| one.host.as_deref()) {
        if members.hosts.iter().all(|host| host.name != named) {
            return Err(CliError::unknown("x86 host", named, members.hosts.iter().map(|host| host.name)));
        }
    }
    let each = members.hosts.iter().map(|host| {
        let (libvirt, qemu) = (version(host, libvirt), version(host, qemu));
        if libvirt.is_none() && qemu.is_none() {
            return Ok(None);
        }
        qemu.map_or(Ok(()), |qemu| known_qemu(qemu, members))?;
        let map = libvirt.map_or(Ok(host.map), |libvirt| map(libvirt, members))?;
        Ok(Some(Upgrade { host: *host, libvirt, qemu, map }))
    });
    Ok(each.collect::<Result<Vec<_>, CliError>>()?.into_iter().flatten().collect())
}

fn version(host: &ClusterInput<'_>, said: &[OfHost]) -> Option<Version> {
    let of_it = said.iter().rev().find(|one| one.host.as_deref() == Some(host.name));
    of_it.or_else(|| said.iter().rev().find(|one| one.host.is_none())).map(|one| one.version)
}

/// The CPU map of that libvirt: the one of a host that has it, else the built-in one of that release and no other.
fn map<'c>(libvirt: Version, members: &Members<'c>) -> Result<&'c crate::model::CpuMap, CliError> {
    let has = |host: &&ClusterInput<'_>| is_of(&host.platform.libvirt, libvirt);
    let told = map_of_release(libvirt).or_else(|| members.hosts.iter().find(has).map(|host| host.map));
    told.ok_or_else(|| {
        let known = listed(map_releases());
        CliError::Wrong(format!(
            "the CPU map of libvirt {} is not known; those of {known} are, and those of the inventory's hosts",
            short(libvirt)
        ))
    })
}

fn known_qemu(qemu: Version, members: &Members<'_>) -> Result<(), CliError> {
    let of_a_host = || members.hosts.iter().any(|host| is_of(&host.platform.qemu, qemu));
    if qemu_models(qemu).is_some() || of_a_host() {
        return Ok(());
    }
    let known = listed(qemu_versions());
    Err(CliError::Wrong(format!(
        "which models QEMU {} offers is not known; of {known} it is, and of the inventory's hosts",
        short(qemu)
    )))
}

fn is_of(fact: &Fact<Version>, version: Version) -> bool {
    fact.value().is_some_and(|known| known.release() == version.release())
}

fn short(version: Version) -> String {
    format!("{}.{}", version.major, version.minor)
}

fn listed(versions: impl Iterator<Item = Version>) -> String {
    versions.map(short).collect::<Vec<_>>().join(", ")
}
