//! A request from its tensors to its answer.

use std::sync::Arc;

use app::problem::Problem;
use futures::future::try_join_all;

use super::{
    IMAGE, INPUT,
    answer::{Answer, output, wanted},
    check_version, malformed,
    pictures::items,
    request::{Datatype, InferRequest, Tensor},
};
use crate::{
    backend::Backend,
    service::{Ask, faults},
};

/// Answers a request to a model.
///
/// No other model stands in for it: the caller goes by its shapes and labels.
///
/// # Errors
///
/// When there is no such model or version, when the request is not one that the model takes, or
/// when any of its pictures cannot be scored.
pub async fn infer(
    backend: &dyn Backend,
    model: &str,
    version: &str,
    mut request: InferRequest,
) -> Result<Answer, Problem> {
    if backend.model(model).is_none() {
        return Err(faults::unknown_model(model));
    }
    check_version(model, version)?;
    let outputs = wanted(&request.outputs)?;
    let input = only_input(std::mem::take(&mut request.inputs))?;
    let pictures = input.pictures()?;
    if pictures == 0 {
        return Err(malformed("The input has no pictures: the first number of its shape is 0."));
    }
    let visit = backend
        .visit(Ask {
            stand_in: false,
            timeout: request.wishes.deadline(),
            priority: request.wishes.class(),
            ..Ask::many(model, pictures)
        })
        .await?;
    let loaded = Arc::clone(visit.model());
    // A full request is tens of megabytes, which are copied more than once.
    let items = tokio::task::spawn_blocking(move || items(input, &loaded.card().preprocess));
    let items = items.await.map_err(|_| faults::bug()).flatten();
    let items = items.map_err(|problem| visit.spoil(problem))?;
    let scores = try_join_all(items.into_iter().map(|item| visit.score(item))).await?;
    let labels = &visit.card().labels;
    Ok(Answer {
        model: model.to_owned(),
        id: request.id,
        outputs: outputs
            .iter()
            .map(|wanted| output(wanted, &scores, labels, request.binary))
            .collect(),
    })
}

fn only_input(inputs: Vec<Tensor>) -> Result<Tensor, Problem> {
    let found = inputs.len();
    let Ok([input]) = <[Tensor; 1]>::try_from(inputs) else {
        return Err(malformed(format!("There are {found} inputs; there must be one, {INPUT:?}.")));
    };
    let known = input.name == INPUT || (input.name == IMAGE && input.datatype == Datatype::Bytes);
    if known {
        return Ok(input);
    }
    Err(malformed(format!(
        "There is no input {:?}; it is called {INPUT:?}, or {IMAGE:?} for encoded pictures as BYTES.",
        input.name
    )))
}
