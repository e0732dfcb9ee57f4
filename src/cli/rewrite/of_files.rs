//! `portolan rewrite FILE.xml… --profile NAME`

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::rewritten::{Rewritten, Told};
use super::source;
use crate::cli::error::CliError;
use crate::report;
use crate::rewrite::{Profile, rewrite};

/// The guests of these files, in this order, each rewritten for `profile` or told why not.
pub(super) fn rewritten(files: &[PathBuf], profile: &Profile) -> Vec<Result<Rewritten, CliError>> {
    files.par_iter().map(|path| one(path, profile)).collect()
}

fn one(path: &Path, profile: &Profile) -> Result<Rewritten, CliError> {
    let old = source::read(path)?;
    let done = rewrite(&old, profile).map_err(|error| source::refused(path, &old, &error))?;
    let name = source::guest_name(path, &old);
    let document = report::rewrite_document(&name, &old, profile, &done);
    let told = Told::Rewrite(Box::new(document), done.budget.to_string());
    Ok(Rewritten { name, from: source::shown(path), old, told, blocked: done.is_blocked() })
}
