//! The browser's half of vitrine: wakes the pages that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the rendered page react. The page calls this when the module has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
