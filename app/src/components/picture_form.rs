//! The visitor's own picture.

use leptos::{
    ev::{Event, SubmitEvent},
    html::Input,
    prelude::*,
};

use super::why_wish::WhyWish;
use crate::{asking::Question, browser::ways::files, desk::Desk, format, texts::ways as texts};

/// The ways to give a picture: from a file, by dropping or pasting, from the camera, or by address.
/// A file is classified as soon as it is chosen.
///
/// Works without JavaScript as a plain form.
#[component]
pub(crate) fn PictureForm(
    /// Path to which the picture is sent without JavaScript.
    action: String,
    /// The address to start with.
    url: Option<String>,
    /// Largest picture that the model takes, in bytes.
    max_upload: u64,
    /// The page.
    desk: Desk,
    /// Whether the camera is wanted.
    camera: RwSignal<bool>,
) -> impl IntoView {
    let pending = desk.main.errand.pending;
    let address = NodeRef::<Input>::new();
    let file = NodeRef::<Input>::new();
    // Without JavaScript there is one picture at a time.
    let many = RwSignal::new(false);
    Effect::new(move || many.set(true));
    let choose = move |_: Event| {
        let Some(input) = file.get_untracked() else { return };
        if let Some(address) = address.get_untracked() {
            address.set_value("");
        }
        desk.take(files(input.files()));
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = file.get_untracked().map(|it| files(it.files())).unwrap_or_default();
        if !chosen.is_empty() {
            return desk.take(chosen);
        }
        let url = address.get_untracked().map(|it| it.value()).unwrap_or_default();
        let url = url.trim();
        desk.ask(if url.is_empty() {
            Question::Example(String::new())
        } else {
            Question::Url(url.to_owned())
        });
    };
    // There is one picture at a time: an address takes back the file.
    let forget = move |_| {
        if let Some(file) = file.get_untracked() {
            file.set_value("");
        }
    };
    let preview = move || {
        desk.preview.get().map(|url| {
            view! { <img class="drop__preview" src=url alt=texts::PREVIEW/> }
        })
    };
    view! {
        <form
            id="picture-form" class="picture" method="post" action=action
            enctype="multipart/form-data" aria-labelledby="picture" on:submit=submit
        >
            <h2 id="picture">{texts::HEADING}</h2>
            <div class="drop">
                {preview}
                <p class="drop__hint scripted">{texts::DROP}</p>
                <div class="drop__ways">
                    <div class="field file">
                        <label for="image">{texts::FILE}</label>
                        <input
                            id="image" name="image" type="file" accept="image/*" multiple=many
                            aria-describedby="image-help" node_ref=file on:change=choose
                        />
                    </div>
                    <button
                        class="button button--quiet scripted" type="button"
                        on:click=move |_| camera.set(true)
                    >{texts::CAMERA}</button>
                </div>
                <p class="help" id="image-help">{texts::limits(&format::size(max_upload))}</p>
            </div>
            <div class="field">
                <label for="url">{texts::ADDRESS}</label>
                <div class="field__row">
                    <input
                        id="url" name="url" type="url" value=url
                        placeholder=texts::PLACEHOLDER autocomplete="off"
                        node_ref=address on:input=forget
                    />
                    <button class="button" type="submit">
                        {move || if pending.get() { texts::CLASSIFYING } else { texts::CLASSIFY }}
                    </button>
                </div>
            </div>
            <WhyWish/>
        </form>
    }
}
