use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::http::problem::codes;

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Every operation with its path and its method.
fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    members(&DOCUMENT["paths"]).flat_map(|(path, item)| {
        members(item).map(|(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Every reference to another part of the document.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn paths_and_status_codes_are_those_that_callers_know() {
    let told: BTreeMap<_, _> = operations()
        .map(|(path, method, operation)| {
            let codes: Vec<_> =
                members(&operation["responses"]).map(|(code, _)| code.as_str()).collect();
            (format!("{path} {method}"), codes.join(" "))
        })
        .collect();
    insta::assert_json_snapshot!(told);
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let mut found = BTreeSet::new();
    references(&DOCUMENT, &mut found);
    for reference in &found {
        let pointer = reference.trim_start_matches('#');
        assert!(DOCUMENT.pointer(pointer).is_some(), "{reference}");
    }
    for (name, _) in members(&DOCUMENT["components"]["schemas"]) {
        assert!(found.contains(&*format!("#/components/schemas/{name}")), "{name} is not used");
    }
}

#[test]
fn every_code_is_listed_once_and_told_where_it_may_come() {
    let names: BTreeSet<_> = codes::CODES.iter().map(|code| code.name).collect();
    assert_eq!(names.len(), codes::CODES.len());
    assert!(codes::CODES.is_sorted_by_key(|code| (code.status, code.name)));
    let text = serde_json::to_string(&DOCUMENT["paths"]).expect("JSON");
    // Those are of no operation of the document: another method, and the page's own calls.
    let elsewhere =
        ["method_not_allowed", "multipart_expected", "arguments_invalid", "no_classifier"];
    for name in names.into_iter().filter(|name| !elsewhere.contains(name)) {
        assert!(text.contains(&format!("`{name}`")), "{name} is told nowhere");
    }
}

#[test]
fn every_operation_is_described_and_has_a_command() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id), "{id} twice");
        assert!(operation["summary"].is_string(), "{path} {method}");
        let curl = operation["x-codeSamples"][0]["source"].as_str().expect("a command");
        assert!(curl.contains("curl"), "{path} {method}: {curl}");
        let tag = operation["tags"][0].as_str().expect("a group");
        assert!(TAGS.iter().any(|(name, _)| *name == tag), "{tag}");
    }
}
