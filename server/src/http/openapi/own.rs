//! The operations of vitrine's own interface.

mod wishes;

use serde_json::json;
use utoipa::openapi::path::PathsBuilder;

use super::{
    examples, media,
    operation::Op,
    problems::{BODY, INPUT, MODEL, PICTURE, RUN},
};
use wishes::{crop, example_name, form, multipart, top_k, url};

const PAGES: &str = "Pages";
const CLASSIFY: &str = "Classify";
const EXPLAIN: &str = "Explain";

/// The example picture that the examples here ask about.
const EXAMPLE: &str = "waving-brazil.jpg";

/// Headers of an answer by a model.
const MODEL_HEADERS: [(&str, &str); 3] = [
    ("vitrine-model", "The model that answered."),
    ("vitrine-fallback-for", "The model that was asked for, if another one stood in for it."),
    ("vitrine-note", "What else there is to know, such as that no picture was given."),
];

/// Adds them to a document's paths.
pub(super) fn put(paths: PathsBuilder) -> PathsBuilder {
    let all = [home(), page(), classify(), explain_example(), explain(), example()];
    all.into_iter().fold(paths, |paths, op| op.put(paths))
}

fn home() -> Op {
    Op::get("/", (PAGES, "home"), "The models", "A page with all models, and how busy they are.")
        .answer(200, "The page.", &[], &[media::html()])
        .guarded()
        .page()
        .curl("curl localhost:2017/")
}

fn page() -> Op {
    Op::get(
        "/{model}",
        (PAGES, "model_page"),
        "The page of a model",
        "A page to try the model. With `url` or `example` it is rendered with the answer.",
    )
    .query("url", "Address of a picture to classify.", url(), json!("https://example.org/cat.jpg"))
    .query("example", "File name of an example to classify.", example_name(), json!(EXAMPLE))
    .query("compare", "Another model, to compare with.", json!({ "type": "string" }), json!("vgg"))
    .answer(200, "The page.", &[], &[media::html()])
    .guarded()
    .problems(&["model_unknown"])
    .problems(&PICTURE)
    .problems(&MODEL)
    .problems(&RUN)
    .page()
    .curl("curl localhost:2017/flags")
}

fn classify() -> Op {
    let raw = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp"];
    let mut bodies = vec![
        media::inline("multipart/form-data", multipart()).example(
            "address",
            "",
            json!({ "example": EXAMPLE, "top_k": 3 }),
        ),
        media::json("Question")
            .example("example", "One of the model's own pictures.", json!({ "example": EXAMPLE }))
            .example(
                "several",
                "Several pictures, each with its own answer.",
                json!({
                    "instances": [{ "example": EXAMPLE }, { "example": "turned-kenya.jpg" }],
                }),
            )
            .example(
                "task",
                "Hugging Face's image classification task.",
                json!({
                    "inputs": examples::PIXEL, "parameters": { "top_k": 2 },
                }),
            ),
        media::inline("application/x-www-form-urlencoded", form()).example(
            "example",
            "",
            json!({ "example": EXAMPLE, "top_k": 3 }),
        ),
        media::bytes("application/octet-stream"),
    ];
    bodies.extend(raw.map(media::bytes));
    let answers = [
        media::text("Brazil (BR)"),
        media::inline(
            "application/json",
            json!({ "oneOf": [
            { "$ref": "#/components/schemas/Classification" },
            { "$ref": "#/components/schemas/Outcomes" },
            { "type": "array", "items": { "$ref": "#/components/schemas/TaskElement" } },
        ] }),
        )
        .example("one", "One picture.", examples::classification())
        .example("several", "Several pictures.", examples::outcomes())
        .example("task", "The image classification task.", examples::task()),
        // A line is an outcome; the whole is no JSON.
        media::inline("application/x-ndjson", json!({ "type": "string" })).example(
            "lines",
            "An outcome in each line.",
            json!(examples::lines()),
        ),
        media::html(),
    ];
    Op::post(
        "/{model}",
        (CLASSIFY, "classify"),
        "Classify pictures",
        "A picture in, by whatever way; what it shows out. `Accept` decides on the form of the \
         answer: `application/json`, `application/x-ndjson` (a line for each picture, as soon as \
         it is answered), `text/html` (the page), or else the bare label.\n\n\
         Several files, or `instances` in JSON, are let in together and have an answer or a \
         problem each, in their order. Without any picture the model's first example is \
         classified, and `note` or `vitrine-note` says so. What stands in the body wins over the query.\n\n\
         The answer to one picture is that of Hugging Face's image classification task, \
         `[{label, score}]`, when \
         the JSON has `inputs`, when the query has `task=image-classification`, or when the \
         caller is one of its clients by `User-Agent`; problems are then `{\"error\": …}`.",
    )
    .query("top_k", "How many classes to name.", top_k(), json!(3))
    .query("crop", "Answer with what the network saw, too.", crop(), json!("true"))
    .query("url", "Address of the picture.", url(), json!("https://example.org/cat.jpg"))
    .query("example", "File name of one of the model's examples.", example_name(), json!(EXAMPLE))
    .query(
        "task",
        "`image-classification` for the answer of Hugging Face's task.",
        json!({ "type": "string" }),
        json!("image-classification"),
    )
    .body("The picture, or where it is, and wishes.", false, &bodies)
    .answer(200, "What the pictures show.", &MODEL_HEADERS, &answers)
    .guarded()
    .problems(&BODY)
    .problems(&INPUT)
    .problems(&PICTURE)
    .problems(&MODEL)
    .problems(&RUN)
    .problems(&["too_many_pictures", "instance_invalid"])
    .page()
    .task()
    .curl(
        "curl -H 'Accept: application/json' --data-binary @flag.jpg 'localhost:2017/flags?top_k=3'",
    )
}

