//! Asking why without JavaScript.

use leptos::prelude::*;

use crate::texts::why as texts;

/// The part of the form that asks for the heat map along with the answer.
#[component]
pub(crate) fn WhyWish() -> impl IntoView {
    view! {
        <div class="wish plain">
            <label><input type="checkbox" name="why" value="1"/> {texts::WISH}</label>
            <label class="field">
                <span>{texts::WISH_CLASS}</span>
                <input name="class" placeholder=texts::WISH_BEST autocomplete="off"/>
            </label>
        </div>
    }
}
