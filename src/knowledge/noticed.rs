//! What a guest notices when its definition is rewritten, and what follows from it inside.

use std::sync::LazyLock;

use super::data::rows;

/// Something that a guest notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// Its id, by which rules name it.
    pub id: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What follows from it with Linux in the guest.
    pub linux: &'static str,
    /// What follows from it with Windows.
    pub windows: &'static str,
    /// Who says so.
    pub source: &'static str,
}

static ALL: LazyLock<Vec<Noticed>> = LazyLock::new(|| {
    let lines = rows::<5>(include_str!("data/noticed.txt"));
    lines.map(|[id, what, linux, windows, source]| Noticed { id, what, linux, windows, source }).collect()
});

/// All that is known, the weightier first.
pub fn all_noticed() -> &'static [Noticed] {
    &ALL
}

/// Those with one of these ids, the weightier first.
pub fn noticed(ids: &[&str]) -> impl Iterator<Item = &'static Noticed> {
    ALL.iter().filter(move |one| ids.contains(&one.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_each_id_stands_once() {
        crate::knowledge::data::assert_rows::<5>(include_str!("data/noticed.txt"));
        for one in all_noticed() {
            assert_eq!(noticed(&[one.id]).count(), 1, "{}", one.id);
            for text in [one.what, one.linux, one.windows, one.source] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", one.id);
            }
        }
    }
}
