//! Headers that keep a page to itself, and that let the browser keep what does not change.

use axum::middleware::Next;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

use super::{HttpRequest, HttpResponse};

/// For files whose name changes with their content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For files whose name stays: asked for again, and not sent when nothing has changed.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// For what the browser wants on every page and nobody misses when it is old.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Lets a page run only the scripts that carry the nonce of this very answer, and reach only its
/// own origin. Server functions have no nonce and need no policy.
pub(super) fn content_security_policy() {
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        let policy = format!(
            "default-src 'none'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
             style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
             font-src 'self'; connect-src 'self'{}; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
            reload_socket()
        );
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// `cargo leptos watch` reloads the page through a socket on another port.
fn reload_socket() -> &'static str {
    if std::env::var_os("LEPTOS_WATCH").is_some() { " ws:" } else { "" }
}

/// What every answer carries.
pub(super) async fn security(request: HttpRequest, next: Next) -> HttpResponse {
    let caching = caching(request.uri().path());
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // The form without JavaScript finds its way back by the referrer.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    let permissions = HeaderName::from_static("permissions-policy");
    let allowed = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";
    headers.insert(permissions, HeaderValue::from_static(allowed));
    let page =
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if page {
        // A page shows how things stand now, and its nonce is for one use.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else if let Some(caching) = caching.filter(|_| found) {
        headers.insert(CACHE_CONTROL, caching);
    }
    response
}

/// How long the browser may keep the file at this path; `None` for what is no file of ours.
fn caching(path: &str) -> Option<HeaderValue> {
    match path.strip_prefix("/pkg/") {
        Some(file) if is_hashed(file) => Some(FOREVER),
        Some(_) => Some(REVALIDATE),
        None => matches!(path, "/favicon.svg" | "/robots.txt").then_some(A_DAY),
    }
}

/// Whether a file is called `name.hash.extension`, with an MD5 in base64 for a hash.
fn is_hashed(file: &str) -> bool {
    let mut parts = file.split('.').rev().skip(1);
    parts.next().is_some_and(|hash| {
        hash.len() == 22 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    }) && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_with_a_hash_is_for_ever() {
        assert_eq!(caching("/pkg/vitrine.AfX31a6yKkDtGlR2OhKUTw.wasm"), Some(FOREVER));
        assert_eq!(caching("/pkg/vitrine.wasm"), Some(REVALIDATE));
        assert_eq!(caching("/pkg/AfX31a6yKkDtGlR2OhKUTw.wasm"), Some(REVALIDATE));
        assert_eq!(caching("/favicon.svg"), Some(A_DAY));
        assert_eq!(caching("/vgg"), None);
    }
}
