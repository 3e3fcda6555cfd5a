//! Which format a file has, told by its content and never by its name.

use std::{fmt, path::Path};

use crate::{
    container::{
        Container,
        archive::Archive,
        hdf5::Hdf5,
        safetensors::Safetensors,
        section::Section,
        torch::{self, TorchArchive},
    },
    error::{ADVICE_SAVE, ImportError},
};

/// A file whose format is known.
#[derive(Debug)]
pub(crate) enum Source {
    /// HDF5 of Keras; with the configuration of the model if it lies beside, in a `.keras` archive.
    Keras { file: Hdf5, config: Option<String>, format: Format },
    /// Tensors under the keys of PyTorch.
    Torch { file: Box<dyn Container>, format: Format },
    /// A TorchScript module, which is a program.
    Script,
}

/// A format, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Keras' HDF5, of any version.
    Hdf5,
    /// The archive of Keras 3.
    Keras,
    /// safetensors.
    Safetensors,
    /// `torch.save` of a state dict.
    StateDict,
    /// `VarStore::save` of tch, or an archive of C++.
    TorchArchive,
    /// A TorchScript module.
    Script,
}

/// Opens a file.
pub(crate) fn open(path: &Path) -> Result<Source, ImportError> {
    let file = Section::open(path)?;
    let head = file.read(0, file.len().min(600) as usize).map_err(ImportError::io("read", path))?;
    let foreign =
        |reason: &str| ImportError::Foreign { path: path.to_owned(), reason: reason.into() };
    if is_hdf5(&file) {
        return Ok(Source::Keras { file: Hdf5::open(file)?, config: None, format: Format::Hdf5 });
    }
    if head.starts_with(b"PK\x03\x04") {
        return archive(&file).and_then(|source| {
            source.ok_or_else(|| foreign("it is a zip archive, but neither PyTorch's nor Keras'"))
        });
    }
    if is_safetensors(&head, file.len()) {
        let file = Box::new(Safetensors::open(file)?);
        return Ok(Source::Torch { file, format: Format::Safetensors });
    }
    // PyTorch before 1.6 wrote a pickle of its magic number first, and still earlier a tar file.
    let old = head.starts_with(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.");
    if old || head.get(257..262) == Some(b"ustar") {
        return Err(foreign(&format!(
            "it has a form that PyTorch wrote before 1.6; {ADVICE_SAVE}"
        )));
    }
    if head.starts_with(b"\x80") && head.get(1).is_some_and(|version| *version <= 5) {
        return Err(foreign(&format!("it is a bare pickle; {ADVICE_SAVE}")));
    }
    if head.trim_ascii_start().starts_with(b"<") || head.starts_with(b"version https://git-lfs") {
        return Err(foreign(
            "it is a web page or a pointer in the place of the file; download it again",
        ));
    }
    Err(foreign(
        "what is read is HDF5 and .keras files of Keras, .pth files of PyTorch, safetensors, .ot \
         files of tch and TorchScript",
    ))
}

fn archive(file: &Section) -> Result<Option<Source>, ImportError> {
    let archive = Archive::open(file)?;
    if archive.names().any(|name| name == "model.weights.h5") {
        let weights = archive.entry("model.weights.h5")?.clone();
        let config = archive.content("config.json", 64 << 20)?;
        let config = String::from_utf8_lossy(&config).into_owned();
        let file = Hdf5::open(weights)?;
        return Ok(Some(Source::Keras { file, config: Some(config), format: Format::Keras }));
    }
    let Some(root) = torch::root(&archive) else {
        if archive.names().any(|name| name.ends_with("/model.json")) {
            let reason = "it has a form that libtorch wrote before 1.4; load and save it anew";
            return Err(ImportError::malformed("PyTorch", reason));
        }
        return Ok(None);
    };
    let constants = format!("{root}/constants.pkl");
    let module = archive.names().any(|name| name == constants);
    if module && torch::is_script(&archive, root)? {
        return Ok(Some(Source::Script));
    }
    let format = if module { Format::TorchArchive } else { Format::StateDict };
    let file = Box::new(TorchArchive::open(&archive, root, file.len())?);
    Ok(Some(Source::Torch { file, format }))
}

/// The signature is at the start, or after a user block of 512 bytes times a power of two.
fn is_hdf5(file: &Section) -> bool {
    [0, 512, 1024, 2048]
        .iter()
        .any(|&at| file.read(at, 8).is_ok_and(|head| head == b"\x89HDF\r\n\x1a\n"))
}

fn is_safetensors(head: &[u8], len: u64) -> bool {
    let Some((length, header)) = head.split_first_chunk::<8>() else { return false };
    let length = u64::from_le_bytes(*length);
    header.starts_with(b"{") && (2..len).contains(&length)
}

impl Source {
    /// What kind of file it is.
    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Keras { format, .. } | Self::Torch { format, .. } => *format,
            Self::Script => Format::Script,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hdf5 => "HDF5 of Keras",
            Self::Keras => "archive of Keras 3",
            Self::Safetensors => "safetensors",
            Self::StateDict => "state dict of PyTorch",
            Self::TorchArchive => "archive of tch or libtorch",
            Self::Script => "TorchScript module",
        })
    }
}
