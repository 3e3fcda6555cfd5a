//! What a page hands to its island.
//!
//! leptos has a way for that, which reads with serde: see [`json`](crate::json).

use crate::json::read::Read;

/// Where it stands in the document.
const ID: &str = "handed";

/// What was handed; `None` if it is something else, which would be a bug.
///
/// ## Server-side rendering
///
/// Takes it out of the context.
pub(crate) fn taken<T: Read + Clone + 'static>() -> Option<T> {
    #[cfg(feature = "ssr")]
    {
        leptos::prelude::use_context()
    }
    #[cfg(not(feature = "ssr"))]
    {
        let element = crate::browser::document()?.get_element_by_id(ID)?;
        crate::json::read(&element.get_attribute("value")?)
    }
}

/// Hands a value to the island that comes after it, as JSON in an element that nobody sees. There is
/// one to a page.
#[cfg(feature = "ssr")]
pub(crate) fn hand<T>(value: T) -> impl leptos::IntoView
where
    T: serde::Serialize + Clone + Send + Sync + 'static,
{
    use leptos::prelude::*;

    let json = serde_json::to_string(&value).unwrap_or_default();
    provide_context(value);
    view! { <data id=ID value=json hidden></data> }
}
