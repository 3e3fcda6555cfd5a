//! The server of vitrine.

pub mod fetch;
