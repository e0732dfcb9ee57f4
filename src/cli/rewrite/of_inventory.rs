//! `portolan rewrite INVENTORY --to HOST`

use std::path::Path;

use rayon::prelude::*;

use super::found::Found;
use super::pin::{self, Baselines};
use super::rewritten::{Rewritten, Told};
use crate::cli::error::CliError;
use crate::cli::inventory::{guests, host};
use crate::model::{Cluster, Guest, Host};
use crate::rewrite::{Profile, Refusal, Rewrite, Wish, rewrite_guest};
use crate::{ingest, report};

/// Guests of an inventory on their way to hosts of it.
pub(super) struct Way<'w> {
    /// The hosts' names.
    pub(super) to: &'w [String],
    /// The guests' names; all guests where there is none.
    pub(super) guests: &'w [String],
    /// How they are rewritten.
    pub(super) wish: Wish,
    /// The baselines that they are pinned to, where they are.
    pub(super) baselines: Option<Baselines<'w>>,
}

impl Way<'_> {
    /// The guests that are named; where none is, all, and those that the hosts cannot run are told and left out.
    pub(super) fn rewritten(&self, inventory: &Path) -> Result<Found, CliError> {
        let cluster = ingest::read(inventory)?;
        let at = |name: &String| Ok(&cluster.hosts[host(&cluster, name)?]);
        let hosts = self.to.iter().map(at).collect::<Result<Vec<_>, CliError>>()?;
        let baselines = self.baselines.as_ref().map(|from| pin::targets(&cluster, from)).transpose()?;
        let one = |guest: usize| {
            let guest = &cluster.guests[guest];
            let groups = baselines.as_deref();
            let cpu = groups.map(|groups| pin::on_hosts(guest, self.to, groups)).transpose()?.flatten();
            Ok(of_guest(&cluster, guest, &hosts, &Wish { cpu, ..self.wish.clone() }))
        };
        let all: Vec<Result<Rewritten, Refusal>> =
            guests(&cluster, self.guests)?.into_par_iter().map(one).collect::<Result<_, CliError>>()?;
        let mut found = Found::default();
        for one in all {
            match one {
                Ok(one) => found.guests.push(Ok(one)),
                Err(refusal) => found.refused.push(refusal.to_string()),
            }
        }
        match found.refused.first() {
            Some(refusal) if found.guests.is_empty() || !self.guests.is_empty() => {
                Err(CliError::Wrong(refusal.clone()))
            }
            _ => Ok(found),
        }
    }
}

fn of_guest(cluster: &Cluster, guest: &Guest, hosts: &[&Host], wish: &Wish) -> Result<Rewritten, Refusal> {
    let (profile, rewrite) = rewrite_guest(cluster, guest, hosts, wish)?;
    Ok(told(cluster, guest, &profile, &rewrite))
}

/// A guest of the inventory with its new definition.
pub(super) fn told(cluster: &Cluster, guest: &Guest, profile: &Profile, rewrite: &Rewrite) -> Rewritten {
    let source = cluster.sources.get(guest.source);
    let document = report::rewrite_document(&guest.name, &source.text, profile, rewrite);
    Rewritten {
        name: guest.name.clone(),
        from: source.path.clone(),
        old: source.text.to_string(),
        told: Told::Rewrite(Box::new(document), rewrite.budget.to_string()),
        blocked: rewrite.is_blocked(),
    }
}
