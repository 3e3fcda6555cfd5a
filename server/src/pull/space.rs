//! Room on the disk.

use std::path::Path;

use super::PullError;

/// Makes sure that so many bytes fit into a folder, before a long download finds out that they do not.
pub(super) fn check(folder: &Path, needed: u64) -> Result<(), PullError> {
    // A system that does not say how much room there is gets the benefit of the doubt.
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(()) };
    // What is left to ordinary users, not what the administrator keeps in reserve.
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < needed {
        return Err(PullError::Space { folder: folder.to_owned(), needed, free });
    }
    Ok(())
}
