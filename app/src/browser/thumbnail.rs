//! Small versions of pictures, made by the browser.

use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap, Url,
    js_sys::{Function, Promise},
};

use super::document;

/// A version of the picture with at most `side` pixels each way, as an object URL. `None` for what
/// the browser cannot decode.
pub(crate) async fn of(picture: &Blob, side: u32) -> Option<String> {
    let bitmap = decode(picture).await.ok()?;
    let longest = bitmap.width().max(bitmap.height()).max(1);
    let scale = (f64::from(side) / f64::from(longest)).min(1.0);
    let width = (f64::from(bitmap.width()) * scale).round().max(1.0);
    let height = (f64::from(bitmap.height()) * scale).round().max(1.0);
    let (canvas, context) = canvas(width as u32, height as u32)?;
    let drawn =
        context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height);
    // Decoded pictures are large, and the garbage collector does not know it.
    bitmap.close();
    drawn.ok()?;
    Url::create_object_url_with_blob(&encode(&canvas).await?).ok()
}

/// Lets go of what an object URL stands for.
pub(crate) fn forget(url: &str) {
    if url.starts_with("blob:") {
        let _ = Url::revoke_object_url(url);
    }
}

/// An empty canvas of this size in pixels, and what draws on it.
pub(super) fn canvas(
    width: u32,
    height: u32,
) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document()?.create_element("canvas").ok()?.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??.unchecked_into();
    Some((canvas, context))
}

/// What was drawn, as JPEG.
pub(super) async fn encode(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let mut start = |resolve: Function, _| {
        let _ = canvas.to_blob_with_type(&resolve, "image/jpeg");
    };
    JsFuture::from(Promise::new(&mut start)).await.ok()?.dyn_into().ok()
}

async fn decode(picture: &Blob) -> Result<ImageBitmap, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let bitmap = JsFuture::from(window.create_image_bitmap_with_blob(picture)?).await?;
    bitmap.dyn_into()
}
