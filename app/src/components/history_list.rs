//! What this browser has seen.

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;

use crate::{
    asking::Question, browser::keep, desk::Desk, format::percent, history::Entry, problem::Problem,
    snippet::Subject, texts::history as texts,
};

/// Earlier answers, each of which shows its picture to this page's model again. Nothing while there
/// are none.
#[component]
pub(crate) fn HistoryList(
    /// The page.
    desk: Desk,
) -> impl IntoView {
    let again = move |entry: Entry| {
        spawn_local(async move {
            desk.ask(match entry.subject {
                Subject::Url(url) => Question::Url(url),
                Subject::Example { file, .. } => Question::Example(file),
                Subject::File(name) => match keep::picture(entry.id, &name).await {
                    Some(file) => Question::File(SendWrapper::new(file)),
                    None => Question::Refused(Problem::new(
                        404,
                        "picture_gone",
                        texts::GONE,
                        texts::GONE_HELP,
                    )),
                },
            });
        });
    };
    // Another model's examples are not this one's.
    let fitting = move || {
        let model = desk.main.model.read();
        let mut all = desk.history.0.get();
        all.retain(|it| it.model == *model || !matches!(it.subject, Subject::Example { .. }));
        all
    };
    let any = Memo::new(move |_| !fitting().is_empty());
    view! {
        <Show when=move || any.get()>
            <section class="history" aria-labelledby="history">
                <div class="history__head">
                    <h2 id="history">{texts::HEADING}</h2>
                    <p class="help">{texts::HELP}</p>
                    <button
                        class="button button--quiet" type="button"
                        on:click=move |_| desk.history.clear()
                    >{texts::CLEAR}</button>
                </div>
                <ul class="history__list" role="list">
                    <For each=fitting key=|it| it.id let:entry>
                        <Remembered entry again/>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Remembered(entry: Entry, again: impl Fn(Entry) + Copy + Send + Sync + 'static) -> impl IntoView {
    let Entry { best, thumbnail, .. } = entry.clone();
    let picture = thumbnail.map(|url| {
        view! { <img class="example__picture" src=url alt="" width="96" height="96"/> }
    });
    view! {
        <li>
            <button class="example" type="button" on:click=move |_| again(entry.clone())>
                {picture}
                <span class="example__title">{best.label}</span>
                <span class="example__figure">{percent(best.probability)}</span>
            </button>
        </li>
    }
}
