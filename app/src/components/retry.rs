//! Trying again when the time has come.

use leptos::{prelude::*, task::spawn_local};

use crate::{browser::pause, desk::Desk, texts::wait as texts};

/// A button that can be pressed when as many seconds have gone by as the server asked for.
///
/// Stands beside the problem, not in it, or its countdown would be read out every second.
#[component]
pub(crate) fn Retry(
    /// The page.
    desk: Desk,
    /// Seconds to wait.
    seconds: u32,
) -> impl IntoView {
    let left = RwSignal::new(seconds);
    Effect::new(move || {
        spawn_local(async move {
            // Ends with the signal, when the problem is shown no more.
            while left.try_get_untracked().is_some_and(|it| it > 0) {
                pause(1000).await;
                left.try_update(|it| *it = it.saturating_sub(1));
            }
        });
    });
    let words = move || match left.get() {
        0 => texts::RETRY.to_owned(),
        seconds => format!("{} ({seconds})", texts::RETRY),
    };
    view! {
        <button
            class="button scripted retry" type="button" disabled=move || left.get() != 0
            on:click=move |_| desk.ask_again()
        >{words}</button>
    }
}
