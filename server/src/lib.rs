//! The server of vitrine as a library: what the `vitrine` program is put together from.

pub mod backend;
pub mod catalogue;
pub mod cli;
mod error_chain;
pub mod fetch;
pub mod grpc;
pub mod http;
pub mod oip;
pub mod pull;
pub mod registry;
pub mod service;
pub mod shutdown;
pub mod telemetry;
mod tls;
pub mod worker;
