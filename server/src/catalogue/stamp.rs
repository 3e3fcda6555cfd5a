//! Whether a model's folder has changed.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// How deep below a model's folder is looked: examples have a folder of their own.
const DEPTH: usize = 3;

/// What the system says of all files of a model. Two that are equal mean that nothing has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp(BTreeMap<PathBuf, FileStamp>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileStamp {
    /// Tells a file from the one that took its place, even if that was given its time.
    inode: u64,
    bytes: u64,
    /// Seconds and nanoseconds of the last change.
    modified: (i64, i64),
}

impl Stamp {
    /// What a folder looks like now. What cannot be read is not there.
    ///
    /// A download that is under way is left out: it matters only once it has its own name.
    pub fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(folder, DEPTH, &mut files);
        Self(files)
    }
}

fn collect(folder: &Path, depth: usize, files: &mut BTreeMap<PathBuf, FileStamp>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let unfinished = path.extension().is_some_and(|e| e == "part" || e == "lock");
        // Links are followed: they are how a cluster mounts what it configures.
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() && depth > 1 => collect(&path, depth - 1, files),
            Ok(found) if found.is_file() && !unfinished => {
                let modified = (found.mtime(), found.mtime_nsec());
                let stamp = FileStamp { inode: found.ino(), bytes: found.len(), modified };
                files.insert(path, stamp);
            }
            _ => {}
        }
    }
}
