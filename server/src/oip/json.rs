//! The JSON of a request. What is not known is passed over: clients add keys of their own.

use app::problem::Problem;
use serde::Deserialize;

use super::{
    data::Flat,
    malformed,
    request::{InferRequest, Wanted, Wishes, no_shared_memory},
};
use crate::{object::object, whole::whole};

/// The JSON of a request, whose tensors may be elsewhere.
#[derive(Debug, Deserialize)]
pub(crate) struct JsonRequest {
    /// Comes back with the answer.
    #[serde(default)]
    id: Option<String>,
    /// Wishes for the whole request.
    #[serde(default)]
    parameters: Option<Parameters>,
    /// The one input.
    pub(super) inputs: Vec<JsonInput>,
    /// The outputs that are wanted; `probabilities` if none is named.
    #[serde(default)]
    outputs: Option<Vec<JsonOutput>>,
}

/// An input.
#[derive(Debug, Deserialize)]
pub(crate) struct JsonInput {
    /// `input`, or `image` for encoded pictures.
    pub(super) name: String,
    /// The pictures, then what each of them is.
    pub(super) shape: Vec<i64>,
    /// `FP32`, `FP16`, `BF16`, `UINT8` or `BYTES`.
    pub(super) datatype: String,
    /// Where its data is, if that is binary.
    #[serde(default)]
    pub(super) parameters: Option<Parameters>,
    /// Its elements, nested or row by row; pictures in base64.
    #[serde(default)]
    pub(super) data: Option<Flat>,
}

/// An output that is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct JsonOutput {
    /// `probabilities` or `logits`.
    name: String,
    /// In which form.
    #[serde(default)]
    parameters: Option<Parameters>,
}

/// Those parameters that mean something here, of a request, an input or an output.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Parameters {
    /// Of the request: 1 (first), 2 (as usual) or 3 (last).
    #[serde(default, deserialize_with = "whole")]
    priority: Option<u64>,
    /// Of the request: microseconds after which nobody waits for the answer.
    #[serde(default, deserialize_with = "whole")]
    timeout: Option<u64>,
    /// Of the request: whether outputs come as binary data.
    #[serde(default)]
    binary_data_output: Option<bool>,
    /// Of an output: whether it comes as binary data.
    #[serde(default)]
    binary_data: Option<bool>,
    /// Of an output: how many classes to name, in words.
    #[serde(default, deserialize_with = "whole")]
    classification: Option<usize>,
    /// Of an input: how many of the bytes behind the JSON are its.
    #[serde(default, deserialize_with = "whole")]
    pub(super) binary_data_size: Option<usize>,
    /// Not taken: memory is not shared with strangers.
    #[serde(default)]
    shared_memory_region: Option<String>,
}

impl JsonRequest {
    pub(super) fn parse(json: &[u8]) -> Result<Self, Problem> {
        if json.is_empty() {
            return Err(malformed("The request is empty; it must be JSON with inputs."));
        }
        object(json).map_err(|error| malformed(format!("The JSON cannot be read: {error}.")))
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
