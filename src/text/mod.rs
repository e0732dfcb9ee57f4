//! Bytes: sources, spans, lines, XML span trees and splices.
//!
//! Nothing in this room knows a word of libvirt. Everything above it points into a document by
//! a [`Place`], so that a finding can quote the line that caused it.

mod lines;
mod near;
mod packed;
mod source;
mod splice;
pub mod xml;

pub use lines::{Line, LineIndex, Position, lines};
pub use near::nearest;
pub use packed::{Shelf, Text};
pub use source::{Place, Source, SourceId, Sources, Span};
pub use splice::{Splice, SpliceError, splice};
