//! Classifying a picture that is sent.

use leptos::{
    prelude::*,
    server_fn::codec::{MultipartData, MultipartFormData},
};

use crate::{problem::Problem, wire::Classification};

/// Classifies a picture from a form with the fields `model`, `top_k` (may be left out) and
/// `image`, in this order: how large a picture may be depends on the model.
///
/// # Errors
///
/// If the form is incomplete or the picture too large, or whatever keeps the server from
/// classifying it.
#[server(prefix = "/api", endpoint = "classify_upload", input = MultipartFormData)]
pub async fn classify_upload(
    /// The form as described above.
    form: MultipartData,
) -> Result<Classification, Problem> {
    use super::{service, upload_form};
    use crate::{classify::Picture, status::noted};

    let answer = async {
        let form = form.into_inner().ok_or_else(|| upload_form::incomplete("a picture"))?;
        let upload = upload_form::read(form).await?;
        let picture = Picture::Bytes { bytes: upload.image, name: upload.name };
        service::classify(upload.model, picture, upload.top_k).await
    };
    answer.await.map_err(noted)
}
