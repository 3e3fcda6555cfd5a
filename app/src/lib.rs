//! The pages of vitrine: what a person sees, in the browser and rendered on the server.
//!
//! Pages are rendered on the server. What reacts on them is an island, which the browser wakes;
//! only islands, and what they are made of, are in the module that it loads.

#![expect(
    unreachable_pub,
    clippy::mem_forget,
    reason = "it is what the macros of leptos expand to"
)]

mod asking;
mod batch;
mod browser;
#[cfg(feature = "ssr")]
pub mod classify;
pub mod components;
mod desk;
mod errand;
mod format;
mod handed;
mod heat;
mod history;
mod json;
mod kind;
mod opened;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod problem;
pub mod server_fns;
#[cfg(feature = "ssr")]
mod shell;
mod snippet;
#[cfg(feature = "ssr")]
mod status;
mod texts;
mod why;
pub mod wire;

#[cfg(feature = "ssr")]
pub use shell::{App, document, shell};
