//! Pictures that are dropped on the page or pasted into it.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{DataTransfer, Element, Event, File};

/// What was dropped or pasted.
#[derive(Debug)]
pub(crate) enum Given {
    /// Files, of which at least one.
    Files(Vec<File>),
    /// An address.
    Address(String),
}

/// Listens on the whole page for pictures that are dropped or pasted, and says in `over` whether
/// something is being dragged across it.
///
/// ## Server-side rendering
///
/// Does nothing.
pub(crate) fn listen(over: RwSignal<bool>, take: impl Fn(Given) + Copy + 'static) {
    Effect::new(move || {
        let drag = move |event: ev::DragEvent| {
            if event.data_transfer().is_some_and(|it| may_hold_picture(&it)) {
                // Without this the browser would open the file in place of the page.
                event.prevent_default();
                over.set(true);
            }
        };
        let listeners = [
            window_event_listener(ev::dragenter, drag),
            window_event_listener(ev::dragover, drag),
            window_event_listener(ev::dragleave, move |event: ev::DragEvent| {
                // It left the window, rather than one element for the next.
                if event.related_target().is_none() {
                    over.set(false);
                }
            }),
            window_event_listener(ev::drop, move |event: ev::DragEvent| {
                over.set(false);
                if let Some(given) = event.data_transfer().and_then(|it| given(&it)) {
                    event.prevent_default();
                    take(given);
                }
            }),
            window_event_listener(ev::paste, move |event| {
                let Some(given) = event.clipboard_data().and_then(|it| given(&it)) else { return };
                // A text that is pasted into a field belongs there.
                if matches!(given, Given::Files(_)) || !is_field(&event) {
                    event.prevent_default();
                    take(given);
                }
            }),
        ];
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    });
}

/// The files of a list.
pub(crate) fn files(list: Option<web_sys::FileList>) -> Vec<File> {
    let list =
        list.into_iter().flat_map(|list| (0..list.length()).filter_map(move |i| list.get(i)));
    list.collect()
}

fn given(data: &DataTransfer) -> Option<Given> {
    let files = files(data.files());
    if !files.is_empty() {
        return Some(Given::Files(files));
    }
    let text = ["text/uri-list", "text/plain"].map(|kind| data.get_data(kind).unwrap_or_default());
    // A list of addresses may begin with comments.
    let lines = text.iter().flat_map(|text| text.lines()).map(str::trim);
    let mut addresses = lines.filter(|it| it.starts_with("https://") || it.starts_with("http://"));
    addresses.next().map(|it| Given::Address(it.to_owned()))
}

fn may_hold_picture(data: &DataTransfer) -> bool {
    let kinds = data.types();
    kinds.iter().any(|it| it == "Files" || it == "text/uri-list")
}

fn is_field(event: &Event) -> bool {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    target.is_some_and(|it| it.matches("input, textarea, select").unwrap_or(false))
}
