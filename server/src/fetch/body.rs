//! Taking in an answer without trusting it.

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

use super::Watcher;
use super::error::{Failure, FetchError};

/// A length that an answer merely announces reserves no more memory than this.
const MAX_RESERVE: u64 = 256 * 1024;

/// Reads the body of a final answer, at most `limit` bytes of it, and tells how much there is.
pub(super) async fn receive(
    mut response: Response,
    limit: u64,
    watcher: Watcher<'_>,
) -> Result<Bytes, Failure> {
    check_head(response.headers())?;
    let announced = response.content_length().unwrap_or(0);
    if announced > limit {
        let detail = format!("announces {announced} bytes");
        return Err(Failure::new(FetchError::TooLarge { limit }, detail));
    }
    let mut body =
        BytesMut::with_capacity(usize::try_from(announced.min(MAX_RESERVE)).unwrap_or(0));
    while let Some(chunk) = response.chunk().await? {
        if (body.len() as u64).saturating_add(chunk.len() as u64) > limit {
            return Err(Failure::new(FetchError::TooLarge { limit }, "sends more than it may"));
        }
        body.extend_from_slice(&chunk);
        watcher(body.len() as u64, (announced > 0).then_some(announced));
    }
    Ok(body.freeze())
}

/// What a picture is, only its bytes can say. The head serves to stop early what is surely none.
fn check_head(headers: &HeaderMap) -> Result<(), Failure> {
    for encoding in headers.get_all(CONTENT_ENCODING) {
        if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") {
            return Err(Failure::new(FetchError::Encoded, format!("{encoding:?}")));
        }
    }
    let page =
        headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            let essence = value.split(';').next().unwrap_or_default().trim();
            ["text/html", "application/xhtml+xml"]
                .iter()
                .any(|page| essence.eq_ignore_ascii_case(page))
        });
    if page {
        return Err(FetchError::NotAnImage.into());
    }
    Ok(())
}
