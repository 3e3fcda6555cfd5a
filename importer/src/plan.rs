//! What becomes what: the network that was found, and for each of its tensors where the numbers
//! come from.

use vision::network::NetworkSpec;

use crate::{
    container::{Container, Stored},
    error::ImportError,
    transform::Transform,
};

/// A network with a source for each of its tensors.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The network.
    pub(crate) network: NetworkSpec,
    /// One for each tensor, in the order of the layers.
    pub(crate) steps: Vec<Step>,
    /// What the training fed the network with, as far as the file tells.
    pub(crate) training: Training,
    /// Side of the pictures in pixels, if the file or the network says it.
    pub(crate) size: Option<u32>,
    /// What else there is to know, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// A tensor of the network and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Index in the file.
    pub(crate) index: usize,
    /// torchvision's key.
    pub(crate) key: String,
    /// Shape that the network needs.
    pub(crate) shape: Vec<usize>,
    /// What happens to the numbers.
    pub(crate) transform: Transform,
}

/// What a network was trained with, which decides how pictures are prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Training {
    /// PyTorch: `ImageNet` mean and deviation, RGB in `0..=1`.
    Torchvision,
    /// The published Caffe weights under PyTorch's keys: Caffe's means, not scaled.
    CaffeInTorch {
        /// Whether the first kernels want blue first.
        bgr: bool,
    },
    /// `keras.applications`: Caffe's means, blue first, not scaled.
    Keras,
    /// The file that keras-vgg-buddy read, with its way of preparing pictures.
    Legacy,
}

impl Step {
    /// Checks that a tensor of the file is what the network needs.
    pub(crate) fn new(
        stored: &[Stored],
        index: usize,
        key: String,
        shape: Vec<usize>,
        transform: Transform,
    ) -> Result<Self, ImportError> {
        let from = &stored[index];
        let expected = transform.stored_shape(&shape);
        // timm has convolutions in the place of matrices: the same numbers in the same order.
        let same_numbers = transform == Transform::Copy
            && shape.len() == 2
            && from.shape.len() == 4
            && from.shape[0] == shape[0]
            && from.bytes() == Some(shape.iter().product::<usize>() * from.number.bytes());
        if from.shape != expected && !same_numbers {
            return Err(ImportError::Mismatch {
                source_key: from.key.clone(),
                found: from.shape.clone(),
                key,
                expected,
            });
        }
        if from.number.decoder().is_none() {
            let kind = from.number.to_string();
            return Err(ImportError::Kind { key: from.key.clone(), kind });
        }
        Ok(Self { index, key, shape, transform })
    }

    /// A few of its numbers after the transform, by row and column.
    pub(crate) fn sample<const N: usize>(
        &self,
        file: &dyn Container,
        at: [(usize, usize); N],
    ) -> Result<[f32; N], ImportError> {
        let bytes = file.read(self.index)?;
        let stored = &file.stored()[self.index];
        let decode = stored.number.decoder().ok_or_else(|| ImportError::Kind {
            key: stored.key.clone(),
            kind: stored.number.to_string(),
        })?;
        let source = self.transform.source(&self.shape);
        Ok(at.map(|(row, column)| decode(&bytes, source(row, column))))
    }
}

/// A shape as the network states it.
pub(crate) fn sides(shape: &[i64]) -> Vec<usize> {
    shape.iter().map(|&side| usize::try_from(side).unwrap_or(0)).collect()
}

/// Some keys for a message.
pub(crate) fn listed<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<_> = keys.map(|key| format!("`{key}`")).collect();
    match all.len() {
        0..=6 => all.join(", "),
        n => format!("{} and {} more", all[..5].join(", "), n - 5),
    }
}
