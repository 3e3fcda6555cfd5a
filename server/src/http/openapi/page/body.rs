//! What is sent or answered, on the page: its kinds, their forms and examples.

use leptos::prelude::*;
use serde_json::Value;

use super::{block, members, schema, text};

/// The kinds of a body. Those that are bytes, and of which there is no more to say, stand together.
pub(super) fn kinds(content: &Value) -> impl IntoView + use<> {
    let (bytes, told): (Vec<_>, Vec<_>) = members(content).partition(|(_, media)| is_bytes(media));
    let bytes: Vec<_> = bytes
        .into_iter()
        .map(|(kind, _)| view! { <code class="kind">{kind.clone()}</code>" " })
        .collect();
    let told: Vec<_> = told.into_iter().map(|(kind, media)| one(kind, media)).collect();
    view! {
        <div class="kinds">
            {told}
            {(!bytes.is_empty()).then(|| view! { <p class="kinds__bytes">{bytes}"as bytes"</p> })}
        </div>
    }
}

fn is_bytes(media: &Value) -> bool {
    media["examples"].is_null()
        && media["schema"]["type"].is_null()
        && media["schema"]["contentMediaType"].is_string()
}

fn one(kind: &str, media: &Value) -> impl IntoView + use<> {
    // What is shared are those of the codes, which the description names.
    let own = members(&media["examples"]).filter(|(_, example)| example["$ref"].is_null());
    let examples = own.map(|(name, example)| {
        let value = match &example["value"] {
            Value::String(words) => words.clone(),
            value => serde_json::to_string_pretty(value).unwrap_or_default(),
        };
        let says = match text(example, "summary") {
            "" => name.replace('_', " "),
            says => format!("{}: {says}", name.replace('_', " ")),
        };
        view! {
            <figure class="sample">
                <figcaption>{says}</figcaption>
                {block(&value, "Example")}
            </figure>
        }
    });
    let examples: Vec<_> = examples.collect();
    let form = schema::kind(&media["schema"]);
    view! {
        <div class="kinds__one">
            <p><code class="kind">{kind.to_owned()}</code>" "{form}</p>
            {schema::fields(&media["schema"])}
            {examples}
        </div>
    }
}
