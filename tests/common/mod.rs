//! What several tests share: where things are. What a machine lacks is told by `build.rs`.

use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The corpora of real documents: `PORTOLAN_CORPUS`, or `../shared/corpus` beside the repository. Only tests that are
/// ignored without them ask.
pub(crate) fn corpus() -> PathBuf {
    folder("PORTOLAN_CORPUS", "../shared/corpus")
}

/// Measurements and problems of others: `PORTOLAN_BENCHMARKS`, or `../shared/benchmarks` beside the repository. Only tests that
/// are ignored without them ask.
pub(crate) fn benchmarks() -> PathBuf {
    folder("PORTOLAN_BENCHMARKS", "../shared/benchmarks")
}

fn folder(variable: &str, beside: &str) -> PathBuf {
    let found = std::env::var_os(variable).map_or_else(|| repository().join(beside), PathBuf::from);
    assert!(found.is_dir(), "{variable}: {} is not there", found.display());
    found
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
