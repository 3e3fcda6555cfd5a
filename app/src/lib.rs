//! The pages of vitrine: what a person sees, in the browser and rendered on the server.

#![expect(unreachable_pub, reason = "it is what the macros of leptos expand to")]

mod asking;
#[cfg(feature = "ssr")]
pub mod classify;
pub mod components;
mod format;
mod opened;
pub mod pages;
pub mod problem;
pub mod server_fns;
mod shell;
mod status;
pub mod wire;

#[cfg(feature = "ssr")]
pub use shell::document;
pub use shell::{App, shell};
