//! The one map from what can go wrong to what the caller hears: status, code, words.
//!
//! Client mistakes say what to do about them. Faults of ours are logged here in full and say
//! nothing about our insides.

use std::time::Duration;

use app::{problem::Problem, wire::ModelState};
use broker::{RunError, SubmitError};
use vision::{decode::DecodeError, explain::ExplainError};

use crate::fetch::FetchError;

/// How long to wait before asking again for a model that is being loaded, in seconds.
const LOADING_RETRY: u32 = 2;
/// How long to wait for a fetch slot, in seconds: about as long as a fetch takes.
const FETCH_RETRY: u32 = 2;

pub(crate) fn unknown_model(name: &str) -> Problem {
    Problem::new(
        404,
        "model_unknown",
        "No such model",
        format!("There is no model called {name:?} here. The front page lists those there are."),
    )
}

pub(crate) fn not_ready(model: &str, state: &ModelState) -> Problem {
    match state {
        ModelState::Absent { hint } => Problem::new(
            503,
            "model_absent",
            "The model's weights are not here",
            format!("The weights of {model} have to be fetched first: {hint}"),
        ),
        ModelState::Fetching { .. } => Problem::new(
            503,
            "model_absent",
            "The model's weights are on their way",
            format!("The weights of {model} are being fetched. Try again later."),
        )
        .retry_after(LOADING_RETRY),
        ModelState::Loading | ModelState::Standby => Problem::new(
            503,
            "model_loading",
            "The model is being loaded",
            format!("{model} is not ready yet. Try again in a moment."),
        )
        .retry_after(LOADING_RETRY),
        ModelState::Unloaded => Problem::new(
            503,
            "model_unloaded",
            "The model is not in service",
            format!("{model} was taken out of service. Whoever runs the server can load it again."),
        ),
        ModelState::Failed { .. } => Problem::new(
            503,
            "model_failed",
            "The model could not be loaded",
            format!("{model} could not be loaded; the server's log says why."),
        ),
        // The state changed between two looks at it.
        ModelState::Ready => busy(Duration::ZERO),
    }
}

pub(crate) fn busy(wait: Duration) -> Problem {
    let seconds = wait.as_secs_f64().ceil().clamp(1.0, 3600.0) as u32;
    Problem::new(
        503,
        "queue_full",
        "Too busy at the moment",
        format!("The queue is full. Try again in about {seconds} s."),
    )
    .retry_after(seconds)
}

pub(crate) fn expired(timeout: Duration) -> Problem {
    Problem::new(
        504,
        "deadline_exceeded",
        "It took too long",
        format!(
            "The picture was not classified within {:.1} s, so it was given up.",
            timeout.as_secs_f64()
        ),
    )
}

pub(crate) fn no_example(model: &str, file: Option<&str>) -> Problem {
    match file {
        Some(file) => Problem::new(
            404,
            "example_unknown",
            "No such example",
            format!("{model} has no example picture called {file:?}."),
        ),
        None => no_picture(),
    }
}

pub(crate) fn no_class(model: &str, class: &str, near: &[&str], classes: usize) -> Problem {
    let near: Vec<_> = near.iter().map(|label| format!("“{label}”")).collect();
    let near = match near.split_last() {
        Some((last, [])) => format!(" Like it is {last}."),
        Some((last, others)) => format!(" Like it are {} and {last}.", others.join(", ")),
        None => String::new(),
    };
    Problem::new(
        404,
        "class_unknown",
        "No such class",
        format!(
            "{model} has no class “{class}”.{near} Name one by its label or by its number, 0 to {}.",
            classes.saturating_sub(1)
        ),
    )
}

pub(crate) fn no_gradient(model: &str) -> Problem {
    Problem::new(
        422,
        "method_unsupported",
        "This model has no gradients to look at",
        format!("The layers of {model} are not known here. Ask for method=occlusion."),
    )
}

pub(crate) fn explanation(error: &ExplainError) -> Problem {
    tracing::error!(%error, "an explanation failed");
    Problem::new(
        500,
        "explanation_failed",
        "The network could not be asked why",
        "The fault is ours, and it is logged. Other pictures are not affected.",
    )
}

pub(crate) fn no_picture() -> Problem {
    Problem::new(
        400,
        "picture_missing",
        "No picture was given",
        "Send a picture, or the address of one as `url`.",
    )
}

