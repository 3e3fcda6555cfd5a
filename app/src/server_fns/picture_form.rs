//! Reading a form with a picture, as far as it needs to be read.

use bytes::{Bytes, BytesMut};
use leptos::server_fn::codec::MultipartData;
use multer::Field;

use super::service;
use crate::{classify::Picture, format, problem::Problem, wire::Method};

/// Longest text that one of the fields beside the picture may hold, in bytes: an address has at
/// most 2 048.
const MAX_TEXT: u64 = 4096;

/// The form's content.
pub(super) struct PictureForm {
    pub(super) model: String,
    pub(super) crop: bool,
    pub(super) class: Option<String>,
    pub(super) method: Method,
    pub(super) picture: Picture,
}

/// Reads the form as far as the picture, and no more of the picture than the model takes.
pub(super) async fn read(form: MultipartData) -> Result<PictureForm, Problem> {
    let mut form = form.into_inner().ok_or_else(|| incomplete("a picture"))?;
    let mut model = None;
    let mut crop = true;
    let mut class = None;
    let mut method = Method::Auto;
    // An error must not pass for the end of the form: half a picture would be classified.
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        let picture = match name.as_str() {
            "image" => {
                let model: &String = model.as_ref().ok_or_else(no_model)?;
                let limit = service::model(model)?.max_upload;
                let name = field.file_name().map(str::to_owned).filter(|name| !name.is_empty());
                let bytes = bytes(field, limit).await?.ok_or_else(|| too_large(limit))?;
                Picture::Bytes { bytes, name }
            }
            "url" => Picture::Url(text(field).await?),
            "example" => Picture::Example(Some(text(field).await?).filter(|it| !it.is_empty())),
            other => {
                let text = text(field).await?;
                match other {
                    "model" => model = Some(text),
                    "crop" => crop = text != "false",
                    "class" => class = Some(text).filter(|it| !it.is_empty()),
                    "method" if text == "occlusion" => method = Method::Occlusion,
                    _ => {}
                }
                continue;
            }
        };
        let model = model.ok_or_else(no_model)?;
        return Ok(PictureForm { model, crop, class, method, picture });
    }
    Err(incomplete("“image”, “url” or “example”"))
}

fn no_model() -> Problem {
    incomplete("“model” before the picture")
}

/// A form that lacks something.
fn incomplete(what: &str) -> Problem {
    Problem::new(
        400,
        "multipart_invalid",
        "The form is incomplete",
        format!("The form must hold {what}."),
    )
}

async fn text(field: Field<'_>) -> Result<String, Problem> {
    let bytes = bytes(field, MAX_TEXT).await?.ok_or_else(|| {
        Problem::new(
            400,
            "multipart_invalid",
            "The form is not as expected",
            format!("Only “image” may hold more than {MAX_TEXT} bytes."),
        )
    })?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// The field's content, unless it is longer than the limit.
async fn bytes(mut field: Field<'_>, limit: u64) -> Result<Option<Bytes>, Problem> {
    let mut all = BytesMut::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
        if (all.len() + chunk.len()) as u64 > limit {
            return Ok(None);
        }
        all.extend_from_slice(&chunk);
    }
    Ok(Some(all.freeze()))
}

fn broken(error: &multer::Error) -> Problem {
    Problem::new(
        400,
        "body_unreadable",
        "The upload broke off",
        format!("The picture did not arrive in one piece ({error}). Try again."),
    )
}

fn too_large(limit: u64) -> Problem {
    let limit = format::size(limit);
    Problem::new(
        413,
        "picture_too_large",
        "The picture is too large",
        format!("This model takes pictures of up to {limit}."),
    )
}
