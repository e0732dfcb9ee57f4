//! The file that a misspelt path was probably meant to be.

use std::fs;
use std::path::{Path, PathBuf};

use crate::text::nearest;

/// The path with its first part that is not there replaced by the nearest name beside it; `None` where nothing is near, or
/// the rest is not there either.
pub(super) fn near_file(path: &Path) -> Option<PathBuf> {
    let there = path.ancestors().find(|one| one.as_os_str().is_empty() || one.exists())?;
    let mut rest = path.strip_prefix(there).ok()?.components();
    let name = rest.next()?.as_os_str().to_str()?;
    let folder = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let beside = fs::read_dir(folder).ok()?.flatten();
    let names: Vec<String> = beside.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let near = there.join(nearest(name, names.iter().map(String::as_str))?);
    let whole = if rest.as_path().as_os_str().is_empty() { near } else { near.join(rest.as_path()) };
    whole.exists().then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_part_is_found_and_the_rest_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("inventories/captured")).expect("made");
        let near = |path: &str| near_file(&folder.path().join(path));
        assert_eq!(near("inventories/captued"), Some(folder.path().join("inventories/captured")));
        assert_eq!(near("inventoires/captured"), Some(folder.path().join("inventories/captured")));
        assert_eq!(near("inventoires/else"), None);
        assert_eq!(near("inventories/captured"), None, "it is there");
        assert_eq!(near("plans"), None);
    }
}
