//! What the server and the models say of themselves.

use app::wire::{ModelState, ModelSummary};
use serde::Serialize;
use utoipa::ToSchema;

use super::{EXTENSIONS, INPUT, PROBABILITIES, VERSION};

/// The kind of network behind a model, as Triton calls it.
pub const PLATFORM: &str = "pytorch_libtorch";

/// The server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServerMetadata {
    /// What it is.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it does beyond the protocol.
    pub extensions: [&'static str; 6],
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelMetadata {
    /// Its name.
    pub name: String,
    /// Its versions.
    pub versions: [&'static str; 1],
    /// Kind of network.
    pub platform: &'static str,
    /// Its inputs.
    pub inputs: [TensorMetadata; 1],
    /// Its outputs.
    pub outputs: [TensorMetadata; 1],
}

/// An input or an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TensorMetadata {
    /// Its name.
    pub name: &'static str,
    /// What its elements are.
    pub datatype: &'static str,
    /// Its shape; -1 for any number.
    pub shape: Vec<i64>,
}

/// What the server says of itself.
pub fn server() -> ServerMetadata {
    ServerMetadata { name: "vitrine", version: env!("CARGO_PKG_VERSION"), extensions: EXTENSIONS }
}

/// What a model says of itself. That the same input takes encoded pictures has no place here, since
/// clients insist on one input of one datatype.
pub fn model(summary: &ModelSummary) -> ModelMetadata {
    let side = i64::from(summary.input_size);
    let shape = vec![-1, 3, side, side];
    let classes = vec![-1, i64::from(summary.classes)];
    ModelMetadata {
        name: summary.name.clone(),
        versions: [VERSION],
        platform: PLATFORM,
        inputs: [TensorMetadata { name: INPUT, datatype: "FP32", shape }],
        outputs: [TensorMetadata { name: PROBABILITIES, datatype: "FP32", shape: classes }],
    }
}

/// Whether a request to a model would be answered. One that is loaded when somebody asks is ready.
pub fn is_ready(state: &ModelState) -> bool {
    matches!(state, ModelState::Ready | ModelState::Standby)
}
