//! What networks compute on, and in which numbers.

mod probe;

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::thread::available_parallelism;

use tch::{Cuda, Device, Kind};
use thiserror::Error;

/// The numbers that a network computes with. What goes in and what comes out is `f32` all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 24 bits of precision: what the weights were trained in.
    F32,
    /// 8 bits of precision and the range of `f32`: half the memory, and fast where a processor has
    /// instructions for it.
    Bf16,
    /// 11 bits of precision: on graphics processors alone.
    F16,
}

/// What the operator asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PrecisionChoice {
    /// On a processor `bf16` where it is measured to be faster, otherwise `f32`; on a graphics
    /// processor `f16`.
    #[default]
    Auto,
    /// This one.
    Fixed(Precision),
}

/// Where the operator wants to compute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// On the first graphics processor if libtorch finds one.
    #[default]
    Auto,
    /// On the processor.
    Cpu,
    /// On this graphics processor, counted from 0.
    Cuda(usize),
}

/// What networks compute on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compute {
    pub(crate) device: Device,
    /// The numbers.
    pub precision: Precision,
    /// Threads of the processor at most.
    pub threads: NonZeroUsize,
}

/// Why a network cannot compute as it is asked to.
#[derive(Debug, Error)]
pub enum ComputeError {
    /// There is no such graphics processor.
    #[error(
        "there is no device cuda:{asked}: libtorch finds {found} graphics processors. Use \
         --device cpu, or point LIBTORCH at a libtorch that was built for CUDA and build anew"
    )]
    NoCuda {
        /// The one that was asked for.
        asked: usize,
        /// How many there are.
        found: usize,
    },
    /// A processor does not compute in these numbers.
    #[error("this processor does not compute in {0}; use --precision f32")]
    Precision(Precision),
    /// Not a device.
    #[error("it must be auto, cpu, or cuda:N")]
    NotADevice,
    /// Not a kind of numbers.
    #[error("it must be auto, f32, bf16, or (on a graphics processor) f16")]
    NotAPrecision,
}

impl Compute {
    /// Decides what to compute on. Where that has to be measured it takes a fraction of a second
    /// and the threads that are given, so that nothing else should compute meanwhile.
    ///
    /// # Errors
    ///
    /// When what is asked for is not there.
    pub fn decide(
        device: DeviceChoice,
        precision: PrecisionChoice,
        threads: NonZeroUsize,
    ) -> Result<Self, ComputeError> {
        let found = usize::try_from(Cuda::device_count()).unwrap_or_default();
        let device = match device {
            DeviceChoice::Auto if found > 0 => Device::Cuda(0),
            DeviceChoice::Auto | DeviceChoice::Cpu => Device::Cpu,
            DeviceChoice::Cuda(asked) if asked < found => Device::Cuda(asked),
            DeviceChoice::Cuda(asked) => return Err(ComputeError::NoCuda { asked, found }),
        };
        let precision = match (precision, device) {
            (PrecisionChoice::Fixed(precision), Device::Cpu) => {
                if !probe::runs(precision) {
                    return Err(ComputeError::Precision(precision));
                }
                precision
            }
            (PrecisionChoice::Fixed(precision), _) => precision,
            (PrecisionChoice::Auto, Device::Cpu) => probe::fastest(threads),
            (PrecisionChoice::Auto, _) => Precision::F16,
        };
        // Whoever decides need not be the one who computes.
        scheduling::end_team();
        Ok(Self { device, precision, threads })
    }
}

/// Sets how many threads libtorch computes with when the calling thread asks it to.
pub(crate) fn set_threads(threads: NonZeroUsize) {
    tch::set_num_threads(i32::try_from(threads.get()).unwrap_or(i32::MAX));
}

/// On the processor in `f32`, with a thread for each core that the process may use.
impl Default for Compute {
    fn default() -> Self {
        let threads = available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { device: Device::Cpu, precision: Precision::F32, threads }
    }
}

/// As in `f32 on cpu`.
impl fmt::Display for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.device {
            Device::Cuda(index) => write!(f, "{} on cuda:{index}", self.precision),
            Device::Cpu | Device::Mps | Device::Vulkan => write!(f, "{} on cpu", self.precision),
        }
    }
}

impl Precision {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::F32 => Kind::Float,
            Self::Bf16 => Kind::BFloat16,
            Self::F16 => Kind::Half,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::F16 => "f16",
        })
    }
}

impl FromStr for DeviceChoice {
    type Err = ComputeError;

    fn from_str(name: &str) -> Result<Self, ComputeError> {
        match name {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            _ => {
                let index = name.strip_prefix("cuda:").and_then(|index| index.parse().ok());
                index.map(Self::Cuda).ok_or(ComputeError::NotADevice)
            }
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

impl FromStr for PrecisionChoice {
    type Err = ComputeError;

    fn from_str(name: &str) -> Result<Self, ComputeError> {
        match name {
            "auto" => Ok(Self::Auto),
            "f32" => Ok(Self::Fixed(Precision::F32)),
            "bf16" => Ok(Self::Fixed(Precision::Bf16)),
            "f16" => Ok(Self::Fixed(Precision::F16)),
            _ => Err(ComputeError::NotAPrecision),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_read() {
        assert_eq!("auto".parse::<DeviceChoice>().unwrap(), DeviceChoice::Auto);
        assert_eq!("cpu".parse::<DeviceChoice>().unwrap(), DeviceChoice::Cpu);
        assert_eq!("cuda:12".parse::<DeviceChoice>().unwrap(), DeviceChoice::Cuda(12));
        for wrong in ["", "gpu", "cuda", "cuda:", "cuda:-1", "CPU"] {
            assert!(wrong.parse::<DeviceChoice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn precisions_are_read_as_they_are_written() {
        for precision in [Precision::F32, Precision::Bf16, Precision::F16] {
            let read = precision.to_string().parse::<PrecisionChoice>().unwrap();
            assert_eq!(read, PrecisionChoice::Fixed(precision));
        }
        assert!("half".parse::<PrecisionChoice>().is_err());
    }

    /// Protects the operator from a server that computes elsewhere than was asked.
    #[test]
    fn a_graphics_processor_that_is_not_there_is_an_error() {
        let far = DeviceChoice::Cuda(1000);
        let error = Compute::decide(far, PrecisionChoice::Auto, NonZeroUsize::MIN).unwrap_err();
        assert!(error.to_string().contains("no device cuda:1000"), "{error}");
    }

    #[test]
    fn half_precision_is_not_for_the_processor() {
        let half = PrecisionChoice::Fixed(Precision::F16);
        let error = Compute::decide(DeviceChoice::Cpu, half, NonZeroUsize::MIN).unwrap_err();
        assert!(error.to_string().contains("f16"), "{error}");
    }
}
