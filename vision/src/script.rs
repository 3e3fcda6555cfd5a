//! Networks that come as TorchScript: a file with the network in it, weights and code.
//!
//! Such a file is a program. libtorch runs whatever it says, with the rights of this process, so it
//! deserves the trust that a binary does: it is loaded from a model's folder only, where the
//! operator put it, and no card can have it fetched from an address.
//!
//! What is not code can be checked, and is, before the first request: that one tensor comes out,
//! with as many numbers as there are labels, and whether pictures may share a batch.

mod error;

use std::path::Path;

use tch::{CModule, Device, IValue, Kind, TchError, Tensor};

use crate::compute::Compute;
use crate::weights::{Fingerprint, check_file};
pub use error::ScriptError;

/// How far the numbers of a picture may be from those that it gets alone, by the largest of them.
/// Kernels differ with the size of a batch; a module that mixes pictures is off by much more.
const TOLERANCE: f64 = 1e-3;

/// A loaded module that was tried out.
#[derive(Debug)]
pub struct Script {
    module: CModule,
    /// Whether pictures may share a batch.
    batches: bool,
    device: Device,
}

impl Script {
    /// Loads a module and tries it with pictures `(N, 3, size, size)`.
    ///
    /// The file is checked before libtorch sees it. It must not be written to meanwhile.
    ///
    /// # Errors
    ///
    /// When the file does not have the fingerprint, is no TorchScript module, or does not make
    /// `(N, classes)` numbers of a picture.
    pub fn load(
        path: &Path,
        fingerprint: &Fingerprint,
        size: usize,
        classes: usize,
        compute: Compute,
    ) -> Result<Self, ScriptError> {
        check_file(path, fingerprint)?;
        let device = compute.device;
        let mut module = CModule::load_on_device(path, device)
            .map_err(|error| ScriptError::Module { reason: error::first_line(&error) })?;
        module.f_set_eval()?;
        // Training mode would also record what each answer came from.
        let _guard = tch::no_grad_guard();
        let side = size as i64;
        let black = Tensor::f_zeros([1, 3, side, side], (Kind::Float, Device::Cpu))?;
        check_output(&module, &black.f_to_device(device)?, size, classes)?;
        let mut script = Self { module, batches: true, device };
        script.batches = script.can_batch(&black)?;
        Ok(script)
    }

    /// Numbers `(N, classes)` of kind `f32` for a batch `(N, 3, size, size)`.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn forward(&self, batch: &Tensor) -> Result<Tensor, TchError> {
        // Modules were written for tensors that lie in memory in the order of their sides: a `view`
        // fails with others.
        let batch = batch.f_contiguous()?.f_to_device(self.device)?;
        let n = batch.size().first().copied().unwrap_or_default();
        if self.batches || n == 1 {
            return self.answer(batch);
        }
        let alone = |index| self.answer(batch.f_narrow(0, index, 1)?);
        let rows = (0..n).map(alone).collect::<Result<Vec<_>, TchError>>()?;
        Tensor::f_cat(&rows, 0)
    }

    fn answer(&self, batch: Tensor) -> Result<Tensor, TchError> {
        self.module.forward_ts(&[batch])?.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)
    }

    /// Whether pictures may share a batch. A module that was traced with one picture may have that
    /// number built in, and then fails or gives rows that are not each picture's own.
    fn can_batch(&self, black: &Tensor) -> Result<bool, TchError> {
        let grey = black.f_ones_like()?;
        let alone = Tensor::f_cat(&[self.forward(black)?, self.forward(&grey)?], 0)?;
        let Ok(together) = self.forward(&Tensor::f_cat(&[black, &grey], 0)?) else {
            return Ok(false);
        };
        if together.size() != alone.size() {
            return Ok(false);
        }
        let largest = |tensor: &Tensor| tensor.f_abs()?.f_max()?.f_double_value(&[]);
        Ok(largest(&together.f_sub(&alone)?)? <= TOLERANCE * largest(&alone)?)
    }
}

/// Says what comes out if it is not one row of as many numbers as there are classes.
fn check_output(
    module: &CModule,
    black: &Tensor,
    size: usize,
    classes: usize,
) -> Result<(), ScriptError> {
    let output = module
        .forward_is(&[IValue::Tensor(black.shallow_clone())])
        .map_err(|error| ScriptError::Fails { size, reason: error::first_line(&error) })?;
    let IValue::Tensor(output) = output else {
        return Err(ScriptError::NotATensor { found: error::kind_of(&output) });
    };
    let kind = output.f_kind()?;
    if !matches!(kind, Kind::Float | Kind::Double | Kind::Half | Kind::BFloat16) {
        return Err(ScriptError::Kind { found: format!("{kind:?}") });
    }
    match output.size()[..] {
        [1, found] if found == classes as i64 => Ok(()),
        [1, found] => Err(ScriptError::Classes { found, labels: classes }),
        ref found => Err(ScriptError::Shape { found: found.to_vec(), labels: classes }),
    }
}
