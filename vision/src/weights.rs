//! Weights from a safetensors file, read strictly and without a second copy of the big matrices.
//!
//! libtorch's own loader ignores tensors that nobody asked for, broadcasts shapes and takes over
//! the kind of the file. Here a file fits a network exactly or is refused, and the error names the
//! tensor. Formats that can carry code (pickles) or read other files (HDF5) are not read at all.

mod error;
mod map;
mod tensors;

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};
use tch::{TchError, Tensor};

use crate::network::{Mode, Network, NetworkSpec};
pub use error::WeightsError;
use map::Map;
use tensors::Tensors;

/// What is known of a file beforehand. Nothing is checked of what is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256 of the whole file, 64 hexadecimal digits.
    pub sha256: Option<String>,
    /// Length of the file in bytes.
    pub size: Option<u64>,
}

/// A network whose dense matrices lie in the content of their file.
///
/// The network does not leave this struct, because its tensors must not outlive that.
#[derive(Debug)]
pub struct LoadedNetwork {
    // Fields are dropped in the order of their declaration: the tensors go before their memory.
    network: Network,
    _map: Map,
}

impl LoadedNetwork {
    /// Loads a network for answering; batch normalisations are folded into the convolutions.
    ///
    /// The file is read once and may be changed or removed afterwards. Kinds `F32`, `F16` and `BF16` are read; everything is computed in `f32`. Keys
    /// are torchvision's or timm's.
    ///
    /// # Errors
    ///
    /// When the file does not have the fingerprint, is not a well-formed safetensors file, or does
    /// not hold exactly the tensors of the network with finite values.
    pub fn load(
        path: &Path,
        spec: &NetworkSpec,
        fingerprint: &Fingerprint,
    ) -> Result<Self, WeightsError> {
        let map = Map::open(path)?;
        check(&map, fingerprint)?;
        let mut tensors = Tensors::new(&map)?;
        let mut network = Network::new(spec, &mut tensors)?;
        tensors.finish()?;
        network.fold_batch_norm()?;
        Ok(Self { network, _map: map })
    }

    /// Logits `(N, classes)` of a batch `(N, 3, H, W)` of prepared pictures.
    ///
    /// # Errors
    ///
    /// What libtorch reports, such as a batch of a wrong shape.
    pub fn forward(&self, batch: &Tensor) -> Result<Tensor, TchError> {
        self.network.forward(batch, Mode::Evaluate)
    }

    /// Side in cells of the activation of each stage, for pictures of this side in pixels.
    pub fn sides(&self, size: usize) -> Vec<usize> {
        self.network.sides(size)
    }

    /// Activation of a stage, see [`Network::trunk`].
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    ///
    /// # Panics
    ///
    /// When there is no such stage.
    pub fn trunk(&self, batch: &Tensor, stage: usize) -> Result<Tensor, TchError> {
        self.network.trunk(batch, stage)
    }

    /// Logits of the activation of a stage, see [`Network::head`].
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn head(&self, activation: &Tensor, stage: usize) -> Result<Tensor, TchError> {
        self.network.head(activation, stage)
    }
}

/// Checks a file that is not safetensors, which is read by somebody else afterwards.
pub(crate) fn check_file(path: &Path, fingerprint: &Fingerprint) -> Result<(), WeightsError> {
    check(&Map::open(path)?, fingerprint)
}

/// Compares a file with what is known of it.
fn check(map: &Map, fingerprint: &Fingerprint) -> Result<(), WeightsError> {
    let found = map.bytes().len() as u64;
    if let Some(expected) = fingerprint.size.filter(|&expected| expected != found) {
        return Err(WeightsError::Size { expected, found });
    }
    if let Some(expected) = &fingerprint.sha256 {
        let found = digest(map);
        if !found.eq_ignore_ascii_case(expected) {
            return Err(WeightsError::Digest { expected: expected.clone(), found });
        }
    }
    Ok(())
}

/// SHA-256 of a file in hexadecimal digits.
fn digest(map: &Map) -> String {
    let mut found = String::with_capacity(64);
    for byte in Sha256::digest(map.bytes()) {
        // Writing to a string does not fail.
        let _ = write!(found, "{byte:02x}");
    }
    found
}
