//! Several pictures and their answers.

use leptos::{either::EitherOf3, html::Section, prelude::*};

use crate::{
    batch::{Column, MOST, Progress, Row, csv, json},
    browser::download,
    desk::Desk,
    format::{duration, percent},
    texts::batch as texts,
    wire::PageAnswer,
};

/// A table that fills in as answers come; it can be sorted and saved. Nothing while there are no
/// pictures.
#[component]
pub(crate) fn BatchTable(
    /// The page.
    desk: Desk,
) -> impl IntoView {
    let batch = desk.batch;
    let any = Memo::new(move |_| !batch.rows.read().is_empty());
    let section = NodeRef::<Section>::new();
    Effect::new(move || {
        if any.get()
            && let Some(section) = section.get()
        {
            section.scroll_into_view();
        }
    });
    let sorted = move || {
        let order = batch.order.get();
        let mut rows = batch.rows.get();
        if order.0.is_some() {
            rows.sort_by(|a, b| {
                order.compare((&a.name, &a.progress.read()), (&b.name, &b.progress.read()))
            });
        }
        rows
    };
    let standing = move || {
        let rows = batch.rows.read();
        let count =
            |fits: fn(&Progress) -> bool| rows.iter().filter(|it| it.progress.with(fits)).count();
        let failed = count(|it| matches!(it, Progress::Failed(_)));
        (count(|it| matches!(it, Progress::Done(_))), rows.len(), failed)
    };
    let standing = Memo::new(move |_| standing());
    let told = move || {
        let (done, all, failed) = standing.get();
        let full = (all == MOST).then(|| texts::too_many(MOST));
        format!("{}. {}", texts::progress(done, all, failed), full.unwrap_or_default())
    };
    let export = move |name: &str, kind: &str, write: fn(&[(String, Progress)]) -> String| {
        let rows = sorted().into_iter().map(|it| (it.name, it.progress.get_untracked()));
        // A browser that refuses says so itself.
        let _ = download(name, kind, &write(&rows.collect::<Vec<_>>()));
    };
    let heading = move |column: Column, name: &'static str| {
        view! {
            <th scope="col" aria-sort=move || batch.order.get().aria(column)>
                <button
                    class="sort" type="button"
                    on:click=move |_| batch.order.update(|it| *it = it.chosen(column))
                >{name}</button>
            </th>
        }
    };
    view! {
        <Show when=move || any.get()>
            <section class="batch" aria-labelledby="batch" node_ref=section>
                <div class="batch__head">
                    <h2 id="batch">{texts::HEADING}</h2>
                    <p role="status">{told}</p>
                    <div class="row">
                        <button
                            class="button button--quiet" type="button" hidden=move || standing.get().2 == 0
                            on:click=move |_| batch.retry()
                        >{texts::RETRY_ALL}</button>
                        <button
                            class="button button--quiet" type="button"
                            on:click=move |_| export("vitrine.csv", "text/csv", csv)
                        >{texts::CSV}</button>
                        <button
                            class="button button--quiet" type="button"
                            on:click=move |_| export("vitrine.json", "application/json", json)
                        >{texts::JSON}</button>
                        <button
                            class="button button--quiet" type="button" on:click=move |_| batch.clear()
                        >{texts::CLEAR}</button>
                    </div>
                </div>
                <div class="batch__table" role="group" aria-label=texts::TABLE tabindex="0">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{texts::PICTURE}</th>
                                {heading(Column::Name, texts::NAME)}
                                {heading(Column::Label, texts::LABEL)}
                                {heading(Column::Probability, texts::PROBABILITY)}
                                {heading(Column::Time, texts::TIME)}
                                <td></td>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=sorted key=|it| it.id let:row>
                                <BatchRow row desk/>
                            </For>
                        </tbody>
                    </table>
                </div>
            </section>
        </Show>
    }
}

#[component]
fn BatchRow(row: Row, desk: Desk) -> impl IntoView {
    let progress = row.progress;
    let picture = move || {
        row.thumbnail.get().map(|url| {
            view! { <img class="batch__picture" src=url alt="" width="64" height="48"/> }
        })
    };
    let name = row.name.clone();
    let row = StoredValue::new(row);
    let show = move |_| {
        if let Progress::Done(answer) = progress.get_untracked() {
            let file = row.with_value(|it| it.file.clone());
            desk.show_answer(&file, Ok(PageAnswer { answer: *answer, ranking: None, why: None }));
        }
    };
    let cells = move || match progress.get() {
        Progress::Done(answer) => {
            let best = answer.predictions.first();
            let label = best.map(|it| it.label.clone());
            let figure = best.map(|it| percent(it.probability));
            EitherOf3::A(view! {
                <td>{label}</td>
                <td class="figure">{figure}</td>
                <td class="figure">{duration(answer.timing.total_ms)}</td>
                <td>
                    <button class="button button--quiet" type="button" on:click=show>
                        {texts::SHOW}
                    </button>
                </td>
            })
        }
        Progress::Failed(problem) => EitherOf3::B(view! {
            <td colspan="3" class="batch__failed">
                <b>{texts::FAILED}": "</b>{problem.title}". "{problem.detail}
            </td>
            <td>
                <button
                    class="button button--quiet" type="button"
                    on:click=move |_| row.with_value(|it| desk.batch.retry_one(it))
                >{texts::RETRY}</button>
            </td>
        }),
        other => {
            let text = match other {
                Progress::Pausing(seconds) => texts::pausing(seconds),
                Progress::Asking => texts::ASKING.to_owned(),
                _ => texts::WAITING.to_owned(),
            };
            EitherOf3::C(view! { <td colspan="4" class="batch__waiting">{text}</td> })
        }
    };
    view! {
        <tr>
            <td>{picture}</td>
            <th scope="row">{name}</th>
            {cells}
        </tr>
    }
}
