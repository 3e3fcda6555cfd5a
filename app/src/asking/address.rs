//! The address bar, which follows what is being classified so that it can be shared.

use web_sys::UrlSearchParams;

use super::Question;

/// Puts the address of the page that shows the answer into the address bar.
///
/// The router is not told: it would take this for a visit to another page and classify again.
pub(super) fn follow(model: &str, question: &Question) {
    let Some(window) = web_sys::window() else { return };
    let address = match query(question) {
        Some(query) => format!("/{model}?{query}"),
        None => format!("/{model}"),
    };
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or_default();
        // Browsers refuse this when it happens very often; the page works without.
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// A picture that was sent has no address.
fn query(question: &Question) -> Option<String> {
    let (name, value) = match question {
        Question::Url(url) => ("url", url),
        Question::Example(example) => ("example", example),
        Question::Upload(_) | Question::Refused(_) => return None,
    };
    let query = UrlSearchParams::new().ok()?;
    query.append(name, value);
    query.to_string().as_string()
}
