//! How much is said and in which colours: what every command takes.

use std::ffi::OsString;

use anstream::ColorChoice;
use clap::{Args, ValueEnum};

use crate::report::Detail;

/// What every command takes.
#[derive(Args, Clone, Copy)]
#[command(next_help_heading = "With every command")]
pub(super) struct Manner {
    /// When to use colours; with `auto` on terminals, as `NO_COLOR` and `CLICOLOR_FORCE` allow
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    color: Color,
    /// Say the answer only: no reasons in `check`, no progress and no notes on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more: in `check` every place and what would change it, in `plan` all steps and what times rest on, and on standard error what takes how long
    #[arg(short, long, global = true)]
    verbose: bool,
}

/// When to use colours.
#[derive(Clone, Copy, ValueEnum)]
enum Color {
    /// On terminals
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl Manner {
    /// How much is said.
    pub(super) fn detail(self) -> Detail {
        match self {
            Self { quiet: true, .. } => Detail::Answer,
            Self { verbose: true, .. } => Detail::All,
            _ => Detail::Usual,
        }
    }
}

/// Heeds `--color` before anything is parsed: what is wrong with the arguments is told in colours, too.
pub(super) fn heed_color(arguments: impl Iterator<Item = OsString>) {
    let mut arguments = arguments.map(|one| one.to_string_lossy().into_owned()).take_while(|one| one != "--");
    while let Some(one) = arguments.next() {
        let wanted = match one.strip_prefix("--color") {
            Some("") => arguments.next(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        match wanted.as_deref() {
            Some("always") => ColorChoice::Always.write_global(),
            Some("never") => ColorChoice::Never.write_global(),
            _ => {}
        }
    }
}
