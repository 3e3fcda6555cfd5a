//! A picture from the camera.

use leptos::{
    html::{Dialog, Video},
    prelude::*,
    task::spawn_local,
};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaStream;

use crate::{browser::camera, desk::Desk, texts::camera as texts};

/// What the camera sees, with a button that takes the picture. The camera is on only while this is
/// open.
#[component]
pub(crate) fn CameraDialog(
    /// Whether it is wanted.
    open: RwSignal<bool>,
    /// The page.
    desk: Desk,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let video = NodeRef::<Video>::new();
    let stream = RwSignal::new(None::<SendWrapper<MediaStream>>);
    let message = RwSignal::new(None::<&'static str>);
    let close = move || {
        if let Some(stream) = stream.get_untracked() {
            camera::stop(&stream);
        }
        stream.set(None);
        open.set(false);
    };
    let begin = move || {
        message.set(Some(texts::STARTING));
        spawn_local(async move {
            match camera::start().await {
                // It may have been closed while the visitor was being asked.
                Ok(started) if !open.get_untracked() => camera::stop(&started),
                Ok(started) => {
                    if let Some(video) = video.get_untracked() {
                        video.set_src_object(Some(&started));
                        if let Ok(playing) = video.play() {
                            let _ = JsFuture::from(playing).await;
                        }
                    }
                    stream.set(Some(SendWrapper::new(started)));
                    message.set(None);
                }
                Err(reason) => message.set(Some(reason)),
            }
        });
    };
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() {
            // It throws if the dialog is open already, which it is not.
            let _ = dialog.show_modal();
            begin();
        } else {
            dialog.close();
        }
    });
    let take = move |_| {
        let Some(video) = video.get_untracked() else { return };
        spawn_local(async move {
            let picture = camera::shoot(&video).await;
            close();
            desk.take(picture.into_iter().collect());
        });
    };
    view! {
        <dialog class="camera" aria-labelledby="camera" node_ref=dialog on:close=move |_| close()>
            <h2 id="camera">{texts::HEADING}</h2>
            <video
                class="camera__picture" class:hidden=move || stream.read().is_none()
                autoplay playsinline muted node_ref=video
            ></video>
            <p role="status">{message}</p>
            <div class="row">
                <button class="button" type="button" disabled=move || stream.read().is_none() on:click=take>
                    {texts::TAKE}
                </button>
                <button class="button button--quiet" type="button" on:click=move |_| close()>
                    {texts::CANCEL}
                </button>
            </div>
        </dialog>
    }
}
