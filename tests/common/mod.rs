//! What several tests share: where things are, and how a test says that it was skipped.

use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The corpora of real documents: `PORTOLAN_CORPUS`, or `../shared/corpus` beside the repository.
///
/// Says `skipped` where there are none; where `PORTOLAN_REQUIRE` names `corpus`, that is a failure.
pub(crate) fn corpus(test: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PORTOLAN_CORPUS").map(PathBuf::from);
    let found = found.unwrap_or_else(|| repository().join("../shared/corpus"));
    if found.is_dir() {
        return Some(found);
    }
    skipped(test, "corpus", "no corpus: set PORTOLAN_CORPUS to a folder of documents");
    None
}

/// Whether the environment promises that this machine has `what`: `PORTOLAN_REQUIRE` names it.
pub(crate) fn promised(what: &str) -> bool {
    std::env::var("PORTOLAN_REQUIRE").unwrap_or_default().split(',').any(|one| one == what)
}

/// Says that `test` was skipped and why; fails where the environment promises what it `lacks`.
pub(crate) fn skipped(test: &str, lacks: &str, why: &str) {
    assert!(!promised(lacks), "{test} must not be skipped here: {why}");
    eprintln!("skipped: {test}: {why}");
}

/// All files below `folder` whose name `wanted` accepts, sorted.
pub(crate) fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder").flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a path ends in `.xml`.
pub(crate) fn is_xml(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "xml")
}
