//! Where a file comes from.

use url::Url;
use vision::card::ModelCard;

use super::PullError;

/// The address of a card's weights, at the mirror if there is one.
pub(super) fn source(card: &ModelCard, mirror: Option<&Url>) -> Result<Url, PullError> {
    let Some(text) = &card.weights.url else {
        return Err(PullError::NoAddress {
            model: card.name.clone(),
            path: card.weights.path.clone(),
        });
    };
    let url = Url::parse(text)
        .map_err(|error| PullError::Address { url: text.clone(), reason: error.to_string() })?;
    Ok(mirror.map_or(url.clone(), |mirror| mirrored(&url, mirror)))
}

/// Refuses a mirror that nothing can be downloaded from.
pub(super) fn check_mirror(mirror: Option<&Url>) -> Result<(), PullError> {
    match mirror {
        Some(mirror) if !matches!(mirror.scheme(), "http" | "https") => {
            Err(PullError::Mirror(mirror.scheme().to_owned()))
        }
        _ => Ok(()),
    }
}

/// An address without what may be a secret: the password, and the query that may hold a signature.
pub(super) fn shown(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), host(url), url.path())
}

/// The host of an address, with its port unless that is the usual one.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The same path below another address.
fn mirrored(url: &Url, mirror: &Url) -> Url {
    let mut mirrored = mirror.clone();
    mirrored.set_path(&format!("{}{}", mirror.path().trim_end_matches('/'), url.path()));
    mirrored.set_query(url.query());
    mirrored.set_fragment(None);
    mirrored
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(mirror: &str) -> String {
        let url =
            Url::parse("https://example.org:8443/a/b%20c.safetensors?v=1").expect("an address");
        mirrored(&url, &Url::parse(mirror).expect("an address")).to_string()
    }

    #[test]
    fn a_mirror_takes_the_place_of_scheme_and_host() {
        assert_eq!(at("http://127.0.0.1:9000"), "http://127.0.0.1:9000/a/b%20c.safetensors?v=1");
        assert_eq!(at("http://m.example/"), "http://m.example/a/b%20c.safetensors?v=1");
        assert_eq!(at("https://m.example/x/"), "https://m.example/x/a/b%20c.safetensors?v=1");
    }

    #[test]
    fn secrets_are_not_shown() {
        let url = Url::parse("https://me:secret@m.example:81/f?token=secret").expect("an address");
        assert_eq!(shown(&url), "https://m.example:81/f");
    }
}
