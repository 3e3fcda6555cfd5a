//! Reading a form with a picture, as far as it needs to be read.

use bytes::{Bytes, BytesMut};
use multer::{Field, Multipart};

use super::service;
use crate::{format, problem::Problem};

/// Longest text that one of the fields beside the picture may hold, in bytes.
const MAX_TEXT: u64 = 256;

/// The form's content.
pub(super) struct Upload {
    pub(super) model: String,
    pub(super) crop: bool,
    pub(super) image: Bytes,
    pub(super) name: Option<String>,
}

/// Reads the form as far as the picture, and no more of the picture than the model takes.
pub(super) async fn read(mut form: Multipart<'static>) -> Result<Upload, Problem> {
    let mut model = None;
    let mut crop = true;
    // An error must not pass for the end of the form: half a picture would be classified.
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        match field.name() {
            Some("model") => model = Some(text(field).await?),
            Some("crop") => crop = text(field).await? != "false",
            Some("image") => {
                let model = model.ok_or_else(|| incomplete("“model” before “image”"))?;
                let limit = service::model(&model)?.max_upload;
                let name = field.file_name().map(str::to_owned).filter(|name| !name.is_empty());
                let image = bytes(field, limit).await?.ok_or_else(|| too_large(limit))?;
                return Ok(Upload { model, crop, image, name });
            }
            _ => {
                text(field).await?;
            }
        }
    }
    Err(incomplete("“image”"))
}

/// A form that lacks something.
pub(super) fn incomplete(what: &str) -> Problem {
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
