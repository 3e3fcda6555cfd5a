//! Which parts of a picture speak for a class.

use leptos::{html, prelude::*};

use super::{ProblemView, wait::Wait};
use crate::{
    asking::Asking,
    browser::paint::{self, SIDE},
    format::percent,
    heat::centre,
    texts::why as texts,
    wire::HeatMap,
};

/// How much of the picture the map covers at first, in percent: as in the pictures that the server
/// paints.
const OPACITY: u32 = 55;

/// The heat map of the class that was asked about, or how far it is; nothing while none was.
#[component]
pub(crate) fn WhyView(
    /// Whose answer it is about.
    asking: Asking,
    /// The model that answered.
    model: StoredValue<String>,
    /// What the network saw.
    picture: NodeRef<html::Img>,
) -> impl IntoView {
    let why = asking.why;
    let canvas = NodeRef::<html::Canvas>::new();
    let opacity = RwSignal::new(OPACITY);
    Effect::new(move || {
        let (Some(canvas), Some(picture)) = (canvas.get(), picture.get()) else { return };
        if let Some(Ok(map)) = &*why.errand.outcome.read() {
            // Where nothing can be drawn, words say where it is.
            let _ = paint::draw(&canvas, &picture, map, f64::from(opacity.get()) / 100.0);
        }
    });
    let label = move || why.class.get().map(|it| it.1).unwrap_or_default();
    let words = move || match &*why.errand.outcome.read() {
        Some(Ok(map)) => describe(map),
        _ => String::new(),
    };
    let problem = move || match why.errand.outcome.get() {
        Some(Err(problem)) => Some(view! { <ProblemView problem/> }),
        _ => None,
    };
    let choose = move |event| {
        why.occlusion.set(event_target_value(&event) == "occlusion");
        if let Some((class, label)) = why.class.get_untracked() {
            let question = asking.question();
            model.with_value(|model| why.ask(model, question.as_ref(), class, label));
        }
    };
    let slide = move |event| opacity.set(event_target_value(&event).parse().unwrap_or(OPACITY));
    let save = move |_| {
        if let Some(canvas) = canvas.get_untracked() {
            paint::download(&canvas, format!("{}.png", label()));
        }
    };
    let drawn = move || matches!(&*why.errand.outcome.read(), Some(Ok(_)));
    view! {
        <section class="why" aria-label=move || texts::heading(&label()) hidden=move || why.class.read().is_none()>
            <h3 class="why__heading">{move || texts::heading(&label())}</h3>
            <Wait
                pending=why.errand.pending stage=why.errand.stage
                cancel=Callback::new(move |()| why.close())
            />
            {problem}
            <div class="why__map" hidden=move || !drawn()>
                <canvas
                    class="why__canvas" width=SIDE height=SIDE role="img"
                    aria-label=move || format!("{}: {}", texts::heading(&label()), words())
                    node_ref=canvas
                ></canvas>
                <p class="why__words" role="status">{words}</p>
                <p class="why__legend"><span>{texts::LITTLE}</span><span>{texts::MUCH}</span></p>
                <label class="why__opacity">
                    <span>{texts::OPACITY}</span>
                    <input type="range" min="0" max="100" value=OPACITY.to_string() on:input=slide/>
                </label>
            </div>
            <div class="row">
                <label class="why__method">
                    <span>{texts::METHOD}</span>
                    <select class="select" on:change=choose>
                        <option value="auto">{texts::GRAD_CAM}</option>
                        <option value="occlusion" selected=why.occlusion.get_untracked()>{texts::OCCLUSION}</option>
                    </select>
                </label>
                <button
                    class="button button--quiet" type="button" disabled=move || !drawn() on:click=save
                >{texts::SAVE}</button>
                <button
                    class="button button--quiet" type="button" on:click=move |_| why.close()
                >{texts::CLOSE}</button>
            </div>
        </section>
    }
}

fn describe(map: &HeatMap) -> String {
    let place = centre(map).map_or_else(|| texts::NOTHING.to_owned(), |(x, y)| texts::place(x, y));
    let method = if map.occlusion { texts::BY_OCCLUSION } else { texts::BY_GRAD_CAM };
    format!("{}, {}: {place} ({method})", map.class.label, percent(map.class.probability))
}
