//! The numbers of the network while it learns.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tch::{Device, Kind, Tensor};
use vision::network::{Parameters, Role, Vgg, VggSpec};

/// The shape of the network: four stages for 64 pixels, most of its work where maps are small.
pub fn spec(classes: usize) -> VggSpec {
    VggSpec {
        stages: vec![vec![24], vec![48, 48], vec![96, 96], vec![160, 160]],
        batch_norm: true,
        grid: 4,
        hidden: vec![256],
        classes: classes as i64,
    }
}

/// Named parameters, in the order of the layers.
#[derive(Debug)]
pub struct Weights {
    /// Name, tensor and purpose of each.
    pub parts: Vec<(String, Tensor, Role)>,
}

impl Weights {
    /// Random weights as He et al. draw them, the same for a seed.
    pub fn random(spec: &VggSpec, seed: i64) -> Result<Self> {
        tch::manual_seed(seed);
        let mut weights = Self { parts: Vec::new() };
        Vgg::new(spec, &mut Initialiser(&mut weights))?;
        Ok(weights)
    }

    /// The network that reads these weights; what changes them changes it.
    pub fn network(&self, spec: &VggSpec) -> Result<Vgg> {
        Vgg::new(spec, &mut Reader(self))
    }

    /// Makes the trained ones ask for gradients.
    pub fn require_gradients(&mut self) {
        for (_, tensor, role) in &mut self.parts {
            *tensor = tensor.set_requires_grad(trained(*role));
        }
    }

    /// A copy that shares nothing.
    pub fn copied(&self) -> Self {
        let parts = self
            .parts
            .iter()
            .map(|(name, tensor, role)| (name.clone(), tensor.detach().copy(), *role))
            .collect();
        Self { parts }
    }

    /// Moves towards other weights by a part of the way.
    pub fn approach(&mut self, other: &Self, part: f64) {
        tch::no_grad(|| {
            for ((_, tensor, _), (_, target, _)) in self.parts.iter_mut().zip(&other.parts) {
                let _ = tensor.lerp_(target, part);
            }
        });
    }

    /// Takes the values of these names, with a prefix, from a list.
    ///
    /// # Errors
    ///
    /// When one is missing or of another shape.
    pub fn take(&mut self, list: &[(String, Tensor)], prefix: &str) -> Result<()> {
        for (name, tensor, _) in &mut self.parts {
            let key = format!("{prefix}{name}");
            let (_, value) = list
                .iter()
                .find(|(other, _)| *other == key)
                .with_context(|| format!("no {key}"))?;
            ensure!(value.size() == tensor.size(), "{key} has another shape");
            tch::no_grad(|| tensor.copy_(value));
        }
        Ok(())
    }

    /// The values under their names with a prefix.
    pub fn listed(&self, prefix: &str) -> Vec<(String, Tensor)> {
        self.parts
            .iter()
            .map(|(name, tensor, _)| (format!("{prefix}{name}"), tensor.detach()))
            .collect()
    }

    /// Number of parameters, running statistics included.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|(_, tensor, _)| tensor.numel()).sum()
    }

    /// Writes them as 16-bit floats.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn export(&self, path: &Path) -> Result<()> {
        let list: Vec<_> = self
            .listed("")
            .into_iter()
            .map(|(name, tensor)| (name, tensor.to_kind(Kind::Half).contiguous()))
            .collect();
        Tensor::write_safetensors(&list, path).context("the weights cannot be written")
    }
}

/// Whether a gradient changes it.
pub fn trained(role: Role) -> bool {
    !matches!(role, Role::NormMean | Role::NormVariance)
}

/// Draws the weights as the network asks for them.
struct Initialiser<'a>(&'a mut Weights);

/// Gives the weights in the order in which the network once asked for them.
struct Reader<'a>(&'a Weights);

impl Parameters for Initialiser<'_> {
    type Error = anyhow::Error;

    fn parameter(&mut self, key: &str, shape: &[i64], role: Role) -> Result<Tensor> {
        let options = (Kind::Float, Device::Cpu);
        let fan_in = shape[1..].iter().product::<i64>() as f64;
        let tensor = match role {
            Role::ConvWeight => Tensor::randn(shape, options) * (2.0 / fan_in).sqrt(),
            Role::DenseWeight => Tensor::randn(shape, options) * (1.0 / fan_in).sqrt(),
            Role::NormScale | Role::NormVariance => Tensor::ones(shape, options),
            Role::Bias | Role::NormShift | Role::NormMean => Tensor::zeros(shape, options),
        };
        self.0.parts.push((key.to_owned(), tensor.shallow_clone(), role));
        Ok(tensor)
    }
}

impl Parameters for Reader<'_> {
    type Error = anyhow::Error;

    fn parameter(&mut self, key: &str, _: &[i64], _: Role) -> Result<Tensor> {
        let (_, tensor, _) = self
            .0
            .parts
            .iter()
            .find(|(name, _, _)| name == key)
            .with_context(|| format!("no {key}"))?;
        Ok(tensor.shallow_clone())
    }
}
