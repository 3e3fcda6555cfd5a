//! All of a model's page that reacts.

use leptos::{ev, prelude::*};

use super::{
    Banner, answer::AnswerPanel, batch_table::BatchTable, camera::CameraDialog, examples::Examples,
    held::Held, history_list::HistoryList, model_header::ModelHeader, picture_form::PictureForm,
    state::keep_fresh, toolbar::Toolbar,
};
use crate::{browser::ways, desk::Desk, handed::taken, opened::Opened, texts::ways as texts};

/// A model's page: ways to give a picture, what came of it, and what was seen before. It is handed
/// how the page opens, as [`Opened`].
#[island]
pub(crate) fn DeskView() -> impl IntoView {
    taken().map(whole)
}

fn whole(opened: Opened) -> impl IntoView {
    let desk = Desk::new(&opened);
    let over = RwSignal::new(false);
    let camera = RwSignal::new(false);
    ways::listen(over, move |given| desk.take_given(given));
    remember(desk);
    cancel_on_escape(desk);
    let Opened { model, others, url, example, origin, held, rival, .. } = opened;
    let name = model.name.clone();
    // Without JavaScript, too, the answer should be in view when it comes.
    let action = match &rival {
        Some((rival, _)) => format!("/{name}?compare={rival}#answer"),
        None => format!("/{name}#answer"),
    };
    let examples = model.examples.clone();
    let max_upload = model.max_upload;
    let titles = StoredValue::new(others.clone());
    let own = StoredValue::new(model.title.clone());
    let model = RwSignal::new(model);
    keep_fresh(model);
    let title = move |name: &str| {
        titles.with_value(|all| all.iter().find(|it| it.0 == name).map(|it| it.1.clone()))
    };
    let compared = Signal::derive(move || !desk.rival.model.read().is_empty());
    let main_title = Signal::derive(move || compared.get().then(|| own.get_value()));
    let rival_title = Signal::derive(move || title(&desk.rival.model.read()));
    let held = held.then(|| view! { <Held desk url=url.clone() example/> });
    view! {
        <ModelHeader model=model.into()/>
        <Banner model=model.into() outcome=desk.main.outcome()/>
        <div class="desk">
            <PictureForm action=action.clone() url max_upload desk camera/>
            <div class="answers" class:answers--two=compared>
                {held}
                <AnswerPanel desk asking=desk.main title=main_title/>
                <Show when=move || compared.get()>
                    <AnswerPanel desk asking=desk.rival title=rival_title second=true/>
                </Show>
                <Toolbar desk others origin/>
            </div>
            <Examples action=format!("/{name}#answer") examples desk/>
        </div>
        <BatchTable desk/>
        <HistoryList desk/>
        <CameraDialog open=camera desk/>
        <div class="curtain" class:curtain--up=over aria-hidden="true"><p>{texts::LET_GO}</p></div>
    }
}

/// Remembers every answer that is asked for in the page.
fn remember(desk: Desk) {
    Effect::new(move || {
        let asked = desk.main.errand.outcome.get();
        if let (Some(Ok(page)), Some(question), Some(subject)) =
            (asked, desk.last(), desk.subject.get_untracked())
        {
            desk.history.add(&desk.main.model.get_untracked(), &question, subject, &page);
        }
    });
}

/// Takes the question under way back when Escape is pressed.
fn cancel_on_escape(desk: Desk) {
    Effect::new(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                desk.cancel();
            }
        });
        on_cleanup(move || listener.remove());
    });
}
