//! Why a model does not answer, or another one in its place.

use leptos::{either::Either, prelude::*};

use crate::{
    asking::Outcome,
    format::size,
    texts::model as texts,
    wire::{ModelState, ModelSummary},
};

/// Says that the model is not ready and what helps, and which model answers in its place.
/// Nothing when all is well.
#[component]
pub fn Banner(
    /// The model; its state may change.
    model: Signal<ModelSummary>,
    /// What came of the newest picture.
    outcome: Signal<Option<Outcome>>,
) -> impl IntoView {
    // A memo, so that asking after the model does not repeat what has been said.
    let notice = Memo::new(move |_| {
        let stand_in = outcome.with(|outcome| match outcome {
            Some(Ok(page)) if page.answer.fallback_for.is_some() => Some(page.answer.model.clone()),
            _ => None,
        });
        model.with(|model| notice(model, stand_in))
    });
    view! {
        <div class="banners" role="status">
            {move || notice.get().map(|notice| view! { <NoticeView notice/> })}
        </div>
    }
}

#[component]
fn NoticeView(notice: Notice) -> impl IntoView {
    let Notice { urgent, title, stand_in, command, detail } = notice;
    let stand_in = stand_in.map(|name| {
        view! {
            <p>{texts::UNTIL_THEN}" "<a href=format!("/{name}")><b>{name.clone()}</b></a></p>
        }
    });
    let help = match command {
        Some(command) => Either::Left(view! {
            <p>{texts::BRINGS} <code class="command">{command}</code></p>
        }),
        None => Either::Right(detail.map(|detail| view! { <p>{detail}</p> })),
    };
    view! {
        <div class="banner" class:banner--urgent=urgent>
            <p class="banner__title">{title}</p>
            {help}
            {stand_in}
        </div>
    }
}

/// What the banner says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Notice {
    /// Whether somebody has to do something about it.
    urgent: bool,
    title: String,
    /// The model that answers.
    stand_in: Option<String>,
    /// What brings the weights.
    command: Option<String>,
    /// What else there is to say.
    detail: Option<String>,
}

/// What there is to say of a model, given the model that last answered in its place.
fn notice(model: &ModelSummary, stand_in: Option<String>) -> Option<Notice> {
    let title = &model.title;
    let stand_in = stand_in.or_else(|| model.fallback.clone());
    match &model.state {
        ModelState::Ready | ModelState::Standby => None,
        ModelState::Fetching { received, total } => Some(Notice {
            urgent: false,
            title: texts::is_fetched(title),
            stand_in,
            command: None,
            detail: Some(match total {
                Some(total) => texts::part_is_here(&size(*received), &size(*total)),
                None => texts::so_much_is_here(&size(*received)),
            }),
        }),
        ModelState::Loading => Some(Notice {
            urgent: false,
            title: texts::is_loading(title),
            // Only weights that are absent are stood in for.
            stand_in: None,
            command: None,
            detail: Some(texts::LOADING_HELP.to_owned()),
        }),
        ModelState::Unloaded => Some(Notice {
            urgent: false,
            title: texts::is_unloaded(title),
            stand_in: None,
            command: None,
            detail: Some(texts::UNLOADED_HELP.to_owned()),
        }),
        ModelState::Absent { hint } => Some(Notice {
            urgent: true,
            title: texts::is_absent(title),
            stand_in,
            command: Some(hint.clone()),
            detail: None,
        }),
        ModelState::Failed { reason } => Some(Notice {
            urgent: true,
            title: texts::has_failed(title),
            stand_in: None,
            command: None,
            detail: Some(reason.clone()),
        }),
    }
}

#[cfg(all(test, feature = "ssr"))]
#[path = "banner/tests.rs"]
mod tests;
