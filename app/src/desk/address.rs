//! The address bar, which follows what is being classified so that it can be shared.

use web_sys::UrlSearchParams;

use crate::{asking::Question, wire::SHOWN};

/// Puts the address of the page that shows the answer into the address bar.
pub(super) fn follow(model: &str, question: Option<&Question>, rival: &str, shown: u32) {
    let Some(window) = web_sys::window() else { return };
    let query = query(question, rival, shown).filter(|it| !it.is_empty());
    let address = match query {
        Some(query) => format!("/{model}?{query}"),
        None => format!("/{model}"),
    };
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or_default();
        // Browsers refuse this when it happens very often; the page works without.
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

fn query(question: Option<&Question>, rival: &str, shown: u32) -> Option<String> {
    let query = UrlSearchParams::new().ok()?;
    match question {
        Some(Question::Url(url)) => query.append("url", url),
        Some(Question::Example(example)) => query.append("example", example),
        // A picture that was sent has no address.
        Some(Question::File(_) | Question::Refused(_)) | None => {}
    }
    if shown != SHOWN {
        query.append("top_k", &shown.to_string());
    }
    if !rival.is_empty() {
        query.append("compare", rival);
    }
    query.to_string().as_string()
}
