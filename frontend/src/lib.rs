//! The browser's half of vitrine: wakes the pages that the server rendered.

// The islands are found by their names in the module: nothing here calls them.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the rendered page react. The page calls this when the module has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
