//! Schemas on the page.

use leptos::prelude::*;
use serde_json::Value;

use super::{items, members, prose, text};

/// A schema that has a name, to be linked to.
pub(super) fn section(name: &str, schema: &Value) -> impl IntoView + use<> {
    let any = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|key| items(&schema[key]));
    let parts: Vec<_> = any
        .map(|part| view! { <li>{kind(part)}" "{prose(text(part, "description"))}{fields(part)}</li> })
        .collect();
    let plain = schema["properties"].is_null() && parts.is_empty();
    view! {
        <article class="operation" id=format!("schema-{name}")>
            <h3 class="operation__title"><code>{name.to_owned()}</code></h3>
            <p class="operation__says">{prose(text(schema, "description"))}</p>
            {plain.then(|| view! { <p>{kind(schema)}</p> })}
            {fields(schema)}
            {(!parts.is_empty()).then(|| view! { <ul class="parts">{parts}</ul> })}
        </article>
    }
}

/// The fields of an object; nothing for what is none.
pub(super) fn fields(schema: &Value) -> Option<impl IntoView + use<>> {
    let required = items(&schema["required"]);
    let rows: Vec<_> = members(&schema["properties"])
        .map(|(name, form)| {
            let optional = !required.iter().any(|it| it == name);
            view! {
                <tr>
                    <th scope="row"><code>{name.clone()}</code></th>
                    <td>{kind(form)}{optional.then_some(", optional")}</td>
                    <td>{prose(text(form, "description"))}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <div class="reference__scroll" tabindex="0" role="group" aria-label="Fields">
                <table class="reference__table">
                    <thead>
                        <tr>
                            <th scope="col">"Field"</th>
                            <th scope="col">"Kind"</th>
                            <th scope="col">"Meaning"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

/// What a value may be, in a few words.
pub(super) fn kind(schema: &Value) -> AnyView {
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        let name = name.to_owned();
        let href = format!("#schema-{name}");
        return view! { <a href=href>{name}</a> }.into_any();
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let parts: Vec<_> = items(&schema[key]).iter().filter(|it| it["type"] != "null").collect();
        // What only says which fields have to be there is no kind.
        if parts.is_empty() || schema["type"] == "object" {
            continue;
        }
        let word = if key == "allOf" { " and " } else { " or " };
        let told = parts.into_iter().enumerate().map(|(place, part)| {
            let between = (place > 0).then_some(word);
            view! { {between}{kind(part)} }
        });
        return told.collect::<Vec<_>>().into_any();
    }
    let first = items(&schema["prefixItems"]);
    if !first.is_empty() {
        let told = first.iter().enumerate().map(|(place, part)| {
            view! { {(place > 0).then_some(", ")}{kind(part)} }
        });
        return view! { "array of "{told.collect::<Vec<_>>()} }.into_any();
    }
    if !schema["items"].is_null() {
        return view! { "array of "{kind(&schema["items"])} }.into_any();
    }
    let names = items(&schema["enum"]);
    if !names.is_empty() {
        let names = names.iter().filter(|it| !it.is_null()).enumerate().map(|(place, name)| {
            let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
            view! { {(place > 0).then_some(", ")}<code>{name}</code> }
        });
        return names.collect::<Vec<_>>().into_any();
    }
    if !schema["const"].is_null() {
        return view! { <code>{schema["const"].to_string()}</code> }.into_any();
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str).filter(|it| *it != "null");
            kinds.collect::<Vec<_>>().join(" or ")
        }
        _ if schema["contentMediaType"].is_string() => "bytes".to_owned(),
        _ => "anything".to_owned(),
    };
    let least = schema["minimum"].as_f64().map(|least| format!(" from {least}"));
    format!("{kinds}{}", least.unwrap_or_default()).into_any()
}
