//! Which kind of answer the caller wants.

use http::{HeaderMap, header::ACCEPT};

/// A kind of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The bare words.
    Text,
    /// Everything there is to say, for programs.
    Json,
    /// The same, one line for each picture, as soon as it is answered.
    Lines,
    /// A page.
    Html,
}

impl Format {
    /// The kind that the `Accept` header likes best; words if it names none of ours.
    ///
    /// Among equals the more telling one wins, so that a browser, which also takes everything
    /// else, gets a page, and `*/*` alone, which is what curl says, gets words.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let best = ranges
            .flat_map(|value| value.split(','))
            .filter_map(weigh)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        best.map_or(Self::Text, |(_, _, format)| format)
    }
}

/// Quality, specificity and kind of one media range; `None` for a kind that is not ours, or for
/// one that is refused.
fn weigh(range: &str) -> Option<(f32, u8, Format)> {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next()?.to_ascii_lowercase();
    let quality = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .map_or(Some(1.0), |q| q.parse().ok())?;
    if quality <= 0.0 {
        return None;
    }
    let (specificity, format) = match kind.as_str() {
        "text/html" | "application/xhtml+xml" => (4, Format::Html),
        "application/json" | "application/problem+json" => (3, Format::Json),
        "application/x-ndjson" | "application/jsonl" => (3, Format::Lines),
        "text/plain" => (2, Format::Text),
        "application/*" => (1, Format::Json),
        "text/*" => (1, Format::Text),
        "*/*" => (0, Format::Text),
        _ => return None,
    };
    Some((quality, specificity, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &str) -> Format {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, value.parse().expect("a header value"));
        Format::accepted(&headers)
    }

    #[test]
    fn a_browser_gets_a_page() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(accepted(browser), Format::Html);
    }

    #[test]
    fn curl_gets_words() {
        assert_eq!(accepted("*/*"), Format::Text);
        assert_eq!(Format::accepted(&HeaderMap::new()), Format::Text);
    }

    #[test]
    fn lines_are_asked_for_by_name() {
        assert_eq!(accepted("application/x-ndjson"), Format::Lines);
        assert_eq!(accepted("application/*, application/x-ndjson;q=0.9"), Format::Json);
    }

    #[test]
    fn quality_decides_before_kind() {
        assert_eq!(accepted("text/html;q=0.5, application/json"), Format::Json);
        assert_eq!(accepted("text/html;q=0, */*"), Format::Text);
        assert_eq!(accepted("application/json;q=0.2, text/plain;q=0.9"), Format::Text);
    }

    #[test]
    fn what_is_not_ours_is_passed_over() {
        assert_eq!(accepted("image/png"), Format::Text);
        assert_eq!(accepted("image/webp, application/problem+json"), Format::Json);
        assert_eq!(accepted("text/html;q=nonsense, application/json"), Format::Json);
    }
}
