//! The messages, made from `proto/inference.proto`.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::nursery, clippy::pedantic)]
#![allow(clippy::derive_partial_eq_without_eq, clippy::match_wildcard_for_single_variants)]

use tonic_reflection::server::v1::{ServerReflection, ServerReflectionServer};

tonic::include_proto!("inference");

/// The definition, as a client that asks for it gets it.
const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/inference.binpb"));

/// The service that tells clients which calls there are.
pub(super) fn reflection() -> Option<ServerReflectionServer<impl ServerReflection>> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .inspect_err(|error| tracing::error!(%error, "there is no reflection"))
        .ok()
}
