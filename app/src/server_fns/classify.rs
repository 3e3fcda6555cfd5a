//! Classifying a picture.

use leptos::{
    prelude::*,
    server_fn::codec::{MultipartData, MultipartFormData, StreamingText, TextStream},
};

use crate::problem::Problem;

/// Classifies the picture of a form, and says line by line how far that is: JSON of
/// [`Event`](crate::wire::Event), of which the last is the answer or the problem.
///
/// The form holds `model`, `crop` (`false` leaves out what the network saw; may be left out itself)
/// and then one of `url`, `example` (a file name; the model's first if it is empty) and `image`, in
/// this order: how large a picture may be depends on the model. The time that it took to arrive
/// counts as fetching.
///
/// Whoever stops listening gives the picture's place to others.
///
/// # Errors
///
/// If the form is incomplete or the picture too large, or whatever keeps the server from
/// classifying it, as far as that is known at once.
#[server(prefix = "/api", endpoint = "classify", input = MultipartFormData, output = StreamingText)]
pub async fn classify(
    /// The form as described above.
    form: MultipartData,
) -> Result<TextStream<Problem>, Problem> {
    use super::{picture_form, service, watched::watched};
    use crate::{classify::Picture, status::noted};

    let answer = async {
        let arrival = std::time::Instant::now();
        let form = picture_form::read(form).await?;
        let sent = matches!(form.picture, Picture::Bytes { .. });
        let sending = if sent { arrival.elapsed().as_micros() as f64 / 1e3 } else { 0.0 };
        let classifier = service::classifier()?;
        watched(move |watcher| async move {
            let asked =
                service::classify(&classifier, form.model, form.picture, form.crop, watcher);
            let mut page = asked.await?;
            page.answer.timing.fetch_ms += sending;
            page.answer.timing.total_ms += sending;
            Ok(page)
        })
        .await
    };
    answer.await.map_err(noted)
}
