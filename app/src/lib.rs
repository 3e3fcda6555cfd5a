//! The pages of vitrine: what a person sees, in the browser and rendered on the server.

#[cfg(feature = "ssr")]
pub mod classify;
pub mod problem;
pub mod wire;
