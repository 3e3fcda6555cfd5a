//! What the browser offers beyond the page: files, clipboard, camera, storage.
//!
//! ## Server-side rendering
//!
//! Compiles, and is never called: everything here begins with an event.

pub(crate) mod camera;
pub(crate) mod keep;
pub(crate) mod paint;
pub(crate) mod post;
pub(crate) mod thumbnail;
pub(crate) mod ways;

use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, HtmlAnchorElement, HtmlDocument, Url,
    js_sys::{Array, Function, Promise, Uint8Array},
};

/// Waits for so many milliseconds.
pub(crate) async fn pause(ms: u32) {
    let mut wait = |resolve: Function, _| {
        if let Some(window) = web_sys::window() {
            let ms = i32::try_from(ms).unwrap_or(i32::MAX);
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
    };
    let _ = JsFuture::from(Promise::new(&mut wait)).await;
}

/// The first bytes of a file, at most `length`.
pub(crate) async fn head(file: &Blob, length: u32) -> Result<Vec<u8>, JsValue> {
    let start = file.slice_with_i32_and_i32(0, i32::try_from(length).unwrap_or(i32::MAX))?;
    let buffer = JsFuture::from(start.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Lets the visitor save a text as a file.
pub(crate) fn download(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    save(name, &Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?)
}

/// Lets the visitor save something as a file.
pub(crate) fn save(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let document = document().ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}

/// Whether the browser trusts the way to this page enough for the clipboard and the camera.
pub(crate) fn is_secure() -> bool {
    web_sys::window().is_some_and(|it| it.is_secure_context())
}

/// Puts a text into the clipboard; false if that is not allowed.
pub(crate) async fn copy(text: &str) -> bool {
    if !is_secure() {
        return false;
    }
    let Some(window) = web_sys::window() else { return false };
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}

/// The document of the page.
pub(crate) fn document() -> Option<HtmlDocument> {
    web_sys::window()?.document()?.dyn_into().ok()
}

/// The origin of the page, such as `http://localhost:2017`.
pub(crate) fn origin() -> Option<String> {
    web_sys::window()?.location().origin().ok()
}
