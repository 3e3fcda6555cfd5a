//! Any class of a model, by part of its name.

use leptos::{either::Either, prelude::*, task::spawn_local};

use super::why_button::WhyButton;
use crate::{
    asking::Asking,
    browser::post::get,
    format::{count, lowercase, percent_of_all},
    texts::answer as texts,
    wire::Ranking,
};

/// Classes that are listed at most.
const MOST: usize = 8;

/// Says of any class which place it has and how probable it is. The labels are fetched when they
/// are first wanted; the figures came with the answer.
#[component]
pub(crate) fn FindClass(
    /// Name of the model that answered.
    model: StoredValue<String>,
    /// Who can be asked why.
    asking: Asking,
    /// All its classes.
    ranking: Ranking,
) -> impl IntoView {
    let ranking = StoredValue::new(ranking);
    let all = ranking.with_value(|it| it.iter().count()) as u64;
    let names = RwSignal::new(None::<Vec<String>>);
    let wanted = RwSignal::new(String::new());
    let open = move |_| {
        if names.with_untracked(Option::is_none) {
            spawn_local(async move {
                if let Some(labels) = get(&format!("/api/labels?model={}", model.get_value())).await
                {
                    names.try_set(Some(labels));
                }
            });
        }
    };
    let found = move || {
        let wanted = lowercase(wanted.read().trim());
        let names = names.read();
        let names = names.as_ref().filter(|_| !wanted.is_empty())?;
        let found = ranking.with_value(|ranking| {
            let named = ranking.iter().filter_map(|it| Some((it, names.get(it.class as usize)?)));
            let fitting = named.filter(|(_, name)| lowercase(name).contains(&wanted));
            let rows = fitting.take(MOST).map(|(it, name)| {
                let place = texts::place(&count(u64::from(it.rank)), &count(all));
                (it.class, name.clone(), place, percent_of_all(it.probability))
            });
            rows.collect::<Vec<_>>()
        });
        Some(if found.is_empty() {
            Either::Left(view! { <p class="help">{texts::FOUND_NONE}</p> })
        } else {
            let rows = found.into_iter().map(|(class, name, place, figure)| {
                view! {
                    <li class="found">
                        <span class="found__label">{name.clone()}</span>
                        <span class="found__place">{place}</span>
                        <span class="found__figure">{figure}</span>
                        <WhyButton asking model class label=name/>
                    </li>
                }
            });
            Either::Right(view! { <ul class="founds" role="list">{rows.collect_view()}</ul> })
        })
    };
    view! {
        <details class="find scripted" on:toggle=open>
            <summary>{texts::FIND}</summary>
            <label class="field">
                <span>{texts::FIND_LABEL}</span>
                <input
                    type="search" autocomplete="off"
                    on:input=move |event| wanted.set(event_target_value(&event))
                />
            </label>
            <div aria-live="polite">{found}</div>
        </details>
    }
}
