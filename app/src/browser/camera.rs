//! The visitor's camera.

use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, File, FilePropertyBag, HtmlVideoElement, MediaStream, MediaStreamConstraints,
    MediaStreamTrack,
    js_sys::{Array, Object, Reflect},
};

use super::{is_secure, thumbnail};
use crate::texts::camera as texts;

/// Starts the camera, preferring the one that looks away from its owner.
///
/// # Errors
///
/// What to tell the visitor.
pub(crate) async fn start() -> Result<MediaStream, &'static str> {
    if !is_secure() {
        return Err(texts::INSECURE);
    }
    ask().await.map_err(|error| {
        match error.dyn_ref::<DomException>().map(DomException::name).as_deref() {
            Some("NotAllowedError" | "SecurityError") => texts::REFUSED,
            Some("NotFoundError" | "OverconstrainedError") => texts::ABSENT,
            Some("NotReadableError" | "AbortError") => texts::TAKEN,
            _ => texts::BROKEN,
        }
    })
}

/// Switches the camera off.
pub(crate) fn stop(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}

/// What the camera sees now, as a JPEG file.
pub(crate) async fn shoot(video: &HtmlVideoElement) -> Option<File> {
    let (width, height) = (video.video_width(), video.video_height());
    if width == 0 {
        return None;
    }
    let (canvas, context) = thumbnail::canvas(width, height)?;
    context.draw_image_with_html_video_element(video, 0.0, 0.0).ok()?;
    let blob = thumbnail::encode(&canvas).await?;
    let options = FilePropertyBag::new();
    options.set_type("image/jpeg");
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), "camera.jpg", &options).ok()
}

async fn ask() -> Result<MediaStream, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let wish = Object::new();
    Reflect::set(&wish, &"facingMode".into(), &"environment".into())?;
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(&wish);
    let devices = window.navigator().media_devices()?;
    let stream = devices.get_user_media_with_constraints(&constraints)?;
    JsFuture::from(stream).await?.dyn_into()
}
