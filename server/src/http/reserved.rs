//! Names that no model may have, since a path of ours has them where a model's name stands.

/// First parts of paths, and what stands after `/v2/models/` without being a model's name.
pub const RESERVED: [&str; 15] = [
    "api",
    "docs",
    "favicon.svg",
    "livez",
    "metrics",
    "models",
    "openapi.json",
    "ping",
    "pkg",
    "predictions",
    "readyz",
    "robots.txt",
    "stats",
    "v1",
    "v2",
];

/// Whether a model or a pipeline of this name would be out of reach.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}
