//! From messages to a request.

use std::collections::HashMap;

use app::problem::Problem;

use super::proto::{
    InferParameter, InferTensorContents, ModelInferRequest,
    infer_parameter::ParameterChoice,
    model_infer_request::{InferInputTensor, InferRequestedOutputTensor},
};
use crate::oip::{
    Data, Datatype, InferRequest, Tensor, Wanted, Wishes, dimensions, malformed, no_shared_memory,
};

type Parameters = HashMap<String, InferParameter>;

/// The request of a message.
///
/// # Errors
///
/// When it is not formed as the protocol says.
pub(super) fn request(message: ModelInferRequest) -> Result<InferRequest, Problem> {
    let ModelInferRequest { id, parameters, inputs, outputs, raw_input_contents, .. } = message;
    let mut raw = raw_input_contents.into_iter();
    if raw.len() > 0 && raw.len() != inputs.len() {
        return Err(malformed(format!(
            "There are {} raw_input_contents for {} inputs; there must be one for each.",
            raw.len(),
            inputs.len()
        )));
    }
    Ok(InferRequest {
        id: Some(id).filter(|id| !id.is_empty()),
        wishes: Wishes {
            priority: number(&parameters, "priority")?.unwrap_or(0),
            timeout: number(&parameters, "timeout")?.unwrap_or(0),
        },
        inputs: inputs
            .into_iter()
            .map(|input| tensor(input, raw.next().map(Data::Raw)))
            .collect::<Result<_, _>>()?,
        outputs: outputs.into_iter().map(wanted).collect::<Result<_, _>>()?,
        binary: true,
    })
}

fn tensor(input: InferInputTensor, raw: Option<Data>) -> Result<Tensor, Problem> {
    let InferInputTensor { name, datatype, shape, parameters, contents } = input;
    if parameters.contains_key("shared_memory_region") {
        return Err(no_shared_memory());
    }
    let datatype: Datatype = datatype.parse()?;
    let data = match (contents, raw) {
        (None, Some(raw)) => raw,
        (Some(contents), None) => of_contents(contents, datatype)?,
        (None, None) => return Err(malformed(format!("The input {name:?} has no contents."))),
        (Some(_), Some(_)) => {
            let detail = format!("The input {name:?} has contents and raw_input_contents.");
            return Err(malformed(detail));
        }
    };
    Ok(Tensor { shape: dimensions(&name, &shape)?, name, datatype, data })
}

fn of_contents(contents: InferTensorContents, datatype: Datatype) -> Result<Data, Problem> {
    match datatype {
        Datatype::Fp32 => Ok(Data::Numbers(contents.fp32_contents)),
        Datatype::Uint8 => {
            Ok(Data::Numbers(contents.uint_contents.into_iter().map(|n| n as f32).collect()))
        }
        Datatype::Bytes => Ok(Data::Elements(contents.bytes_contents)),
        Datatype::Fp16 | Datatype::Bf16 => {
            Err(malformed(format!("{} is sent in raw_input_contents only.", datatype.name())))
        }
    }
}

fn wanted(output: InferRequestedOutputTensor) -> Result<Wanted, Problem> {
    if output.parameters.contains_key("shared_memory_region") {
        return Err(no_shared_memory());
    }
    let k = number(&output.parameters, "classification")?;
    let classification = k.and_then(|k| usize::try_from(k).ok()).filter(|&k| k > 0);
    Ok(Wanted { name: output.name, classification, binary: None })
}

/// A parameter that is a whole number.
fn number(parameters: &Parameters, name: &str) -> Result<Option<u64>, Problem> {
    let Some(parameter) = parameters.get(name) else { return Ok(None) };
    let number = match parameter.parameter_choice {
        Some(ParameterChoice::Int64Param(number)) => u64::try_from(number).ok(),
        Some(ParameterChoice::Uint64Param(number)) => Some(number),
        _ => None,
    };
    number
        .map(Some)
        .ok_or_else(|| malformed(format!("The parameter {name} must be a whole number from 0.")))
}

#[cfg(test)]
mod tests;
