//! While an answer is awaited.

use leptos::prelude::*;

use crate::{format::size, texts::wait as texts, wire::Stage};

/// How far it is, as far as the server has said, and the way out.
///
/// Not told to those who listen to the page, who would hear of nothing else: that it is busy is
/// told where the answer will be.
#[component]
pub(crate) fn Wait(
    /// Whether something is awaited.
    pending: RwSignal<bool>,
    /// How far it is.
    stage: RwSignal<Option<Stage>>,
    /// No longer wants it.
    cancel: Callback<()>,
) -> impl IntoView {
    let part = move || match stage.get() {
        Some(Stage::Fetching { received, total: Some(total) }) => Some((received, total)),
        Some(Stage::Explaining { done, total }) => Some((u64::from(done), u64::from(total))),
        _ => None,
    };
    let value = move || part().map(|(part, _)| part.to_string());
    let max = move || part().map(|(_, whole)| whole.max(1).to_string());
    view! {
        <div class="wait" hidden=move || !pending.get()>
            <p class="wait__text">{move || words(stage.get())}</p>
            <button
                class="button button--quiet" type="button" on:click=move |_| cancel.run(())
            >{texts::CANCEL}</button>
            <progress class="wait__bar" aria-label=texts::PROGRESS value=value max=max></progress>
        </div>
    }
}

fn words(stage: Option<Stage>) -> String {
    match stage {
        None => texts::SENDING.to_owned(),
        Some(Stage::Fetching { received, total }) => {
            texts::fetching(&size(received), total.map(size).as_deref())
        }
        Some(Stage::Decoding) => texts::DECODING.to_owned(),
        Some(Stage::Queued { ahead: 0 }) => texts::NEXT.to_owned(),
        Some(Stage::Queued { ahead }) => texts::place(ahead),
        Some(Stage::Running) => texts::RUNNING.to_owned(),
        Some(Stage::Explaining { done, total }) => texts::hiding(done, total),
    }
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::wire::Stage;

    #[test]
    fn says_how_far_it_is() {
        let fetching = |total| words(Some(Stage::Fetching { received: 120_000, total }));
        assert_eq!(fetching(Some(1_250_000)), "Fetching: 120 kB of 1.2 MB");
        assert_eq!(fetching(None), "Fetching: 120 kB");
        assert_eq!(words(Some(Stage::Queued { ahead: 2 })), "Place 3 in the queue");
        assert_eq!(words(Some(Stage::Queued { ahead: 0 })), "Next in line");
    }
}
