//! The page of a mounted pipeline: a form, and what came of it. It needs no JavaScript.

use std::sync::Arc;

use app::{document, problem::Problem};
use axum::{body::Body, extract::State};
use http::request::Parts;
use leptos::{either::EitherOf3, prelude::*};

use super::{Mounted, Stand};
use crate::http::{HttpRequest, HttpResponse, problem};

/// `GET`.
pub(super) async fn show<Response: Send + 'static>(
    State(mounted): State<Arc<Mounted<Response>>>,
    request: HttpRequest,
) -> HttpResponse {
    let (parts, _) = request.into_parts();
    render(&mounted, parts, None).await
}

/// The page with what came of a picture.
pub(super) async fn render<Response: Send + 'static>(
    mounted: &Mounted<Response>,
    parts: Parts,
    outcome: Option<Result<String, Problem>>,
) -> HttpResponse {
    let (stand, options) = (mounted.stand.clone(), LeptosOptions::clone(&mounted.state.leptos));
    let problem = outcome.as_ref().and_then(|outcome| outcome.as_ref().err().cloned());
    let page = move || {
        let view = view(&stand, outcome.clone());
        document(options.clone(), stand.title, view)
    };
    let render = leptos_axum::render_app_async_with_context(mounted.state.context(), page);
    let mut response = render(HttpRequest::from_parts(parts, Body::empty())).await;
    if let Some(problem) = problem {
        *response.status_mut() = problem::status(&problem);
        problem::set_retry_after(response.headers_mut(), &problem);
    }
    response
}

fn view(stand: &Stand, outcome: Option<Result<String, Problem>>) -> impl IntoView + use<> {
    let &Stand { path, title, description } = stand;
    let outcome = match outcome {
        None => EitherOf3::A(()),
        Some(Ok(words)) => EitherOf3::B(view! { <p class="lead"><output>{words}</output></p> }),
        Some(Err(Problem { title, detail, .. })) => EitherOf3::C(view! {
            <div class="banner banner--urgent" role="alert">
                <p class="banner__title">{title}</p>
                <p>{detail}</p>
            </div>
        }),
    };
    view! {
        <section class="intro">
            <h1>{title}</h1>
            <p class="lead">{description}</p>
        </section>
        {outcome}
        <form class="picture" method="post" action=path enctype="multipart/form-data">
            <div class="field">
                <label for="image">"From a file"</label>
                <input id="image" name="image" type="file" accept="image/*"/>
            </div>
            <div class="field">
                <label for="url">"From an address"</label>
                <input id="url" name="url" type="url" placeholder="https://…/picture.jpg"/>
            </div>
            <button class="button" type="submit">"Send"</button>
        </form>
    }
}
