//! The visitor's own picture.

use leptos::{ev::SubmitEvent, html::Input, prelude::*, wasm_bindgen::JsCast};
use web_sys::HtmlFormElement;

use crate::{
    asking::{Asking, question},
    format,
};

/// A form for a picture from a file or an address.
///
/// While an answer is awaited its button says so. Works without JavaScript as a plain form.
#[component]
pub(crate) fn PictureForm(
    /// Name of the model.
    name: String,
    /// Path to which the picture is sent without JavaScript.
    action: String,
    /// The address to start with.
    url: Option<String>,
    /// Largest picture that the model takes, in bytes.
    max_upload: u64,
    /// Where to ask.
    asking: Asking,
) -> impl IntoView {
    let pending = asking.pending();
    let address = NodeRef::<Input>::new();
    let file = NodeRef::<Input>::new();
    // There is one picture at a time: choosing one way takes back the other.
    let forget = |other: NodeRef<Input>| {
        if let Some(other) = other.get_untracked() {
            other.set_value("");
        }
    };
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form {
            event.prevent_default();
            asking.ask(question(&form, &name, max_upload));
        }
    };
    view! {
        <form
            class="picture"
            method="post"
            action=action
            enctype="multipart/form-data"
            aria-labelledby="picture"
            on:submit=submit
        >
            <h2 id="picture">"Your picture"</h2>
            <div class="field">
                <label for="image">"From a file"</label>
                <input
                    id="image" name="image" type="file" accept="image/*"
                    aria-describedby="image-help"
                    node_ref=file on:change=move |_| forget(address)
                />
                <p class="help" id="image-help">
                    {format!("JPEG, PNG, WebP, GIF or BMP, up to {}", format::size(max_upload))}
                </p>
            </div>
            <div class="field">
                <label for="url">"From an address"</label>
                <input
                    id="url" name="url" type="url" value=url
                    placeholder="https://…/picture.jpg" autocomplete="off"
                    node_ref=address on:input=move |_| forget(file)
                />
            </div>
            <button class="button" type="submit">
                {move || if pending.get() { "Classifying …" } else { "Classify" }}
            </button>
        </form>
    }
}
