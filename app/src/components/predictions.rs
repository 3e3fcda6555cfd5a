//! The most probable classes.

use leptos::prelude::*;

use crate::{
    format::{percent, share},
    wire::Prediction,
};

/// The most probable classes, best first, each with its figure and a bar as long as it.
#[component]
pub fn Predictions(
    /// The classes.
    predictions: Vec<Prediction>,
) -> impl IntoView {
    let rows = predictions.into_iter().map(|prediction| {
        let Prediction { label, probability, .. } = prediction;
        let length = format!("{:.2}%", share(probability));
        view! {
            <li class="prediction">
                <span class="prediction__label">{label}</span>
                <data class="prediction__figure" value=probability.to_string()>
                    {percent(probability)}
                </data>
                // Not a styled element: the content security policy knows no inline styles.
                <svg class="bar" aria-hidden="true">
                    <rect class="bar__track" width="100%" height="100%"/>
                    <rect class="bar__fill" width=length height="100%"/>
                </svg>
            </li>
        }
    });
    view! {
        <ol class="predictions" role="list" aria-label="Most probable classes">
            {rows.collect_view()}
        </ol>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use super::Predictions;
    use crate::wire::Prediction;

    #[test]
    fn shows_labels_figures_and_bars() {
        let predictions = vec![
            Prediction { index: 3, label: "Japan".to_owned(), probability: 0.9125 },
            Prediction { index: 9, label: "Palau".to_owned(), probability: 0.05 },
        ];
        let html = Owner::new().with(|| view! { <Predictions predictions/> }.to_html());
        assert!(html.find("Japan") < html.find("Palau"), "{html}");
        assert!(html.contains("91.2%") && html.contains("5.0%"), "{html}");
        assert!(html.contains(r#"width="91.25%""#), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
