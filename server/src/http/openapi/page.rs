//! The reference page, made of the document. It needs no JavaScript.

mod body;
mod operation;
mod schema;

use app::document;
use axum::{body::Body, extract::State};
use leptos::prelude::*;
use serde_json::Value;

use super::DOCUMENT;
use crate::http::{AppState, HttpRequest, HttpResponse};

/// `GET /docs`
pub(super) async fn show(State(state): State<AppState>, request: HttpRequest) -> HttpResponse {
    let (parts, _) = request.into_parts();
    let options = LeptosOptions::clone(&state.leptos);
    let page = move || document(options.clone(), "API", page());
    let render = leptos_axum::render_app_async_with_context(state.context(), page);
    render(HttpRequest::from_parts(parts, Body::empty())).await
}

/// An operation with where it stands.
struct Stand<'a> {
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
}

impl Stand<'_> {
    fn anchor(&self) -> String {
        text(self.operation, "operationId").to_owned()
    }
}

fn page() -> impl IntoView {
    let groups: Vec<_> = items(&DOCUMENT["tags"]).iter().map(group).collect();
    let contents: Vec<_> = items(&DOCUMENT["tags"]).iter().map(contents).collect();
    let schemas: Vec<_> = members(&DOCUMENT["components"]["schemas"])
        .map(|(name, form)| schema::section(name, form))
        .collect();
    view! {
        <section class="intro">
            <h1>"API"</h1>
            {paragraphs(text(&DOCUMENT["info"], "description"), "lead")}
            <p><a href="/openapi.json">"/openapi.json"</a>" is the same for programs."</p>
        </section>
        <div class="reference">
            <nav class="reference__contents" aria-label="Operations">{contents}
                <p class="reference__group"><a href="#schemas">"Schemas"</a></p>
            </nav>
            <div class="reference__body">
                {groups}
                <section class="reference__section" id="schemas">
                    <h2 class="reference__title">"Schemas"</h2>
                    {schemas}
                </section>
            </div>
        </div>
    }
}

/// The operations of a group, in the order of their paths.
fn of_group<'a>(tag: &'a str) -> impl Iterator<Item = Stand<'a>> {
    let paths = members(&DOCUMENT["paths"]);
    let all = paths.flat_map(|(path, item)| {
        members(item).map(move |(method, operation)| Stand { path, method, operation })
    });
    all.filter(move |stand| stand.operation["tags"][0] == tag)
}

fn contents(tag: &Value) -> impl IntoView + use<> {
    let name = text(tag, "name");
    let links = of_group(name).map(|stand| {
        view! {
            <li>
                <a href=format!("#{}", stand.anchor())>
                    {operation::method(stand.method)} <code>{stand.path.to_owned()}</code>
                </a>
            </li>
        }
    });
    view! {
        <p class="reference__group">{name.to_owned()}</p>
        <ul role="list">{links.collect::<Vec<_>>()}</ul>
    }
}

fn group(tag: &Value) -> impl IntoView + use<> {
    let name = text(tag, "name");
    let operations: Vec<_> = of_group(name).map(|stand| operation::section(&stand)).collect();
    view! {
        <section class="reference__section">
            <h2 class="reference__title">{name.to_owned()}</h2>
            <p class="reference__says">{text(tag, "description").to_owned()}</p>
            {operations}
        </section>
    }
}

/// Text with its code set as such: what stands between backquotes.
fn prose(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').enumerate().map(|(place, part)| {
        let part = part.to_owned();
        if place % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect::<Vec<_>>()
}

fn paragraphs(text: &str, class: &'static str) -> impl IntoView + use<> {
    let all = text.split("\n\n").filter(|it| !it.is_empty());
    all.map(|text| view! { <p class=class>{prose(text)}</p> }).collect::<Vec<_>>()
}

/// A block of code that may be scrolled, also by keyboard.
fn block(code: &str, label: &'static str) -> impl IntoView + use<> {
    view! {
        <pre class="reference__code" tabindex="0" role="group" aria-label=label>
            <code>{code.to_owned()}</code>
        </pre>
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
