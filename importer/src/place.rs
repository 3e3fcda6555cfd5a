//! The folder of the new model, which comes into its place whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

use crate::error::ImportError;

/// A folder that is being made, in a hidden one beside its place. It is removed when this is
/// dropped. No server takes it for a model, since the card is one folder further down.
#[derive(Debug)]
pub(crate) struct Place {
    hidden: TempDir,
    name: String,
    target: PathBuf,
}

impl Place {
    /// Begins a folder. Its name is checked, and that there is none unless it may be replaced.
    pub(crate) fn begin(models: &Path, name: &str, force: bool) -> Result<Self, ImportError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let allowed = |c: char| plain(c) || matches!(c, '.' | '_' | '-');
        if !name.starts_with(plain) || !name.chars().all(allowed) || name.len() > 64 {
            let reason = format!("{name:?} does not match [a-z0-9][a-z0-9._-]* with 64 characters");
            return Err(ImportError::Option { option: "--as", reason });
        }
        let target = models.join(name);
        if target.symlink_metadata().is_ok() && !force {
            return Err(ImportError::Exists(target));
        }
        let hidden = tempfile::Builder::new()
            .prefix(".import-")
            .tempdir_in(models)
            .map_err(ImportError::io("write into the models folder (--models)", models))?;
        let place = Self { hidden, name: name.to_owned(), target };
        fs::create_dir(place.folder()).map_err(ImportError::io("create", place.folder()))?;
        Ok(place)
    }

    /// The folder that is being made. Its last part is the model's name, as a card wants it.
    pub(crate) fn folder(&self) -> PathBuf {
        self.hidden.path().join(&self.name)
    }

    /// Puts the folder into its place, and removes what it replaces.
    pub(crate) fn finish(self) -> Result<PathBuf, ImportError> {
        let folder = self.folder();
        let rename = |flags| renameat_with(CWD, &folder, CWD, &self.target, flags);
        let renamed = match rename(RenameFlags::NOREPLACE) {
            // Only with --force does it come here: both change places at once.
            Err(rustix::io::Errno::EXIST) => rename(RenameFlags::EXCHANGE),
            other => other,
        };
        renamed.map_err(|error| ImportError::io("write", &self.target)(io::Error::from(error)))?;
        Ok(self.target)
    }
}
