//! The pages, as the server renders them.

use http::StatusCode;

use crate::{ask, backend::PIXEL, get, post, send};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn the_front_page_lists_the_models() {
    let page = send(get("/")).await;
    assert_eq!(page.status, StatusCode::OK);
    for word in ["The model flags", "The model vgg", "/flags", "/vgg", "vitrine pull vgg"] {
        assert!(page.body.contains(word), "{word} is missing from {}", page.body);
    }
}

#[tokio::test]
async fn a_models_page_has_a_form_and_says_who_stands_in() {
    let page = send(get("/vgg")).await;
    assert_eq!(page.status, StatusCode::OK);
    for word in ["multipart/form-data", "vitrine pull vgg", "/models/vgg/one.png"] {
        assert!(page.body.contains(word), "{word} is missing from {}", page.body);
    }
}

#[tokio::test]
async fn a_slash_at_the_end_does_no_harm() {
    assert_eq!(send(get("/vgg/")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_page_is_404() {
    assert_eq!(send(get("/nothing")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(get("/a/b/c/d")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_without_javascript_gets_the_page_with_the_answer() {
    let (question, page) = ask(post("/vgg", "image/png", BROWSER, PIXEL)).await;
    assert!(question.unwrap().crop, "the page shows what the network saw");
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("75.0"), "the figure is missing from {}", page.body);
    // The label holds markup, which must not come alive.
    assert!(page.body.contains("Japan &lt;JP&gt;") && !page.body.contains("Japan <JP>"));
}

#[tokio::test]
async fn a_link_with_an_address_shows_the_answer() {
    let (question, page) = ask(get("/vgg?url=http://pictures.example/cat.jpg")).await;
    assert!(question.is_some(), "the address was not looked at: {}", page.body);
    assert!(page.body.contains("75.0"));
}

#[tokio::test]
async fn a_failed_form_gets_the_page_with_the_reason_and_its_status() {
    let page = send(post("/vgg?top_k=x", "image/png", BROWSER, PIXEL)).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("top_k"), "{}", page.body);
}

#[tokio::test]
async fn every_page_lets_only_its_own_scripts_run() {
    let page = send(get("/vgg")).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'strict-dynamic' 'nonce-"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert!(!page.body.contains(" style=\""), "an inline style would be blocked");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "no-store");
}
