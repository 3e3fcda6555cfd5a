//! The HTTP status of what is being answered.

use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::problem::Problem;

/// Gives the page that is being rendered this status.
pub(crate) fn page_status(status: u16) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(status) = StatusCode::from_u16(status)
    {
        response.set_status(status);
    }
}

/// Answers a failed server function with the problem's own status, and hands the problem on.
pub(crate) fn noted(problem: Problem) -> Problem {
    // A browser that posts a form without JavaScript is sent back to the page; a status would
    // make it show the bare JSON instead.
    let html = use_context::<Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        accept.is_some_and(|accept| accept.contains("text/html"))
    });
    if !html {
        page_status(problem.status);
    }
    if let Some(seconds) = problem.retry_after
        && let Some(response) = use_context::<ResponseOptions>()
    {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    problem
}
