//! The parameters of a network, found by building it from nothing and noting what it asks for.

use std::convert::Infallible;

use tch::Tensor;

use super::{Network, NetworkSpec, Parameters, Role};

/// Key, shape and purpose of every parameter.
pub(super) fn of(spec: &NetworkSpec) -> Vec<(String, Vec<i64>, Role)> {
    let mut recorder = Recorder(Vec::new());
    let Ok(_) = Network::new(spec, &mut recorder);
    recorder.0
}

struct Recorder(Vec<(String, Vec<i64>, Role)>);

impl Parameters for Recorder {
    type Error = Infallible;

    fn parameter(&mut self, key: &str, shape: &[i64], role: Role) -> Result<Tensor, Infallible> {
        self.0.push((key.to_owned(), shape.to_vec(), role));
        // A tensor without memory: nobody computes with this network.
        Ok(Tensor::new())
    }
}
