//! Reading the page's form in the browser.

use leptos::wasm_bindgen::{JsCast, JsValue};
use send_wrapper::SendWrapper;
use web_sys::{File, FormData, HtmlFormElement};

use super::Question;
use crate::{format, problem::Problem};

/// The question that the form holds: a file goes before an address, and an empty form asks for
/// the model's first example, as the server sees it too.
pub(crate) fn question(form: &HtmlFormElement, model: &str, max_upload: u64) -> Question {
    read(form, model, max_upload).unwrap_or_else(|_| {
        Question::Refused(Problem::new(
            400,
            "unreadable_form",
            "The picture could not be read",
            "The browser would not hand over the picture. Choose it once more.",
        ))
    })
}

fn read(form: &HtmlFormElement, model: &str, max_upload: u64) -> Result<Question, JsValue> {
    let fields = FormData::new_with_form(form)?;
    // Browsers send a nameless, empty file when none was chosen.
    let file = fields.get("image").dyn_into::<File>().ok().filter(|file| !file.name().is_empty());
    let Some(file) = file else {
        let url = fields.get("url").as_string().unwrap_or_default();
        let url = url.trim();
        return Ok(if url.is_empty() {
            Question::Example(String::new())
        } else {
            Question::Url(url.to_owned())
        });
    };
    if file.size() > max_upload as f64 {
        return Ok(Question::Refused(too_large(max_upload)));
    }
    let upload = FormData::new()?;
    // The server wants to know the model before the picture.
    upload.append_with_str("model", model)?;
    upload.append_with_blob_and_filename("image", &file, &file.name())?;
    Ok(Question::Upload(SendWrapper::new(upload)))
}

/// Told here because a server that stops reading looks to the browser like one that is gone.
fn too_large(limit: u64) -> Problem {
    let limit = format::size(limit);
    Problem::new(
        413,
        "picture_too_large",
        "The picture is too large",
        format!("This model takes pictures of up to {limit}. Nothing was sent."),
    )
}
