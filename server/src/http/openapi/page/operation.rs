//! An operation on the page.

use leptos::prelude::*;
use serde_json::Value;

use super::{Stand, block, body, items, members, paragraphs, prose, schema, text};

/// The operation, with all that there is to say of it.
pub(super) fn section(stand: &Stand<'_>) -> impl IntoView + use<> {
    let Stand { path, method: verb, operation } = stand;
    let anchor = stand.anchor();
    let parameters = items(&operation["parameters"]);
    let sent = &operation["requestBody"];
    let answers: Vec<_> = members(&operation["responses"])
        .map(|(status, response)| answer(status, response))
        .collect();
    let curl = text(&operation["x-codeSamples"][0], "source");
    view! {
        <article class="operation" id=anchor.clone()>
            <h3 class="operation__title">
                <a href=format!("#{anchor}")>{method(verb)} <code>{(*path).to_owned()}</code></a>
            </h3>
            <p class="operation__summary">{text(operation, "summary").to_owned()}</p>
            {paragraphs(text(operation, "description"), "operation__says")}
            {block(curl, "Command")}
            {(!parameters.is_empty()).then(|| table(parameters))}
            {sent.is_object().then(|| view! {
                <h4>"Sent"</h4>
                <p>{prose(text(sent, "description"))}</p>
                {body::kinds(&sent["content"])}
            })}
            <h4>"Answered"</h4>
            {answers}
        </article>
    }
}

/// A method, in a colour of its own.
pub(super) fn method(verb: &str) -> impl IntoView + use<> {
    view! { <span class=format!("verb verb--{verb}")>{verb.to_uppercase()}</span> }
}

fn table(parameters: &[Value]) -> impl IntoView + use<> {
    let rows = parameters.iter().map(|parameter| {
        let place = text(parameter, "in").to_owned();
        view! {
            <tr>
                <th scope="row"><code>{text(parameter, "name").to_owned()}</code></th>
                <td>{place}</td>
                <td>{schema::kind(&parameter["schema"])}</td>
                <td>{prose(text(parameter, "description"))}</td>
            </tr>
        }
    });
    view! {
        <h4>"Parameters"</h4>
        <div class="reference__scroll" tabindex="0" role="group" aria-label="Parameters">
            <table class="reference__table">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"In"</th>
                        <th scope="col">"Kind"</th>
                        <th scope="col">"Meaning"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
}

fn answer(status: &str, response: &Value) -> impl IntoView + use<> {
    let well = status.starts_with('2');
    let headers: Vec<_> = members(&response["headers"])
        .map(|(name, header)| {
            let says = prose(text(header, "description"));
            view! { <li><code>{name.clone()}</code>": "{says}</li> }
        })
        .collect();
    let class = if well { "status status--good" } else { "status status--bad" };
    view! {
        <details class="answered" open=well>
            <summary>
                <span class=class>{status.to_owned()}</span>
                <span>{prose(text(response, "description"))}</span>
            </summary>
            {(!headers.is_empty()).then(|| view! { <ul class="answered__headers">{headers}</ul> })}
            {body::kinds(&response["content"])}
        </details>
    }
}
