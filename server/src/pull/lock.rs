//! One pull at a time for each file.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{PullError, part::beside};

/// The right to write a file. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    // Held for the lock on it.
    _file: File,
}

impl Lock {
    /// Locks `<target>.lock`. Not the file being written, since that changes its name.
    pub(super) fn acquire(target: &Path) -> Result<Self, PullError> {
        let path = beside(target, "lock");
        let failed = |error| PullError::disk(&path, error);
        loop {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(PullError::Busy(target.to_owned())),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            // Whoever held it may have removed the file after we opened it. A lock on that would keep
            // nobody out.
            if is_at(&file, &path).map_err(failed)? {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Still locked here. Should this fail, an unlocked file stays, which is untidy but no harm.
        let _ = fs::remove_file(&self.path);
    }
}

fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
