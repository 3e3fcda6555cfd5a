//! The question as a program would ask it.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser,
    desk::Desk,
    snippet::{Language, Subject, snippet},
    texts::copy as texts,
};

/// Programs that ask what the page asks, ready to be copied. Which one is shown is for the style
/// sheet to say, so that it can be chosen without JavaScript.
#[component]
pub(crate) fn CopyAs(
    /// The page.
    desk: Desk,
    /// The origin of the page, as far as the server knows it.
    origin: String,
) -> impl IntoView {
    let origin = RwSignal::new(origin);
    let secure = RwSignal::new(false);
    Effect::new(move || {
        secure.set(browser::is_secure());
        if let Some(known) = browser::origin() {
            origin.set(known);
        }
    });
    let program = move |language: Language| {
        let subject = desk.subject.get().unwrap_or_else(|| Subject::File("picture.jpg".to_owned()));
        snippet(language, &origin.read(), &desk.main.model.read(), &subject, desk.shown.get())
    };
    let choices = Language::ALL.map(|language| {
        let first = language == Language::Curl;
        view! {
            <label class="choice">
                <input
                    class="choice__dot" type="radio" name="language" value=language.key() checked=first
                />
                {language.name()}
            </label>
        }
    });
    let programs = Language::ALL.map(|language| {
        view! {
            <div class=format!("program program--{}", language.key())>
                <pre tabindex="0"><code>{move || program(language)}</code></pre>
                <CopyButton text=Signal::derive(move || program(language)) label=texts::COPY shown=secure/>
            </div>
        }
    });
    let link = Signal::derive(move || {
        desk.subject.track();
        let location = web_sys::window().and_then(|it| it.location().href().ok());
        location.unwrap_or_default()
    });
    view! {
            <div class="row toolbar__end scripted">
                <CopyButton text=link label=texts::LINK shown=secure/>
                <button class="button button--quiet" type="button" on:click=|_| {
                    if let Some(window) = web_sys::window() {
                        let _ = window.print();
                    }
                }>{texts::PRINT}</button>
            </div>
            <details class="copy">
                <summary>{texts::HEADING}</summary>
                <fieldset class="choices">
                    <legend class="hidden">{texts::LANGUAGE}</legend>
                    {choices.into_iter().collect_view()}
                </fieldset>
                {programs.into_iter().collect_view()}
            </details>
    }
}

/// Puts a text into the clipboard and says so. Nothing where the browser has none for this page.
#[component]
fn CopyButton(
    /// The text, which is looked at when it is wanted.
    text: Signal<String>,
    /// What the button says.
    label: &'static str,
    /// Whether there is a clipboard.
    shown: RwSignal<bool>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            if browser::copy(&text).await {
                copied.set(true);
                browser::pause(2000).await;
                copied.try_set(false);
            }
        });
    };
    view! {
        <button class="button button--quiet" type="button" hidden=move || !shown.get() on:click=copy>
            <span aria-live="polite">{move || if copied.get() { texts::COPIED } else { label }}</span>
        </button>
    }
}
