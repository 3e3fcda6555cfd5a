//! What a network asks its source of numbers for.

use tch::Tensor;

/// What a parameter is for, so that a source can initialise it or lay it out in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Convolution kernel, `OIHW`.
    ConvWeight,
    /// Matrix of a fully connected layer, `(out, in)`.
    DenseWeight,
    /// Additive term of a convolution or a fully connected layer.
    Bias,
    /// Factor of a batch normalisation.
    NormScale,
    /// Additive term of a batch normalisation.
    NormShift,
    /// Running mean of a batch normalisation; not trained by gradient.
    NormMean,
    /// Running variance of a batch normalisation; not trained by gradient.
    NormVariance,
}

/// Where a network gets its parameters from: a file, or an initialiser when it is trained.
pub trait Parameters {
    /// Why a parameter could not be given.
    type Error;

    /// The parameter with this key, which is exactly of this shape and of kind `f32`.
    ///
    /// # Errors
    ///
    /// When the source has no such parameter, or one of another shape or kind.
    fn parameter(&mut self, key: &str, shape: &[i64], role: Role) -> Result<Tensor, Self::Error>;
}
