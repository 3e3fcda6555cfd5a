//! The JSON of a request. What is not known is passed over: clients add keys of their own.

use app::problem::Problem;
use serde::Deserialize;

use super::{
    data::Flat,
    malformed,
    request::{InferRequest, Wanted, Wishes, no_shared_memory},
};

/// The JSON of a request, whose tensors may be elsewhere.
#[derive(Debug, Deserialize)]
pub(super) struct JsonRequest {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    parameters: Option<Parameters>,
    pub(super) inputs: Vec<JsonInput>,
    #[serde(default)]
    outputs: Option<Vec<JsonOutput>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JsonInput {
    pub(super) name: String,
    pub(super) shape: Vec<i64>,
    pub(super) datatype: String,
    #[serde(default)]
    pub(super) parameters: Option<Parameters>,
    #[serde(default)]
    pub(super) data: Option<Flat>,
}

#[derive(Debug, Deserialize)]
struct JsonOutput {
    name: String,
    #[serde(default)]
    parameters: Option<Parameters>,
}

/// Those parameters that mean something here, of a request, an input or an output.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Parameters {
    #[serde(default)]
    priority: Option<u64>,
    #[serde(default)]
    timeout: Option<u64>,
    #[serde(default)]
    binary_data_output: Option<bool>,
    #[serde(default)]
    binary_data: Option<bool>,
    #[serde(default)]
    classification: Option<usize>,
    #[serde(default)]
    pub(super) binary_data_size: Option<usize>,
    #[serde(default)]
    shared_memory_region: Option<String>,
}

impl JsonRequest {
    pub(super) fn parse(json: &[u8]) -> Result<Self, Problem> {
        if json.is_empty() {
            return Err(malformed("The request is empty; it must be JSON with inputs."));
        }
        serde_json::from_slice(json)
            .map_err(|error| malformed(format!("The JSON cannot be read: {error}.")))
    }

    /// The request without its inputs.
    pub(super) fn head(&mut self) -> Result<InferRequest, Problem> {
        let parameters = self.parameters.take().unwrap_or_default();
        let outputs = self.outputs.take().unwrap_or_default();
        Ok(InferRequest {
            // Some clients send an empty one with every request.
            id: self.id.take().filter(|id| !id.is_empty()),
            wishes: Wishes {
                priority: parameters.priority.unwrap_or(0),
                timeout: parameters.timeout.unwrap_or(0),
            },
            inputs: Vec::new(),
            outputs: outputs.into_iter().map(JsonOutput::wanted).collect::<Result<_, _>>()?,
            binary: parameters.binary_data_output.unwrap_or(false),
        })
    }
}

impl JsonOutput {
    fn wanted(self) -> Result<Wanted, Problem> {
        let parameters = self.parameters.unwrap_or_default();
        parameters.check()?;
        Ok(Wanted {
            name: self.name,
            classification: parameters.classification.filter(|&k| k > 0),
            binary: parameters.binary_data,
        })
    }
}

impl Parameters {
    pub(super) fn check(&self) -> Result<(), Problem> {
        match self.shared_memory_region {
            Some(_) => Err(no_shared_memory()),
            None => Ok(()),
        }
    }
}
