//! How most commands print.

use clap::ValueEnum;

/// How to print.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}
