//! How busy the server is, and what its models are doing.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use web_sys::VisibilityState;

use super::model_list::Cards;
use crate::{
    browser::{document, post::get},
    format::{count, duration},
    handed::taken,
    texts::home as texts,
    wire::{ModelSummary, ServerStatus},
};

/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_secs(4);

/// How busy the server is and its models, which follow it for as long as the page is being looked
/// at. It is handed both as they are when the page opens.
///
/// ## Server-side rendering
///
/// Shows how things stood when the page was rendered.
#[island]
pub(crate) fn Standing() -> impl IntoView {
    let (first, models): (ServerStatus, Vec<ModelSummary>) = taken().unwrap_or_default();
    let now = RwSignal::new(Some(first));
    follow(now);
    view! {
        <StatusStrip now/>
        <section aria-labelledby="models">
            <h2 id="models" class="hidden">{texts::TITLE}</h2>
            <Cards models now/>
        </section>
    }
}

/// The queue, the requests so far and the median time.
#[component]
fn StatusStrip(now: RwSignal<Option<ServerStatus>>) -> impl IntoView {
    let figure = move |name: &'static str, value: fn(&ServerStatus) -> String| {
        let value =
            move || now.with(|it| it.as_ref().map_or_else(|| texts::UNKNOWN.to_owned(), value));
        view! {
            <div class="strip__figure">
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    view! {
        <section class="strip" aria-labelledby="strip">
            <h2 id="strip" class="strip__title">{texts::STATUS}</h2>
            <dl class="strip__figures">
                {figure(texts::QUEUED, |it| count(u64::from(it.queued)))}
                {figure(texts::RUNNING, |it| count(u64::from(it.running)))}
                {figure(texts::MEDIAN, |it| it.median_ms.map_or_else(|| texts::UNKNOWN.to_owned(), duration))}
                {figure(texts::ANSWERED, |it| count(it.answered))}
                {figure(texts::REFUSED, |it| count(it.refused))}
            </dl>
            <p class="strip__gone" role="status">
                {move || now.with(Option::is_none).then_some(texts::UNREACHABLE)}
            </p>
        </section>
    }
}

/// Asks every few seconds while the page is visible, and at once when it becomes so.
fn follow(now: RwSignal<Option<ServerStatus>>) {
    Effect::new(move || {
        let look = move || {
            if document().is_some_and(|it| it.visibility_state() == VisibilityState::Visible) {
                spawn_local(async move {
                    now.try_set(get("/api/status").await);
                });
            }
        };
        let shown = window_event_listener(
            ev::Custom::<web_sys::Event>::new("visibilitychange"),
            move |_| look(),
        );
        on_cleanup(move || shown.remove());
        if let Ok(interval) = set_interval_with_handle(look, PAUSE) {
            on_cleanup(move || interval.clear());
        }
    });
}
