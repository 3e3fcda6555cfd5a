//! A part of a file, read where it is asked for.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path, sync::Arc};

use crate::error::ImportError;

/// A part of a file.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    file: Arc<File>,
    start: u64,
    len: u64,
}

impl Section {
    /// The whole of a file.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let file = File::open(path).map_err(ImportError::io("read", path))?;
        let data = file.metadata().map_err(ImportError::io("read", path))?;
        if !data.is_file() {
            let source = io::Error::other("it is no regular file");
            return Err(ImportError::io("read", path)(source));
        }
        Ok(Self { file: Arc::new(file), start: 0, len: data.len() })
    }

    /// Bytes of the part.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// A part of the part; `None` when it is not inside.
    pub(crate) fn part(&self, start: u64, len: u64) -> Option<Self> {
        (start.checked_add(len)? <= self.len).then(|| Self {
            file: Arc::clone(&self.file),
            start: self.start + start,
            len,
        })
    }

    /// So many bytes from an offset. They are there, or it is an error before memory is reserved.
    pub(crate) fn read(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        if offset.checked_add(len as u64).is_none_or(|end| end > self.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; len];
        self.file.read_exact_at(&mut bytes, self.start + offset)?;
        Ok(bytes)
    }

    /// The file itself, which is at its start for a whole file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}
