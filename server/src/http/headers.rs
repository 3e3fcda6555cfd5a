//! Headers that keep a page to itself.

use axum::middleware::Next;
use http::{
    HeaderName, HeaderValue,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

use super::{HttpRequest, HttpResponse};

/// Lets a page run only the scripts that carry the nonce of this very answer, and reach only its
/// own origin. Server functions have no nonce and need no policy.
pub(super) fn content_security_policy() {
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        let policy = format!(
            "default-src 'none'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
             style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'{}; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // The form without JavaScript finds its way back by the referrer.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    let page =
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if page {
        // A page shows how things stand now, and its nonce is for one use.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
