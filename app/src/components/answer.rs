//! The answer to a picture.

use leptos::{either::EitherOf3, html, prelude::*};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{
    Predictions, ProblemView, SourceLine, TimingList, find_class::FindClass, retry::Retry,
    wait::Wait, why_view::WhyView,
};
use crate::{
    asking::{Asking, Outcome},
    desk::Desk,
    format::percent,
    texts::answer as texts,
    wire::{Classification, PageAnswer},
};

/// The place for the answer: says what to do until there is one, shows the newest answer or
/// what went wrong, and stays dimmed while the next one is awaited.
///
/// The outcome is also told in a sentence to those who listen to the page.
#[component]
pub(crate) fn AnswerPanel(
    /// The page.
    desk: Desk,
    /// Who is asked.
    asking: Asking,
    /// The model's title, where there are two to be told apart.
    title: Signal<Option<String>>,
    /// Whether this is the answer of the model that the page's is compared with.
    #[prop(optional)]
    second: bool,
) -> impl IntoView {
    let (pending, outcome) = (asking.errand.pending, asking.outcome());
    let panel = NodeRef::<html::Section>::new();
    if !second {
        keep_in_view(panel, outcome, pending);
    }
    let told = move || told(pending.get(), outcome.get().as_ref());
    let body = move || match outcome.get() {
        None => EitherOf3::A(view! { <Nothing/> }),
        Some(Ok(page)) => EitherOf3::B(view! { <Answer page desk asking/> }),
        Some(Err(problem)) => {
            let again = problem.retry_after.map(|seconds| view! { <Retry desk seconds/> });
            EitherOf3::C(view! { <ProblemView problem/> {again} })
        }
    };
    let heading =
        move || title.get().map_or_else(|| texts::HEADING.to_owned(), |it| texts::named(&it));
    let (id, heading_id) =
        if second { ("answer-2", "answer-2-heading") } else { ("answer", "answer-heading") };
    view! {
        <section
            id=id class="answer" aria-labelledby=heading_id
            aria-busy=move || pending.get().to_string() node_ref=panel
        >
            <h2 id=heading_id>{heading}</h2>
            <p class="hidden" role="status" aria-live="polite">{told}</p>
            <Wait pending stage=asking.errand.stage cancel=Callback::new(move |()| desk.cancel())/>
            <div class="answer__body">{body}</div>
        </section>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="nothing">
            <svg class="nothing__mark" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
                <path d="M9 39V19a15 15 0 0 1 30 0v20M5 42h38"/>
            </svg>
            <p>{texts::NOTHING}</p>
        </div>
    }
}

#[component]
fn Answer(page: PageAnswer, desk: Desk, asking: Asking) -> impl IntoView {
    let PageAnswer { answer, ranking, why } = page;
    let Classification { model, fallback_for, predictions, source, timing, cached, note, crop } =
        answer;
    let picture = NodeRef::<html::Img>::new();
    let note = note.map(|note| view! { <p class="note">{note}</p> });
    let known = cached.then(|| view! { <p class="note">{texts::KNOWN}</p> });
    let stand_in = fallback_for.map(|asked| {
        view! { <p class="note">{texts::stands_in(&model, &asked)}</p> }
    });
    let model = StoredValue::new(model);
    // Several at once are asked for without it.
    let seen = crop.or_else(|| desk.preview.get_untracked()).map(|crop| {
        view! {
            <figure class="seen">
                <img
                    class="seen__picture" src=crop alt=texts::SEEN_ALT width="224" height="224"
                    node_ref=picture
                />
                <figcaption>{texts::SEEN}</figcaption>
            </figure>
        }
    });
    let why = why.map(|(caption, picture)| {
        view! {
            <figure class="seen">
                {(!picture.is_empty()).then(|| view! {
                    <img class="seen__picture" src=picture alt=caption.clone() width="224" height="224"/>
                })}
                <figcaption>{caption.clone()}</figcaption>
            </figure>
        }
    });
    let find = ranking.map(|ranking| view! { <FindClass model asking ranking/> });
    let kind = source.kind;
    view! {
        {note}
        {known}
        {stand_in}
        <div class="answer__parts">
            {seen}
            {why}
            <Predictions predictions shown=desk.shown.into() asking model/>
        </div>
        <WhyView asking model picture/>
        {find}
        <div class="answer__details">
            <SourceLine source/>
            <TimingList timing kind/>
        </div>
    }
}

/// Scrolls to the panel when something happens in it that the visitor would miss, as on a phone,
/// where the examples stand below it.
fn keep_in_view(
    panel: NodeRef<html::Section>,
    outcome: Signal<Option<Outcome>>,
    pending: RwSignal<bool>,
) {
    Effect::new(move |opened: Option<()>| {
        pending.track();
        outcome.track();
        // Where the page opens is the browser's affair.
        if opened.is_some()
            && let Some(panel) = panel.get_untracked()
        {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            panel.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// The state of things in a sentence.
fn told(pending: bool, outcome: Option<&Outcome>) -> String {
    match outcome {
        _ if pending => texts::TOLD_BUSY.to_owned(),
        Some(Ok(page)) => {
            page.answer.predictions.first().map_or_else(String::new, |best| {
                texts::told(&best.label, &percent(best.probability))
            })
        }
        // A problem is an alert and speaks for itself.
        Some(Err(_)) | None => String::new(),
    }
}

#[cfg(all(test, feature = "ssr"))]
#[path = "answer/tests.rs"]
mod tests;
