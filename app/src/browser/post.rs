//! Requests, whose answers come line by line or at once.

use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, FormData, ReadableStreamDefaultReader, RequestInit, Response,
    js_sys::{Reflect, Uint8Array},
};

use crate::{
    json::{
        self,
        read::{Read, Value},
    },
    problem::Problem,
    wire::{Event, Stage},
};

/// Sends a form to one of the server functions that tell how far they are, and gives what came of
/// it. The server stops working on it when the signal is given.
///
/// # Errors
///
/// What the server has to say against it, or that it cannot be reached.
pub(crate) async fn post<T: Read>(
    path: &str,
    form: &FormData,
    signal: Option<&AbortSignal>,
    tell: impl Fn(Stage),
) -> Result<T, Problem> {
    let mut outcome = None;
    let mut take = |line: &str| match json::read(line) {
        Some(Event::Stage(stage)) => tell(stage),
        Some(Event::Done(answer)) => outcome = Some(Ok(answer)),
        Some(Event::Problem(problem)) => outcome = Some(Err(problem)),
        // A request that fails at once is answered by the bare problem.
        None => outcome = json::read(line).map(Err),
    };
    let sent = exchange(path, Some(form), signal, &mut take).await;
    let reason = match sent {
        Ok(status) => format!("HTTP {status}"),
        Err(error) => Value::field(&error, "message").and_then(|it| it.text()).unwrap_or_default(),
    };
    outcome.unwrap_or_else(|| Err(Problem::unreachable(&reason)))
}

/// Asks one of the server functions that need no form; `None` if there is no answer.
pub(crate) async fn get<T: Read>(path: &str) -> Option<T> {
    let mut answer = None;
    let mut take = |line: &str| answer = json::read(line);
    exchange(path, None, None, &mut take).await.ok()?;
    answer
}

/// Gives each line as it comes, and the status in the end.
async fn exchange(
    path: &str,
    form: Option<&FormData>,
    signal: Option<&AbortSignal>,
    take: &mut dyn FnMut(&str),
) -> Result<u16, JsValue> {
    let init = RequestInit::new();
    if let Some(form) = form {
        init.set_method("POST");
        init.set_body(form);
    }
    init.set_signal(signal);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?;
    let response: Response = response.unchecked_into();
    let body = response.body().ok_or(JsValue::NULL)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut line = Vec::new();
    let mut end = |line: &mut Vec<u8>| {
        take(&String::from_utf8_lossy(line));
        line.clear();
    };
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        let value = Reflect::get(&chunk, &"value".into())?;
        if value.is_undefined() {
            break;
        }
        for byte in Uint8Array::new(&value).to_vec() {
            if byte == b'\n' {
                end(&mut line);
            } else {
                line.push(byte);
            }
        }
    }
    if !line.is_empty() {
        end(&mut line);
    }
    Ok(response.status())
}
