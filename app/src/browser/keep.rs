//! What this browser keeps for the next visit: texts, and pictures where it allows that.

use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Cache, File, FilePropertyBag, Response, js_sys::Array};

use super::is_secure;

/// Where pictures are kept.
const PICTURES: &str = "vitrine-history";

/// A text that was kept under this name.
pub(crate) fn text(name: &str) -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(name).ok()?
}

/// Keeps a text; false if there is no room, or if the browser keeps nothing.
pub(crate) fn put_text(name: &str, text: &str) -> bool {
    let storage = web_sys::window().and_then(|it| it.local_storage().ok().flatten());
    storage.is_some_and(|it| it.set_item(name, text).is_ok())
}

/// Keeps a picture as well as it can be done.
pub(crate) async fn put_picture(id: u64, picture: &Blob) {
    if let Ok(cache) = pictures().await
        && let Ok(response) = Response::new_with_opt_blob(Some(picture))
    {
        let _ = JsFuture::from(cache.put_with_str(&address(id), &response)).await;
    }
}

/// A picture that was kept, under the name it had.
pub(crate) async fn picture(id: u64, name: &str) -> Option<File> {
    let found = pictures().await.ok()?.match_with_str(&address(id));
    let response: Response = JsFuture::from(found).await.ok()?.dyn_into().ok()?;
    let blob: Blob = JsFuture::from(response.blob().ok()?).await.ok()?.dyn_into().ok()?;
    let options = FilePropertyBag::new();
    options.set_type(&blob.type_());
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), name, &options).ok()
}

/// Forgets a picture.
pub(crate) async fn forget_picture(id: u64) {
    if let Ok(cache) = pictures().await {
        let _ = JsFuture::from(cache.delete_with_str(&address(id))).await;
    }
}

/// Forgets all pictures.
pub(crate) async fn forget_pictures() {
    if is_secure()
        && let Some(caches) = web_sys::window().and_then(|it| it.caches().ok())
    {
        let _ = JsFuture::from(caches.delete(PICTURES)).await;
    }
}

async fn pictures() -> Result<Cache, JsValue> {
    // Elsewhere there is no such thing, and asking for it would throw.
    if !is_secure() {
        return Err(JsValue::NULL);
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.caches()?.open(PICTURES)).await?.dyn_into()
}

/// Nothing is ever asked of the server under this address; it only names the picture.
fn address(id: u64) -> String {
    format!("/history/{id}")
}
