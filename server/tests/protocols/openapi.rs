//! The document says what the router does, and the other way round.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use http::Request;

use super::*;

/// Paths of the page, which are not in the document on purpose: its calls, which change with it,
/// and its files.
fn is_the_pages(path: &str) -> bool {
    path.starts_with("/api/") || matches!(path, "/favicon.svg" | "/robots.txt")
}

/// What a path of a protocol without words for it looks like to the router.
fn routed(path: &str) -> String {
    path.trim_end_matches(":predict").to_owned()
}

/// The paths of the router, which tells them only to whoever debugs it.
fn paths_of_the_router() -> BTreeSet<String> {
    let shown = format!("{:?}", router(&state(&SERVICE.1), Router::new()));
    let paths = shown.split("RouteId(").filter_map(|part| {
        let (number, rest) = part.split_once("): \"")?;
        number.parse::<u32>().ok()?;
        Some(rest.split('"').next()?.to_owned())
    });
    // Those with a star catch what is not known below /v1 and /v2.
    let paths = paths.filter(|path| !path.contains("{*") && !is_the_pages(path));
    // A slash at the end is the same path without.
    paths
        .map(|path| if path == "/" { path } else { path.trim_end_matches('/').to_owned() })
        .collect()
}

/// The methods of each path in the document.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let document = get("/openapi.json").json();
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().map(|method| method.to_uppercase());
        told.entry(path.clone()).or_default().extend(methods);
    }
    told
}

#[test]
fn every_path_of_the_router_is_in_the_document_and_the_other_way_round() {
    let documented: BTreeSet<_> = documented().keys().map(|path| routed(path)).collect();
    let routes = paths_of_the_router();
    assert!(routes.len() > 30, "{routes:?}");
    assert_eq!(routes, documented);
}

#[test]
fn every_path_takes_the_methods_of_the_document_and_no_other() {
    for (path, methods) in documented() {
        let filled = path.replace("{model}", "small").replace("{version}", "1");
        let filled = filled.replace("{file}", "example.png");
        let reply =
            send(Request::builder().method("PROBE").uri(&filled).body(Body::empty()).unwrap());
        assert_eq!(reply.status, 405, "{path}");
        let allowed = reply.header("allow").split(',').map(|it| it.trim().to_owned());
        // Whatever is read with GET is read with HEAD, too.
        let allowed: BTreeSet<_> = allowed.filter(|method| method != "HEAD").collect();
        assert_eq!(allowed, methods, "{path}");
    }
}

#[test]
fn the_page_shows_every_operation_without_a_script_of_its_own() {
    let document = get("/openapi.json").json();
    let page = get("/docs");
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let html = page.text();
    // Those that leptos itself puts at the end carry the nonce, and the page does without them.
    let scripts = html.matches("<script").count();
    assert_eq!(scripts, html.matches("<script nonce=").count());
    assert!(!html.contains(".js\"") && !html.contains("://cdn"), "something is fetched");
    assert!(!html.contains(" style="), "the policy lets no style be written in place");
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(html.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
}
