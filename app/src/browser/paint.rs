//! Heat maps over pictures.

use leptos::wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, ImageData, js_sys::Function,
};

use super::{save, thumbnail::canvas as new_canvas};
use crate::{heat, wire::HeatMap};

/// Pixels each way.
pub(crate) const SIDE: u32 = 224;

/// Draws the middle square of a picture with a map over it, which covers it so much (`0..=1`).
pub(crate) fn draw(
    canvas: &HtmlCanvasElement,
    picture: &HtmlImageElement,
    map: &HeatMap,
    opacity: f64,
) -> Option<()> {
    let pixels = heat::paint(map, SIDE);
    let colours = ImageData::new_with_u8_clamped_array(Clamped(&pixels), SIDE).ok()?;
    let (painted, brush) = new_canvas(SIDE, SIDE)?;
    brush.put_image_data(&colours, 0.0, 0.0).ok()?;
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (width, height) = (f64::from(picture.natural_width()), f64::from(picture.natural_height()));
    let (square, side) = (width.min(height), f64::from(SIDE));
    context.set_global_alpha(1.0);
    let (x, y) = ((width - square) / 2.0, (height - square) / 2.0);
    let drawn = context
        .draw_image_with_html_image_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            picture, x, y, square, square, 0.0, 0.0, side, side,
        );
    drawn.ok()?;
    context.set_global_alpha(opacity);
    context.draw_image_with_html_canvas_element(&painted, 0.0, 0.0).ok()
}

/// Lets the visitor save what is drawn as PNG.
pub(crate) fn download(canvas: &HtmlCanvasElement, name: String) {
    let take = move |blob: JsValue| {
        if let Ok(blob) = blob.dyn_into() {
            // A browser that refuses says so itself.
            let _ = save(&name, &blob);
        }
    };
    let take = leptos::wasm_bindgen::closure::Closure::once_into_js(take);
    let _ = canvas.to_blob(take.unchecked_ref::<Function>());
}
