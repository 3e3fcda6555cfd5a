//! Classifying a picture that is sent.

use leptos::{
    prelude::*,
    server_fn::codec::{MultipartData, MultipartFormData},
};

use crate::{problem::Problem, wire::PageAnswer};

/// Classifies a picture from a form with the fields `model`, `crop` (`false` leaves out what the
/// network saw; may be left out itself) and `image`, in this order: how large a picture may be
/// depends on the model.
///
/// The time that the picture took to arrive counts as fetching.
///
/// # Errors
///
/// If the form is incomplete or the picture too large, or whatever keeps the server from
/// classifying it.
#[server(prefix = "/api", endpoint = "classify_upload", input = MultipartFormData)]
pub async fn classify_upload(
    /// The form as described above.
    form: MultipartData,
) -> Result<PageAnswer, Problem> {
    use super::{service, upload_form};
    use crate::{classify::Picture, status::noted};

    let answer = async {
        let arrival = std::time::Instant::now();
        let form = form.into_inner().ok_or_else(|| upload_form::incomplete("a picture"))?;
        let upload = upload_form::read(form).await?;
        let picture = Picture::Bytes { bytes: upload.image, name: upload.name };
        let sending = arrival.elapsed().as_micros() as f64 / 1e3;
        let mut page = service::classify(upload.model, picture, upload.crop).await?;
        page.answer.timing.fetch_ms += sending;
        page.answer.timing.total_ms += sending;
        Ok(page)
    };
    answer.await.map_err(noted)
}