pub(crate) fn too_many_pictures(most: usize) -> Problem {
    Problem::new(
        400,
        "too_many_pictures",
        "Too many pictures in one request",
        format!("A request may hold {most} pictures at most. Send them in several."),
    )
}

pub(crate) fn not_finite() -> Problem {
    Problem::new(
        422,
        "scores_not_finite",
        "There is no answer to this input",
        "The network's scores are not finite: the values of the input are too large.",
    )
}

pub(crate) fn upload_too_large(limit: u64) -> Problem {
    Problem::new(
        413,
        "picture_too_large",
        "The picture is too large",
        format!("At most {:.1} MB are taken.", limit as f64 / 1e6),
    )
}

pub(crate) fn submission(error: SubmitError) -> Problem {
    match error {
        SubmitError::Busy { retry_after } => busy(retry_after),
        SubmitError::Loading => not_ready("The model", &ModelState::Loading),
        SubmitError::Failed { reason } => {
            tracing::error!(%reason, "the worker is gone");
            not_ready("The model", &ModelState::Failed { reason: String::new() })
        }
        SubmitError::Draining => stopping(),
    }
}

pub(crate) fn run(error: &RunError, timeout: Duration) -> Problem {
    match error {
        RunError::Expired => expired(timeout),
        RunError::Stopped => stopping(),
        RunError::Failed(_) | RunError::Panicked(_) | RunError::WrongCount { .. } => {
            tracing::error!(%error, "a batch failed");
            Problem::new(
                500,
                "inference_failed",
                "The network failed on this picture",
                "The fault is ours, and it is logged. Other pictures are not affected.",
            )
        }
    }
}

pub(crate) fn decode(error: &DecodeError) -> Problem {
    let (status, code, title) = match error {
        DecodeError::Empty => (400, "picture_empty", "The picture is empty"),
        DecodeError::UnknownFormat(_) => {
            (415, "picture_format_unsupported", "Not a picture of a known kind")
        }
        DecodeError::TooLarge { .. } | DecodeError::TooMuchMemory { .. } => {
            (413, "picture_dimensions", "The picture has too many pixels")
        }
        DecodeError::TooManyScans { .. } => {
            (422, "picture_too_many_scans", "The picture is not plausible")
        }
        DecodeError::Damaged { .. } | DecodeError::Panicked => {
            (422, "picture_damaged", "The picture is damaged")
        }
    };
    // The title says already that it is damaged.
    let detail = match error {
        DecodeError::Damaged { reason } => sentence(reason),
        _ => sentence(&error.to_string()),
    };
    Problem::new(status, code, title, detail)
}

pub(crate) fn fetch(error: &FetchError) -> Problem {
    let (status, title) = match error {
        FetchError::InvalidUrl(_) => (400, "Not an address"),
        FetchError::NotAllowed(_) => (403, "This address is not fetched"),
        FetchError::Off => (403, "Addresses are not fetched here"),
        FetchError::UpstreamStatus(_) => (422, "There is no picture at this address"),
        FetchError::NotAnImage => (415, "There is no picture at this address"),
        FetchError::TooLarge { .. } => (413, "The picture is too large"),
        FetchError::Unreachable | FetchError::Encoded | FetchError::TooManyRedirects => {
            (422, "The picture could not be fetched")
        }
        FetchError::Timeout => (422, "The picture did not come in time"),
        FetchError::Busy => (503, "Too busy at the moment"),
    };
    // The title says already that it is not fetched.
    let detail = match error {
        FetchError::NotAllowed(denied) => sentence(&denied.to_string()),
        _ => sentence(&error.to_string()),
    };
    let problem = Problem::new(status, error.code(), title, detail);
    match error {
        FetchError::Busy => problem.retry_after(FETCH_RETRY),
        _ => problem,
    }
}

pub(crate) fn bug() -> Problem {
    Problem::new(
        500,
        "internal",
        "Something went wrong here",
        "The fault is ours, and it is logged. Please try again.",
    )
}

fn stopping() -> Problem {
    Problem::new(
        503,
        "stopping",
        "The server is stopping",
        "It takes nothing more. Try again in a moment.",
    )
    .retry_after(LOADING_RETRY)
}

/// An error's text as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}
