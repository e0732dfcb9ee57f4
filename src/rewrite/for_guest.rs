//! A guest of a cluster rewritten for one of its hosts.

use super::{Gap, Profile, Rewrite, RewriteError, rewrite};
use crate::model::{Cluster, Guest, Host, VirtType};
use crate::text::LineIndex;

/// Why a guest cannot be rewritten for a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The host cannot be a target.
    #[error("{guest} cannot be rewritten for {host}: {gap}")]
    Host {
        /// The guest.
        guest: String,
        /// The host.
        host: String,
        /// Why not.
        gap: Gap,
    },
    /// The guest's document cannot be rewritten.
    #[error("{file}{}: {error}", .line.map_or_else(String::new, |line| format!(":{line}")))]
    Guest {
        /// The document.
        file: String,
        /// The line, where the fault has one.
        line: Option<u32>,
        /// What is wrong.
        error: RewriteError,
    },
}

/// Rewrites `guest`'s stored definition for `host`, run as `virt_type`: KVM where none is given
/// and the host has it, else emulated.
///
/// # Errors
/// [`Refusal`], where the host cannot be a target or the document is no domain's XML.
pub fn rewrite_guest(
    cluster: &Cluster,
    guest: &Guest,
    host: &Host,
    virt_type: Option<VirtType>,
) -> Result<(Profile, Rewrite), Refusal> {
    let profile = profile_of(guest, host, virt_type)?;
    let source = cluster.sources.get(guest.source);
    let rewritten =
        rewrite(&source.text, &profile).map_err(|error| refused(&source.path, &source.text, error))?;
    Ok((profile, rewritten))
}

fn profile_of(guest: &Guest, host: &Host, virt_type: Option<VirtType>) -> Result<Profile, Refusal> {
    let usual = || if host.platform.kvm.value() == Some(&false) { VirtType::Qemu } else { VirtType::Kvm };
    Profile::for_host(&host.name, &host.platform, virt_type.unwrap_or_else(usual))
        .map_err(|gap| Refusal::host(guest, host, gap))
}

impl Refusal {
    /// The host cannot be a target for the guest.
    pub(super) fn host(guest: &Guest, host: &Host, gap: Gap) -> Self {
        Self::Host { guest: guest.name.clone(), host: host.name.clone(), gap }
    }
}

/// The document at `file` cannot be rewritten.
pub(super) fn refused(file: &str, text: &str, error: RewriteError) -> Refusal {
    Refusal::Guest { file: file.to_owned(), line: line_of(text, &error), error }
}

fn line_of(text: &str, error: &RewriteError) -> Option<u32> {
    match error {
        RewriteError::Xml(error) => Some(LineIndex::new(text).position(text, error.offset).line),
        RewriteError::NotADomain(_) | RewriteError::NoType | RewriteError::Splice(_) => None,
    }
}
