//! The document says what the router does, and the other way round.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use http::Request;
use server::http::{Operations, RESERVED};

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
fn paths_of_the_router(which: fn(&str) -> bool) -> BTreeSet<String> {
    let shown = format!("{:?}", router(&state(&SERVICE.1), Router::new()));
    let paths = shown.split("RouteId(").filter_map(|part| {
        let (number, rest) = part.split_once("): \"")?;
        number.parse::<u32>().ok()?;
        Some(rest.split('"').next()?.to_owned())
    });
    // Those with a star catch what is not known below /v1 and /v2.
    let paths = paths.filter(|path| !path.contains("{*") && which(path));
    // A slash at the end is the same path without.
    paths
        .map(|path| if path == "/" { path } else { path.trim_end_matches('/').to_owned() })
        .collect()
}

/// The parts of a path.
fn parts(path: &str) -> Vec<&str> {
    path.split('/').skip(1).collect()
}

/// What the second path has where the first one has a model's name, if they are alike before that
/// and equally long.
fn in_place_of_a_model<'a>(template: &str, fixed: &'a str) -> Option<&'a str> {
    let (template, fixed) = (parts(template), parts(fixed));
    let place = template.iter().position(|part| *part == "{model}")?;
    let alike = template.len() == fixed.len() && template[..place] == fixed[..place];
    alike.then(|| fixed[place]).filter(|part| !part.contains('{'))
}

#[test]
fn a_name_that_would_be_out_of_reach_is_reserved_and_no_other() {
    let routes = paths_of_the_router(|_| true);
    // Files for the browser have no route of their own.
    let mut taken = BTreeSet::from(["pkg"]);
    for path in &routes {
        taken.extend(parts(path).first().filter(|first| !first.contains('{')));
        taken.extend(routes.iter().filter_map(|template| in_place_of_a_model(template, path)));
        taken.remove("");
    }
    assert_eq!(taken, BTreeSet::from(RESERVED));
    assert!(RESERVED.is_sorted());
}

#[test]
fn a_page_of_a_named_origin_may_use_all_that_is_documented() {
    let document = get("/openapi.json").json();
    let origins = vec!["https://shop.example".parse().unwrap()];
    let state = AppState {
        operations: Operations { origins, ..Operations::default() }.into(),
        ..state(&SERVICE.1)
    };
    let request = Request::options("/small")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "PUT");
    let request = request.body(Body::empty()).unwrap();
    let plain = Request::get("/livez").header("origin", "https://shop.example");
    let plain = plain.body(Body::empty()).unwrap();
    let ask =
        async |request| reply(router(&state, Router::new()).oneshot(request).await.unwrap()).await;
    let (preflight, answer) = RUNTIME.block_on(async { (ask(request).await, ask(plain).await) });
    let listed = |reply: &Reply, name: &str| -> BTreeSet<String> {
        reply.header(name).split(',').map(|it| it.trim().to_lowercase()).collect()
    };
    let allowed = listed(&preflight, "access-control-allow-methods");
    let sent = listed(&preflight, "access-control-allow-headers");
    let read = listed(&answer, "access-control-expose-headers");
    let methods: BTreeSet<_> =
        documented().into_values().flatten().map(|method| method.to_lowercase()).collect();
    assert_eq!(allowed, methods);
    for operation in document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
    {
        let headers = operation["parameters"].as_array().into_iter().flatten();
        for header in headers.filter(|parameter| parameter["in"] == "header") {
            let name = header["name"].as_str().unwrap().to_lowercase();
            assert!(sent.contains(&name), "{name} may not be sent");
        }
        for response in operation["responses"].as_object().unwrap().values() {
            for name in response["headers"].as_object().into_iter().flat_map(|all| all.keys()) {
                assert!(read.contains(&name.to_lowercase()), "{name} may not be read");
            }
        }
    }
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
    let routes = paths_of_the_router(|path| !is_the_pages(path));
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
