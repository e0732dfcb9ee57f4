//! Names that were misspelt.

/// The one of `names` that `name` was probably meant to be.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let near = names.into_iter().map(|other| (strsim::damerau_levenshtein(name, other), other)).min();
    // Of a short name, three letters are most.
    let most = (name.chars().count() / 2).clamp(1, 3);
    near.filter(|(distance, _)| *distance <= most).map(|(_, other)| other)
}
