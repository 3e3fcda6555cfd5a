//! The most probable classes.

use leptos::prelude::*;

use super::why_button::WhyButton;
use crate::{
    asking::Asking,
    format::{fixed, percent, points, share},
    texts::answer as texts,
    wire::Prediction,
};

/// The most probable classes, best first, each with its figure and a bar as long as it, and by how
/// much the first is ahead.
#[component]
pub(crate) fn Predictions(
    /// The classes.
    predictions: Vec<Prediction>,
    /// How many of them to show.
    shown: Signal<u32>,
    /// Who can be asked why.
    asking: Asking,
    /// The model that answered.
    model: StoredValue<String>,
) -> impl IntoView {
    let margin = predictions.get(1).zip(predictions.first()).map(|(second, first)| {
        let margin = points(first.probability - second.probability);
        view! { <p class="margin">{texts::margin(&margin, &second.label)}</p> }
    });
    let mut margin = margin;
    let rows = (0..).zip(predictions).map(|(place, prediction)| {
        let Prediction { index, label, probability } = prediction;
        let length = format!("{}%", fixed(share(probability), 2));
        view! {
            <li class="prediction" hidden=move || { shown.get() <= place }>
                <span class="prediction__label">{label.clone()}</span>
                <data class="prediction__figure" value=fixed(probability.into(), 6)>
                    {percent(probability)}
                </data>
                <WhyButton asking model class=index label/>
                // Not a styled element: the content security policy knows no inline styles.
                <svg class="bar" aria-hidden="true">
                    <rect class="bar__track" width="100%" height="100%"/>
                    <rect class="bar__fill" width=length height="100%"/>
                </svg>
                {margin.take()}
            </li>
        }
    });
    view! {
        <ol class="predictions" role="list" aria-label=texts::CLASSES>
            {rows.collect_view()}
        </ol>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use super::Predictions;
    use crate::{asking::Asking, wire::Prediction};

    #[test]
    fn shows_labels_figures_and_bars() {
        let predictions = vec![
            Prediction { index: 3, label: "Japan".to_owned(), probability: 0.9125 },
            Prediction { index: 9, label: "Palau".to_owned(), probability: 0.05 },
        ];
        let html = Owner::new().with(|| {
            let asking = Asking::new("flags".to_owned(), None);
            let model = StoredValue::new("flags".to_owned());
            view! { <Predictions predictions shown=Signal::stored(1) asking model/> }.to_html()
        });
        assert!(html.find("Japan") < html.find("Palau"), "{html}");
        assert!(html.contains("91.2%") && html.contains("5.0%"), "{html}");
        assert!(html.contains("86.2 points ahead of Palau"), "{html}");
        assert!(html.contains(r#"width="91.25%""#), "{html}");
        assert_eq!(html.matches(" hidden").count(), 1, "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
