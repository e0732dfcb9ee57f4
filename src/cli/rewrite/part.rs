//! The parts of a rewrite by their names on the command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::rewrite::Part;

/// Reads the name of a part.
pub(super) fn parser() -> impl TypedValueParser<Value = Part> {
    let names = Part::ALL.map(|part| PossibleValue::new(part.name()).help(part.about()));
    PossibleValuesParser::new(names).try_map(|name| {
        Part::ALL.into_iter().find(|part| part.name() == name).ok_or("is no part of a rewrite")
    })
}
