//! What a model's page opens with.

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {crate::classify::Posted, leptos::prelude::use_context};

use crate::{
    asking::Outcome,
    problem::Problem,
    server_fns::{classify_example, classify_url, model},
    status::page_status,
    wire::ModelSummary,
};

/// Which model's page is visited, and with which question in its address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Visit {
    /// Name of the model.
    pub(crate) model: String,
    /// `?url=`
    pub(crate) url: Option<String>,
    /// `?example=`
    pub(crate) example: Option<String>,
}

/// A model's page before the visitor has done anything on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Opened {
    /// The model.
    pub(crate) model: ModelSummary,
    /// The address to show in the form.
    pub(crate) url: Option<String>,
    /// The answer that the page comes with.
    pub(crate) outcome: Option<Outcome>,
}

/// Gathers what the page needs.
///
/// ## Server-side rendering
///
/// Takes the outcome of a posted form from the context, and sets the status of the response.
pub(crate) async fn open(visit: Visit) -> Result<Opened, Problem> {
    let model = model(visit.model.clone()).await.inspect_err(|it| page_status(it.status))?;
    let (url, outcome) = first(visit).await;
    if let Some(Err(problem)) = &outcome {
        page_status(problem.status);
    }
    Ok(Opened { model, url, outcome })
}

async fn first(visit: Visit) -> (Option<String>, Option<Outcome>) {
    #[cfg(feature = "ssr")]
    if let Some(posted) = use_context::<Posted>() {
        return (posted.url, Some(posted.outcome));
    }
    let Visit { model, url, example } = visit;
    // A form that is sent with an empty field leaves `?url=` behind.
    let url = url.filter(|url| !url.trim().is_empty());
    let outcome = match (&url, example) {
        (Some(url), _) => Some(classify_url(model, url.trim().to_owned()).await),
        (None, Some(example)) => Some(classify_example(model, example).await),
        (None, None) => None,
    };
    (url, outcome)
}
