use app::{
    classify::{Picture, Posted},
    problem::Problem,
    wire::{Classification, Prediction, Source, SourceKind, Timing},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use leptos::prelude::provide_context;

use crate::{get, send, send_with};

#[tokio::test]
async fn the_start_page_lists_the_models() {
    let reply = get("/").await;
    assert_eq!(reply.status, StatusCode::OK);
    for text in [
        r#"href="/vgg""#,
        "VGG-16",
        r#"href="/flags""#,
        "1,000 classes",
        "Loading",
        "2.3 MB",
        "3 pictures",
        "61 ms",
    ] {
        assert!(reply.text.contains(text), "{text} in {}", reply.text);
    }
}

#[tokio::test]
async fn no_page_has_inline_styles() {
    for path in ["/", "/vgg", "/flags?example=japan.svg", "/flags?example=none.svg", "/none"] {
        let reply = get(path).await;
        assert!(!reply.text.contains(" style="), "{path}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_models_page_works_as_plain_forms() {
    let reply = get("/vgg").await;
    assert_eq!(reply.status, StatusCode::OK);
    for text in [
        r#"<title>VGG-16 · vitrine</title>"#,
        r#"method="post""#,
        r#"action="/vgg#answer""#,
        r#"enctype="multipart/form-data""#,
        r#"name="top_k" form="picture-form""#,
        r#"name="url""#,
        r#"name="image""#,
        r#"name="example" value="japan.svg""#,
        "vitrine pull vgg",
        "Nothing on display yet",
    ] {
        assert!(reply.text.contains(text), "{text} in {}", reply.text);
    }
}

#[tokio::test]
async fn an_answer_can_be_shared_as_a_link() {
    let reply = get("/flags?example=japan.svg").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.text.contains("91.3%"), "{}", reply.text);
    assert!(reply.text.contains("data:image/svg+xml"), "{}", reply.text);
}

#[tokio::test]
async fn an_empty_address_is_no_question() {
    let reply = get("/flags?url=").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.text.contains("Nothing on display yet"), "{}", reply.text);
}

#[tokio::test]
async fn a_problem_gives_the_page_its_status() {
    let reply = get("/flags?url=http%3A%2F%2Fexample.org%2Fa.jpg").await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.text.contains(r#"role="alert""#), "{}", reply.text);
    assert!(reply.text.contains(r#"value="http://example.org/a.jpg""#), "{}", reply.text);
}

#[tokio::test]
async fn an_unknown_model_is_not_found_and_the_others_are_listed() {
    for path in ["/none", "/none/at/all"] {
        let reply = get(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(reply.text.contains(r#"href="/flags""#), "{path}: {}", reply.text);
    }
}

#[tokio::test]
async fn what_a_form_brought_is_shown() {
    let request =
        || Request::get("/flags").header("accept", "text/html").body(Body::empty()).unwrap();
    let answer = Classification {
        model: "flags".to_owned(),
        fallback_for: None,
        predictions: vec![Prediction { index: 0, label: "Malta".to_owned(), probability: 0.5 }],
        source: Source {
            kind: SourceKind::Upload,
            name: Some("<i>malta</i>.png".to_owned()),
            format: "png".to_owned(),
            width: 8,
            height: 8,
            bytes: 99,
            animated: false,
        },
        timing: Timing::default(),
        cached: false,
        note: None,
        crop: None,
    };
    let posted = Posted { picture: None, outcome: Ok(answer), why: None };
    let reply = send_with(request(), move || provide_context(posted.clone())).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.text.contains("Malta") && reply.text.contains("50.0%"), "{}", reply.text);
    assert!(!reply.text.contains("<i>malta"), "file names are other people's: {}", reply.text);

    let problem = Problem::new(429, "busy", "Too busy", "Too much to do.").retry_after(7);
    let picture = Some(Picture::Url("http://a/b".to_owned()));
    let posted = Posted { picture, outcome: Err(problem), why: None };
    let reply = send_with(request(), move || provide_context(posted.clone())).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(reply.text.contains("Try again in 7 seconds."), "{}", reply.text);
    assert!(reply.text.contains(r#"value="http://a/b""#), "{}", reply.text);
}

#[tokio::test]
async fn two_models_can_be_compared() {
    let reply = get("/flags?example=japan.svg&compare=vgg").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.text.matches("class=\"prediction__label\"").count(), 40, "{}", reply.text);
    for text in ["Answer of Flags of the world", "Answer of VGG-16"] {
        assert!(reply.text.contains(text), "{text} in {}", reply.text);
    }
    let reply = get("/flags?example=japan.svg&compare=none").await;
    assert!(!reply.text.contains("Answer of"), "{}", reply.text);
}

#[tokio::test]
async fn a_form_without_javascript_can_compare_too() {
    let request = Request::get("/flags?compare=vgg").body(Body::empty()).unwrap();
    let picture = Picture::Bytes { bytes: "\u{89}PNG".into(), name: Some("a.png".to_owned()) };
    let busy = Problem::new(503, "busy", "Too busy", "Too much to do.");
    let posted = Posted { picture: Some(picture), outcome: Err(busy), why: None };
    let reply = send_with(request, move || provide_context(posted.clone())).await;
    assert!(reply.text.contains("Too busy"), "{}", reply.text);
}

#[tokio::test]
async fn a_link_from_another_site_awaits_a_click() {
    let ask = |site: &'static str| {
        Request::get("/flags?example=japan.svg").header("sec-fetch-site", site).body(Body::empty())
    };
    let reply = send(ask("cross-site").unwrap()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.text.contains("A link brought you here"), "{}", reply.text);
    assert!(!reply.text.contains("91.3%"), "{}", reply.text);
    let reply = send(ask("none").unwrap()).await;
    assert!(reply.text.contains("91.3%"), "{}", reply.text);
}

#[tokio::test]
async fn the_address_says_how_many_classes_are_shown() {
    let shown = async |top_k: &str| {
        let reply = get(&format!("/flags?example=japan.svg&top_k={top_k}")).await;
        reply.text.matches("<li class=\"prediction\"").count()
    };
    assert_eq!(shown("3").await, 3);
    assert_eq!(shown("99").await, 20);
    assert_eq!(shown("many").await, 5);
}

#[tokio::test]
async fn the_chosen_colours_are_there_from_the_start() {
    let request =
        Request::get("/").header("cookie", "a=b; theme=dark").body(Body::empty()).unwrap();
    assert!(send(request).await.text.contains(r#"data-theme="dark""#));
    let request = Request::get("/").header("cookie", "theme=x\"y").body(Body::empty()).unwrap();
    assert!(send(request).await.text.contains(r#"data-theme="auto""#));
}

#[tokio::test]
async fn a_form_without_javascript_can_ask_why() {
    for (query, words) in
        [("why=1", "What speaks for Class 0"), ("why=1&class=7", "What speaks for Class 7")]
    {
        let reply = get(&format!("/flags?example=japan.svg&{query}")).await;
        assert!(reply.text.contains(words), "{words} in {}", reply.text);
    }
    let reply = get("/flags?example=japan.svg").await;
    assert!(!reply.text.contains("What speaks for Class"), "{}", reply.text);
}
