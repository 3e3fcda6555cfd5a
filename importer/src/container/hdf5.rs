//! HDF5 files, as far as Keras writes them: datasets of floats, and attributes that are texts.
//!
//! The reader is given the bytes of this one file and no way to open another: external links,
//! external storage and virtual datasets are not followed.

mod storage;
mod walk;

use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use hdf5_reader::{ByteOrder, Dataset, Datatype, Hdf5File, OpenOptions};

use super::{Container, Number, Stored, check_declared, section::Section};
use crate::error::ImportError;
use storage::Bytes;

/// An HDF5 file.
pub(crate) struct Hdf5 {
    stored: Vec<Stored>,
    datasets: Vec<Dataset>,
    groups: BTreeMap<String, Attributes>,
}

/// Attributes of a group that Keras gave it: each a list of texts, of length one for a scalar.
pub(crate) type Attributes = BTreeMap<String, Vec<String>>;

impl Hdf5 {
    /// Reads names, shapes and attributes.
    pub(crate) fn open(file: Section) -> Result<Self, ImportError> {
        let len = file.len();
        let found = guarded(move || {
            let options = OpenOptions::default()
                .with_max_object_header_bytes(16 << 20)
                .with_max_chunk_bytes(64 << 20)
                .with_chunk_cache_bytes(0);
            let file = Hdf5File::from_storage_with_options(Arc::new(Bytes(file)), options)
                .map_err(broken)?;
            walk::walk(&file)
        })?;
        let mut stored = Vec::with_capacity(found.datasets.len());
        for (key, dataset) in &found.datasets {
            stored.push(Stored {
                key: key.clone(),
                shape: shape(dataset)?,
                number: guarded(|| number(dataset))?,
            });
        }
        check_declared("HDF5", &stored, len)?;
        let datasets = found.datasets.into_iter().map(|(_, dataset)| dataset).collect();
        Ok(Self { stored, datasets, groups: found.groups })
    }

    /// The attributes of a group, `""` for the root; `None` if there is no such group.
    pub(crate) fn group(&self, path: &str) -> Option<&Attributes> {
        self.groups.get(path)
    }

    /// Paths of all groups, in alphabetical order; the root's is `""`.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (&str, &Attributes)> {
        self.groups.iter().map(|(path, attributes)| (path.as_str(), attributes))
    }

    /// Index of the dataset with a path.
    pub(crate) fn dataset(&self, path: &str) -> Option<usize> {
        self.stored.iter().position(|stored| stored.key == path)
    }
}

impl fmt::Debug for Hdf5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hdf5")
            .field("stored", &self.stored)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

impl Container for Hdf5 {
    fn stored(&self) -> &[Stored] {
        &self.stored
    }

    fn read(&self, index: usize) -> Result<Vec<u8>, ImportError> {
        let stored = &self.stored[index];
        let dataset = &self.datasets[index];
        let mut bytes = vec![0; stored.bytes().unwrap_or(usize::MAX)];
        guarded(|| dataset.read_raw_bytes_into(&mut bytes).map_err(broken))?;
        if let Datatype::FloatingPoint { byte_order: ByteOrder::BigEndian, .. } = dataset.dtype() {
            bytes.chunks_exact_mut(stored.number.bytes()).for_each(<[u8]>::reverse);
        }
        Ok(bytes)
    }
}

fn shape(dataset: &Dataset) -> Result<Vec<usize>, ImportError> {
    let side = |&side: &u64| {
        usize::try_from(side).map_err(|_| ImportError::malformed("HDF5", "a shape overflows"))
    };
    dataset.shape().iter().map(side).collect()
}

/// How the numbers of a dataset are stored.
fn number(dataset: &Dataset) -> Result<Number, ImportError> {
    let Datatype::FloatingPoint { size, .. } = *dataset.dtype() else {
        let bytes = hdf5_reader::dtype_element_size(dataset.dtype()).unwrap_or(1);
        return Ok(Number::Other("no float".to_owned(), bytes));
    };
    // Bytes 12 to 14 of the message: where the exponent is, its bits, where the mantissa is.
    let message = dataset.raw_datatype().map_err(broken)?;
    Ok(match (size, message.get(13)) {
        (2, Some(5)) => Number::F16,
        (4, Some(8)) => Number::F32,
        (8, Some(11)) => Number::F64,
        _ => Number::Other(format!("float of {size} bytes in a form of its own"), size.into()),
    })
}

/// Runs the reader so that a panic in it is an error of this file.
fn guarded<T>(f: impl FnOnce() -> Result<T, ImportError>) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(f))
        .unwrap_or_else(|_| Err(ImportError::malformed("HDF5", "the reader gave up on it")))
}

/// What the reader says.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn broken(error: hdf5_reader::error::Error) -> ImportError {
    ImportError::malformed("HDF5", error.to_string())
}
