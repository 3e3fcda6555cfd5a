//! The server of vitrine as a library: what the `vitrine` program is put together from.

pub mod access;
pub mod admin;
pub mod backend;
pub mod catalogue;
pub mod cli;
mod error_chain;
pub mod fetch;
pub mod http;
pub mod meters;
pub mod pull;
pub mod registry;
pub mod service;
pub mod shutdown;
pub mod telemetry;
mod tls;
pub mod worker;