fn explain_example() -> Op {
    let op = Op::get(
        "/{model}/explain",
        (EXPLAIN, "explain_example"),
        "Explain an answer to an example or an address",
        "As with POST, for the picture that the query names.",
    );
    explained(op).curl("curl 'localhost:2017/flags/explain?example=waving-brazil.jpg' -o why.png")
}

fn explain() -> Op {
    let kinds = ["application/octet-stream", "image/jpeg", "image/png"];
    let mut bodies = vec![
        media::inline("multipart/form-data", multipart()).example(
            "example",
            "",
            json!({ "example": EXAMPLE }),
        ),
        media::json("Question").example("example", "", json!({ "example": EXAMPLE })),
        media::inline("application/x-www-form-urlencoded", form()).example(
            "example",
            "",
            json!({ "example": EXAMPLE }),
        ),
    ];
    bodies.extend(kinds.map(media::bytes));
    let op = Op::post(
        "/{model}/explain",
        (EXPLAIN, "explain"),
        "Explain an answer",
        "Which parts of the picture speak for a class. `Accept` decides on the form, unless `as` \
         does: `image/png` has colours over what the network saw, `image/png;mode=grey` the \
         weights alone, `application/json` their grid.",
    );
    explained(op).body("The picture, as for classifying.", false, &bodies).problems(&BODY).curl(
        "curl --data-binary @flag.jpg -H 'Accept: application/json' \\\n  \
             'localhost:2017/flags/explain?class=Brazil (BR)'",
    )
}

fn explained(op: Op) -> Op {
    let method = json!({ "type": "string", "enum": ["auto", "grad-cam", "occlusion"] });
    let form = json!({ "type": "string", "enum": ["overlay", "grey", "grid"] });
    op.query(
        "class",
        "Label or number of the class; the most probable one by default.",
        json!({ "type": "string" }),
        json!("0"),
    )
    .query("method", "How it is found.", method, json!("auto"))
    .query("as", "The form of the answer.", form, json!("grid"))
    .query("top_k", "Taken and passed over.", top_k(), json!(1))
    .query("crop", "With the grid, what the network saw as well.", crop(), json!("true"))
    .query("url", "Address of the picture.", url(), json!("https://example.org/cat.jpg"))
    .query("example", "File name of one of the model's examples.", example_name(), json!(EXAMPLE))
    .answer(
        200,
        "The explanation.",
        &MODEL_HEADERS[..1],
        &[
            media::bytes("image/png"),
            media::json("Explanation").example("grid", "", examples::explanation()),
        ],
    )
    .guarded()
    .problems(&INPUT)
    .problems(&PICTURE)
    .problems(&MODEL)
    .problems(&RUN)
    .problems(&["wish_unknown", "class_unknown", "method_unsupported", "explanation_failed"])
}

fn example() -> Op {
    Op::get(
        "/models/{model}/{file}",
        (PAGES, "example"),
        "An example picture of a model",
        "With `thumbnail` in the query, whatever its value, a small version of it.",
    )
    .query("thumbnail", "A small version.", json!({}), json!(""))
    .answer(
        200,
        "The picture.",
        &[],
        &["image/jpeg", "image/png", "image/webp", "image/gif"].map(media::bytes),
    )
    .guarded()
    .problems(&["example_unknown"])
    .curl("curl localhost:2017/models/flags/waving-brazil.jpg -o flag.jpg")
}
