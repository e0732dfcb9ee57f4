//! Files of a folder: the one place of this room that touches the file system. It only reads.

use std::fs::{DirEntry, FileType};
use std::io::{self, Read};
use std::path::Path;

use rayon::prelude::*;

use crate::model::Problem;

use super::IngestError;
use super::problem::Complaint;

/// How large a document may be.
pub(super) const DOCUMENT_BYTES: u64 = 64 << 20;
/// How large an archive may be.
pub(super) const ARCHIVE_BYTES: u64 = 1 << 30;
/// How many entries a folder may hold, all its folders together.
const ENTRIES: usize = 8 << 20;
/// Folders that lie in so few others are looked through side by side.
const SIDE_BY_SIDE: usize = 2;
/// How many bytes are read at once before it is asked how many there are.
const SMALL: usize = 16 << 10;
/// How many folders may lie inside one another.
const DEPTH: usize = 32;

/// A file: its path inside its folder, with `/` between folders, and its bytes.
pub(super) type File = (String, Vec<u8>);

/// What a folder holds, by path.
#[derive(Debug)]
pub(super) struct Folder<T> {
    pub(super) files: Vec<T>,
    pub(super) problems: Vec<Problem>,
}

/// Whether `root` holds a folder called `name`.
pub(super) fn has_folder(root: &Path, name: &str) -> bool {
    root.join(name).is_dir()
}

/// The last part of the path of `root`, links and dots resolved.
pub(super) fn name(root: &Path) -> String {
    let whole = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    whole.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// All files of the folder at `root` for which `limit` says how large they may be. Links that lead
/// out of the folder, and links to folders, are not followed. `make` makes of each what is kept of it.
pub(super) fn files<T: Send>(
    root: &Path,
    limit: &Limit<'_>,
    make: impl Fn(File) -> T + Sync,
) -> Result<Folder<T>, IngestError> {
    let unreadable = |error| IngestError::Unreadable { folder: root.to_owned(), error };
    let root = root.canonicalize().map_err(unreadable)?;
    let mut walk = Walk::new(limit);
    walk.folder(&root, "", 0).map_err(unreadable)?;
    let Walk { mut wanted, mut problems, .. } = walk;
    wanted.sort_by(|one, other| one.path.cmp(&other.path));
    let read = |wanted: Wanted| match wanted.read(&root) {
        Ok(bytes) => Ok(make((wanted.path, bytes))),
        Err(error) => Err(problem(&wanted.path, &format!("cannot be read: {error}"))),
    };
    let read: Vec<Result<T, Problem>> = wanted.into_par_iter().map(read).collect();
    let files = read.into_iter().filter_map(|one| one.map_err(|wrong| problems.push(wrong)).ok()).collect();
    Ok(Folder { files, problems })
}

/// How large the file at a path may be; `None` where it is not wanted.
type Limit<'w> = dyn Fn(&str) -> Option<u64> + Sync + 'w;

/// A file to be read.
struct Wanted {
    /// Its path inside the folder.
    path: String,
    is_link: bool,
    /// Whether its folder says that it is a file.
    is_file: bool,
    /// How large it may be.
    limit: u64,
}

impl Wanted {
    /// Its bytes. The folders that it is in are no links.
    fn read(&self, root: &Path) -> io::Result<Vec<u8>> {
        let at = root.join(&self.path);
        if self.is_link && !at.canonicalize()?.starts_with(root) {
            return Err(io::Error::other("it is a link that leads out of the folder"));
        }
        // Who opens a pipe waits for its other end.
        if !self.is_file && !at.metadata()?.is_file() {
            return Err(io::Error::other("it is not a file"));
        }
        read(&at, self.limit)
    }
}

struct Walk<'w> {
    limit: &'w Limit<'w>,
    wanted: Vec<Wanted>,
    problems: Vec<Problem>,
    entries: usize,
}

impl<'w> Walk<'w> {
    fn new(limit: &'w Limit<'w>) -> Self {
        Self { limit, wanted: Vec::new(), problems: Vec::new(), entries: 0 }
    }

    fn folder(&mut self, at: &Path, inside: &str, depth: usize) -> io::Result<()> {
        let mut entries: Vec<DirEntry> = at.read_dir()?.collect::<Result<_, _>>()?;
        entries.sort_by_key(DirEntry::file_name);
        self.entries += entries.len();
        if depth > DEPTH || self.entries > ENTRIES {
            self.too_many(inside);
        } else if depth < SIDE_BY_SIDE {
            let part = |entry: DirEntry| {
                let mut part = Self::new(self.limit);
                part.entry(&entry, inside, depth);
                part
            };
            let parts: Vec<Self> = entries.into_par_iter().map(part).collect();
            for part in parts {
                self.add(part, inside);
            }
        } else {
            for entry in entries {
                self.entry(&entry, inside, depth);
            }
        }
        Ok(())
    }

