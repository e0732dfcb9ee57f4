//! `portolan rewrite --firmware`

use std::path::Path;

use clap::ValueEnum;
use rayon::prelude::*;

use super::of_inventory::told;
use super::rewritten::Rewritten;
use crate::cli::error::CliError;
use crate::cli::inventory::guests;
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
    inventory: &Path,
    names: &[String],
    how: Firmware,
) -> Result<Vec<Rewritten>, CliError> {
    let cluster = ingest::read(inventory)?;
    let named = !names.is_empty();
    let one = |guest: usize| {
        let guest = &cluster.guests[guest];
        match home(&cluster, guest) {
            Some(host) => refitted(&cluster, guest, host, how).map(Some),
            None if named => Err(CliError::Wrong(format!(
                "{} is placed on no host, whose firmware would tell",
                guest.name
            ))),
            None => Ok(None),
        }
    };
    let all: Vec<Option<Rewritten>> =
        guests(&cluster, names)?.into_par_iter().map(one).collect::<Result<_, _>>()?;
    Ok(all.into_iter().flatten().filter(|one| named || one.says_something()).collect())
}

fn home<'c>(cluster: &'c Cluster, guest: &Guest) -> Option<&'c Host> {
    cluster.hosts.iter().find(|host| Some(host.name.as_str()) == guest.host.as_deref())
}

fn refitted(cluster: &Cluster, guest: &Guest, host: &Host, how: Firmware) -> Result<Rewritten, CliError> {
    let done = refit_firmware(cluster, guest, host, how.wish());
    let (profile, done) = done.map_err(|refusal| CliError::Wrong(refusal.to_string()))?;
    Ok(told(cluster, guest, &profile, &done))
}
