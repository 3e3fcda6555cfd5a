//! Light or dark.

use leptos::prelude::*;

use crate::{browser::document, texts::frame as texts};

/// The colours of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    /// What the system prefers.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The theme with this key; what the system prefers if there is none.
    pub(crate) fn of(key: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.key() == key).unwrap_or_default()
    }

    /// Its name in the document and in the cookie.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Auto => texts::THEME_AUTO,
            Self::Light => texts::THEME_LIGHT,
            Self::Dark => texts::THEME_DARK,
        }
    }

    /// A circle that is half, not or wholly filled.
    fn fill(self) -> &'static str {
        match self {
            Self::Auto => "M12 4a8 8 0 0 1 0 16z",
            Self::Light => "",
            Self::Dark => "M12 4a8 8 0 0 1 0 16 8 8 0 0 1 0-16z",
        }
    }
}

/// Chooses the colours, for this browser and for good. Seen only where scripts run; without them
/// the system's preference holds.
#[island]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let first = chosen();
    let choose = move |theme: Theme| {
        let Some(document) = document() else { return };
        if let Some(root) = document.document_element() {
            let _ = root.set_attribute("data-theme", theme.key());
        }
        let cookie = format!("theme={}; path=/; max-age=31536000; samesite=lax", theme.key());
        let _ = document.set_cookie(&cookie);
    };
    let choices = Theme::ALL.map(|theme| {
        view! {
            <label class="theme__choice" title=theme.name()>
                <input
                    class="hidden" type="radio" name="theme" value=theme.key()
                    checked=theme == first on:change=move |_| choose(theme)
                />
                <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
                    <circle class="theme__ring" cx="12" cy="12" r="8"/>
                    <path class="theme__fill" d=theme.fill()/>
                </svg>
                <span class="hidden">{theme.name()}</span>
            </label>
        }
    });
    view! {
        <fieldset class="theme scripted">
            <legend class="hidden">{texts::THEME}</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
    }
}

/// The colours that are chosen.
fn chosen() -> Theme {
    #[cfg(feature = "ssr")]
    {
        crate::shell::theme()
    }
    #[cfg(not(feature = "ssr"))]
    {
        let root = document().and_then(|it| it.document_element());
        let key = root.and_then(|it| it.get_attribute("data-theme"));
        Theme::of(&key.unwrap_or_default())
    }
}

/// Marks the page as one that reacts. It stands at the end, since islands wake in their order.
#[island]
pub(crate) fn Awake() -> impl IntoView {
    Effect::new(|| {
        let main = document().and_then(|it| it.query_selector("main").ok().flatten());
        if let Some(main) = main {
            let _ = main.set_attribute("data-hydrated", "");
        }
    });
}
