//! `portolan rewrite --firmware`

use std::path::PathBuf;

use clap::ValueEnum;

use super::error::CliError;
use super::inventory::guests;
use super::output::file_name;
use super::rewrite::Rewritten;
use crate::ingest;
use crate::model::{Cluster, Guest, Host};
use crate::rewrite::{FirmwareWish, refit_firmware};

/// How guests are to get their firmware.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Firmware {
    /// UEFI that is named is chosen by libvirt
    Auto,
    /// Firmware that libvirt chooses is named
    Explicit,
    /// A PC that starts from a BIOS starts from UEFI
    Efi,
}

impl Firmware {
    pub(super) fn wish(self) -> FirmwareWish {
        match self {
            Self::Auto => FirmwareWish::Auto,
            Self::Explicit => FirmwareWish::Explicit,
            Self::Efi => FirmwareWish::Efi,
        }
    }
}

/// Guests of the inventory with their firmware said another way; where none is named, those of which something is to be said.
pub(super) fn of_inventory(
    what: &[PathBuf],
    names: &[String],
    how: Firmware,
) -> Result<Vec<Rewritten>, CliError> {
    let [inventory] = what else {
        return Err(CliError::Wrong("--firmware takes one inventory".to_owned()));
    };
    let cluster = ingest::read(inventory)?;
    let mut all = Vec::new();
    for guest in guests(&cluster, names)? {
        let guest = &cluster.guests[guest];
        match (home(&cluster, guest), names.is_empty()) {
            (Some(host), all_guests) => {
                let one = refitted(&cluster, guest, host, how)?;
                let done = &one.rewrite;
                let says = !(done.edits.is_empty() && done.steps.is_empty() && done.notices.is_empty());
                all.extend((says || !all_guests).then_some(one));
            }
            (None, true) => {}
            (None, false) => {
                let why = format!("{} is placed on no host, whose firmware would tell", guest.name);
                return Err(CliError::Wrong(why));
            }
        }
    }
    Ok(all)
}

fn home<'c>(cluster: &'c Cluster, guest: &Guest) -> Option<&'c Host> {
    cluster.hosts.iter().find(|host| Some(host.name.as_str()) == guest.host.as_deref())
}

fn refitted(cluster: &Cluster, guest: &Guest, host: &Host, how: Firmware) -> Result<Rewritten, CliError> {
    let done = refit_firmware(cluster, guest, host, how.wish());
    let (profile, rewrite) = done.map_err(|refusal| CliError::Wrong(refusal.to_string()))?;
    let (name, old) = (guest.name.clone(), cluster.sources.get(guest.source).text.to_string());
    Ok(Rewritten { file: format!("{}.xml", file_name(&name)), name, old, profile, rewrite })
}
