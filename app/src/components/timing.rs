//! Where the time went.

use leptos::prelude::*;

use crate::{
    format::{duration, fixed},
    texts::answer as texts,
    wire::{SourceKind, Timing},
};

/// How long the answer took, in all and by stage, as the server measured it. Sending or fetching
/// is left out when there was none.
#[component]
pub fn TimingList(
    /// The times.
    timing: Timing,
    /// How the picture came.
    kind: SourceKind,
) -> impl IntoView {
    let stages = stages(&timing, kind);
    let whole: f64 = stages.iter().map(|(.., ms)| ms).sum::<f64>().max(f64::MIN_POSITIVE);
    let mut start = 0.0;
    let segments = stages.iter().map(|(key, _, ms)| {
        let x = format!("{}%", fixed(100.0 * start / whole, 2));
        let width = format!("{}%", fixed(100.0 * ms / whole, 2));
        start += ms;
        view! { <rect class=format!("stage stage--{key}") x=x width=width height="100%"/> }
    });
    let segments = segments.collect_view();
    let list = stages.into_iter().map(|(key, name, ms)| {
        view! {
            <div class="timing__stage">
                <dt>
                    <svg class="timing__key" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
                        <rect class=format!("stage stage--{key}") width="8" height="8"/>
                    </svg>
                    {name}
                </dt>
                <dd>{duration(ms)}</dd>
            </div>
        }
    });
    view! {
        <div class="timing">
            <p class="timing__total">{texts::IN_ALL} <b>{duration(timing.total_ms)}</b></p>
            <svg class="timeline" aria-hidden="true">{segments}</svg>
            <dl class="timing__stages">{list.collect_view()}</dl>
        </div>
    }
}

/// Key, name and milliseconds of each stage, in order.
fn stages(timing: &Timing, kind: SourceKind) -> Vec<(&'static str, &'static str, f64)> {
    let coming = if kind == SourceKind::Upload { texts::UPLOAD } else { texts::FETCH };
    let known = [
        ("fetch", coming, timing.fetch_ms),
        ("decode", texts::DECODE, timing.decode_ms),
        ("queue", texts::QUEUE, timing.queue_ms),
        ("inference", texts::INFERENCE, timing.inference_ms),
    ];
    let rest = timing.total_ms - known.iter().map(|it| it.2).sum::<f64>();
    let known = known.into_iter().filter(|it| it.0 != "fetch" || it.2 > 0.0);
    // Waiting for a core to decode on, and wording the answer.
    let rest = (rest > 0.05 * timing.total_ms).then_some(("rest", texts::REST, rest));
    known.chain(rest).collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use super::TimingList;
    use crate::wire::{SourceKind, Timing};

    fn html(fetch_ms: f64, kind: SourceKind) -> String {
        let total_ms = fetch_ms + 66.0;
        let timing =
            Timing { fetch_ms, decode_ms: 4.2, queue_ms: 0.1, inference_ms: 61.0, total_ms };
        Owner::new().with(|| view! { <TimingList timing kind/> }.to_html())
    }

    #[test]
    fn names_every_stage() {
        let html = html(250.0, SourceKind::Url);
        for text in ["316 ms", "Fetching", "250 ms", "Decoding", "4.2 ms", "Waiting", "61 ms"] {
            assert!(html.contains(text), "{text} in {html}");
        }
        assert!(!html.contains("Rest") && !html.contains("style="), "{html}");
    }

    #[test]
    fn calls_by_its_name_how_the_picture_came() {
        assert!(!html(0.0, SourceKind::Example).contains("Fetching"));
        assert!(html(9.0, SourceKind::Upload).contains("Upload"));
    }
}
