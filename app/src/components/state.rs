//! What a model is doing.

use std::time::Duration;

use leptos::{leptos_dom::helpers::set_timeout_with_handle, prelude::*, task::spawn_local};

use crate::{
    browser::post::get,
    texts::model as texts,
    wire::{ModelState, ModelSummary},
};

/// How long to wait before asking again after a model that is being loaded.
const PAUSE: Duration = Duration::from_millis(1500);

/// A model's state in a word or three.
#[component]
pub fn StateBadge(
    /// The state.
    #[prop(into)]
    state: Signal<ModelState>,
) -> impl IntoView {
    move || {
        let (class, text) = match state.get() {
            ModelState::Ready => ("state state--ready", texts::READY),
            ModelState::Standby => ("state state--ready", texts::STANDBY),
            ModelState::Unloaded => ("state state--absent", texts::UNLOADED),
            ModelState::Loading => ("state state--loading", texts::LOADING),
            ModelState::Fetching { .. } => ("state state--loading", texts::FETCHING),
            ModelState::Absent { .. } => ("state state--absent", texts::ABSENT),
            ModelState::Failed { .. } => ("state state--failed", texts::FAILED),
        };
        view! { <span class=class>{text}</span> }
    }
}

/// Keeps asking after a model for as long as its weights are fetched or loaded, which ends by
/// itself. Weights that are absent or broken stay so until somebody does something about it.
///
/// ## Server-side rendering
///
/// Does nothing: only the browser waits.
pub(crate) fn keep_fresh(summary: RwSignal<ModelSummary>) {
    Effect::new(move || {
        let (name, passing) = summary.with(|summary| {
            let passing =
                matches!(summary.state, ModelState::Loading | ModelState::Fetching { .. });
            (summary.name.clone(), passing)
        });
        if !passing {
            return;
        }
        let ask = move || {
            spawn_local(async move {
                match get(&format!("/api/model?name={name}")).await {
                    Some(newer) => {
                        summary.try_set(newer);
                    }
                    // Nothing new, but this effect has to come round again.
                    None => {
                        summary.try_update(|_| ());
                    }
                }
            });
        };
        if let Ok(timeout) = set_timeout_with_handle(ask, PAUSE) {
            on_cleanup(move || timeout.clear());
        }
    });
}
