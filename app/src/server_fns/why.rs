//! Why a picture is taken for something.

use leptos::{
    prelude::*,
    server_fn::codec::{MultipartData, MultipartFormData, StreamingText, TextStream},
};

use crate::problem::Problem;

/// Finds out which parts of the picture of a form speak for a class, and says line by line how far
/// that is: JSON of [`Event`](crate::wire::Event), of which the last is the map or the problem.
///
/// The form is that of [`classify`](super::classify), and holds before the picture `class`, the
/// number or the label of the class (the best one if it is left out), and `method`, of which
/// `occlusion` is one and everything else leaves it to the model.
///
/// # Errors
///
/// Whatever keeps the server from explaining, as far as that is known at once.
#[server(prefix = "/api", endpoint = "why", input = MultipartFormData, output = StreamingText)]
pub async fn why(
    /// The form as described above.
    form: MultipartData,
) -> Result<TextStream<Problem>, Problem> {
    use super::{picture_form, service, watched::watched};
    use crate::{classify::WhyRequest, status::noted, wire::HeatMap};

    let answer = async {
        let form = picture_form::read(form).await?;
        let request = WhyRequest {
            model: form.model,
            picture: form.picture,
            class: form.class,
            method: form.method,
            crop: false,
            overlay: false,
        };
        let classifier = service::classifier()?;
        watched(move |watcher| async move {
            classifier.explain(request, watcher).await.map(HeatMap::from)
        })
        .await
    };
    answer.await.map_err(noted)
}
