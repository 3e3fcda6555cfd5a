//! Which numbers a processor computes fastest in.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use tch::TchError;

use super::Precision;
use crate::network::Packing;

/// How often each kind is measured. The shortest counts: a busy machine only makes it longer.
const ROUNDS: usize = 5;

/// How much faster `bf16` has to be for what it costs in accuracy. Processors with matrix units
/// take half the time; some of those that merely know the kind take as long as with `f32`.
const GAIN: f64 = 1.3;

/// Whether a processor computes in such numbers with the operators that are used here.
pub(super) fn runs(precision: Precision) -> bool {
    match precision {
        Precision::F32 => true,
        Precision::Bf16 => Packing::new(precision.kind()).is_ok(),
        Precision::F16 => false,
    }
}

/// The numbers to take if nobody asks for any.
pub(super) fn fastest(threads: NonZeroUsize) -> Precision {
    super::set_threads(threads);
    if has_bf16() && measure().is_ok_and(|[f32, bf16]| f32 > bf16.mul_f64(GAIN)) {
        Precision::Bf16
    } else {
        Precision::F32
    }
}

/// Whether the processor has instructions for `bf16`; without them it is computed in `f32`.
fn has_bf16() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Shortest times of a convolution such as VGG and residual networks are made of, in `f32` and in
/// `bf16`.
fn measure() -> Result<[Duration; 2], TchError> {
    let _guard = tch::no_grad_guard();
    let f32 = Packing::new(Precision::F32.kind())?.trial(128, 28)?;
    let bf16 = Packing::new(Precision::Bf16.kind())?.trial(128, 28)?;
    let trials: [&dyn Fn() -> Result<(), TchError>; 2] = [&f32, &bf16];
    let mut shortest = [Duration::MAX; 2];
    // The first round prepares the kernels; the rounds alternate, so that both see the same machine.
    for round in 0..=ROUNDS {
        for (trial, shortest) in trials.into_iter().zip(&mut shortest) {
            let start = Instant::now();
            trial()?;
            if round > 0 {
                *shortest = start.elapsed().min(*shortest);
            }
        }
    }
    Ok(shortest)
}