    /// Takes over what was found in a part of a folder, as long as it is not too much in all.
    fn add(&mut self, part: Self, inside: &str) {
        let before = self.entries;
        self.entries += part.entries;
        if self.entries <= ENTRIES {
            self.wanted.extend(part.wanted);
            self.problems.extend(part.problems);
        } else if before <= ENTRIES {
            self.too_many(inside);
        }
    }

    fn too_many(&mut self, inside: &str) {
        self.complain(inside, "too many files, or too many folders inside one another; the rest is left out");
    }

    fn entry(&mut self, entry: &DirEntry, inside: &str, depth: usize) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { return };
        let path = if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") };
        let at = entry.path();
        let is = |kind: fn(&FileType) -> bool| entry.file_type().is_ok_and(|found| kind(&found));
        let (is_link, is_file) = (is(FileType::is_symlink), is(FileType::is_file));
        let is_folder = if is_link { at.is_dir() } else { is(FileType::is_dir) };
        if is_folder && is_link {
            self.complain(&path, "a link to a folder, which is not followed");
        } else if is_folder {
            if let Err(error) = self.folder(&at, &path, depth + 1) {
                self.complain(&path, &format!("cannot be read: {error}"));
            }
        } else if let Some(limit) = (self.limit)(&path) {
            self.wanted.push(Wanted { path, is_link, is_file, limit });
        }
    }

    fn complain(&mut self, path: &str, message: &str) {
        self.problems.push(problem(path, message));
    }
}

fn problem(path: &str, message: &str) -> Problem {
    let remedy = "put the file itself into the folder, readable, or remove it";
    Complaint::new(None, message, remedy).problem(path, "")
}

/// Nearly every document is smaller: one look takes it whole and another tells that there is no more, without asking how large it is.
fn read(at: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(at)?;
    let mut first = [0; SMALL];
    let mut filled = 0;
    while filled < SMALL {
        match file.read(&mut first[filled..]) {
            Ok(0) if filled as u64 > limit => return Err(too_large(limit)),
            Ok(0) => return Ok(first[..filled].to_vec()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = file.metadata()?.len();
    if length > limit {
        return Err(too_large(limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    bytes.extend(first);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn too_large(limit: u64) -> io::Error {
    io::Error::other(format!("it is larger than {} MiB", limit >> 20))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "these tests make the folders they read")]
mod tests {
    use super::*;

    fn paths(folder: &Folder<File>) -> Vec<&str> {
        folder.files.iter().map(|(path, _)| path.as_str()).collect()
    }

    #[test]
    fn wanted_files_are_read_in_order_and_the_rest_is_left() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("b")).expect("created");
        for name in ["b/2.xml", "b/1.xml", "a.xml", "notes.md"] {
            std::fs::write(root.path().join(name), name).expect("written");
        }
        let found = files(root.path(), &|path| (!path.ends_with("notes.md")).then_some(100), |file| file)
            .expect("readable");
        assert_eq!(paths(&found), ["a.xml", "b/1.xml", "b/2.xml"]);
        let found = files(root.path(), &|_| Some(6), |file| file).expect("readable");
        assert_eq!(paths(&found), ["a.xml"], "the others are larger");
        assert_eq!(found.problems.len(), 3);
        assert!(files(&root.path().join("gone"), &|_| None, |file| file).is_err());
    }

    #[test]
    fn a_document_of_any_size_is_read_whole() {
        let root = tempfile::tempdir().expect("a folder");
        for size in [0, 1, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL] {
            std::fs::write(root.path().join("a.xml"), "x".repeat(size)).expect("written");
            let found = files(root.path(), &|_| Some(1 << 20), |file| file).expect("readable");
            assert_eq!(found.files[0].1.len(), size);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_not_followed() {
        let (root, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("another"));
        std::fs::write(other.path().join("secret.xml"), "<a/>").expect("written");
        std::fs::write(root.path().join("own.xml"), "<a/>").expect("written");
        let link = |to: &Path, name| std::os::unix::fs::symlink(to, root.path().join(name)).expect("linked");
        link(&other.path().join("secret.xml"), "out.xml");
        link(&root.path().join("own.xml"), "in.xml");
        link(other.path(), "folder");
        let found = files(root.path(), &|_| Some(100), |file| file).expect("readable");
        assert_eq!(paths(&found), ["in.xml", "own.xml"]);
        let problems: Vec<_> = found.problems.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(problems, ["folder", "out.xml"]);
    }
}
