//! Keeping web pages out.
//!
//! A listener on loopback is still reached by any page that is open in a browser on the same
//! machine: by a request across origins, or by a name that the page's owner points at 127.0.0.1
//! (DNS rebinding). There is no page here that would have to be let in.

use std::net::IpAddr;

use app::problem::Problem;
use axum::middleware::Next;
use http::{
    HeaderMap, Uri,
    header::{HOST, ORIGIN},
    uri::Authority,
};

use super::refuse;
use crate::http::{HttpRequest, HttpResponse};

/// Refuses what a browser sends for a page.
pub(super) async fn keep_out(request: HttpRequest, next: Next) -> HttpResponse {
    if !addressed(request.headers(), request.uri()) {
        let detail = "Ask by address or as localhost: by another name, somebody else's page could.";
        return refuse(&Problem::new(421, "host_unknown", "Not by this name", detail));
    }
    if for_a_page(request.headers()) {
        let detail = "This listener is for programs. Pages have no business here.";
        return refuse(&Problem::new(403, "page_refused", "Not from a page", detail));
    }
    next.run(request).await
}

/// Whether the request names us by an address or as localhost. A page that reaches us under a name
/// of its own has to say that name.
fn addressed(headers: &HeaderMap, uri: &Uri) -> bool {
    let host = match headers.get(HOST) {
        Some(host) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        // HTTP/2 has it in the address.
        None => uri.authority().cloned(),
    };
    host.is_some_and(|host| {
        let host = host.host();
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
    })
}

/// Whether a browser says that a page wants this. A person who types the address is let in.
fn for_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    headers.contains_key(ORIGIN) || site.is_some_and(|site| site != b"none")
}
