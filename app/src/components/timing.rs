//! Where the time went.

use leptos::prelude::*;

use crate::{format::duration, wire::Timing};

/// How long the answer took, in all and by stage. Fetching is left out of it when nothing was
/// fetched.
#[component]
pub fn TimingList(
    /// The times.
    timing: Timing,
) -> impl IntoView {
    let stages = stages(&timing).map(|(name, ms)| {
        view! {
            <div class="timing__stage">
                <dt>{name}</dt>
                <dd>{duration(ms)}</dd>
            </div>
        }
    });
    view! {
        <div class="timing">
            <p class="timing__total">"Answered in " <b>{duration(timing.total_ms)}</b></p>
            <dl class="timing__stages">{stages.collect_view()}</dl>
        </div>
    }
}

fn stages(timing: &Timing) -> impl Iterator<Item = (&'static str, f64)> {
    let fetch = (timing.fetch_ms > 0.0).then_some(("Fetching", timing.fetch_ms));
    fetch.into_iter().chain([
        ("Decoding", timing.decode_ms),
        ("Waiting", timing.queue_ms),
        ("Network", timing.inference_ms),
    ])
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use super::TimingList;
    use crate::wire::Timing;

    fn html(fetch_ms: f64) -> String {
        let timing =
            Timing { fetch_ms, decode_ms: 4.2, queue_ms: 0.1, inference_ms: 61.0, total_ms: 66.0 };
        Owner::new().with(|| view! { <TimingList timing/> }.to_html())
    }

    #[test]
    fn names_every_stage() {
        let html = html(250.0);
        for text in ["66 ms", "Fetching", "250 ms", "Decoding", "4.2 ms", "Waiting", "61 ms"] {
            assert!(html.contains(text), "{text} in {html}");
        }
    }

    #[test]
    fn does_not_mention_fetching_when_nothing_was_fetched() {
        assert!(!html(0.0).contains("Fetching"));
    }
}
