//! Imports of real files, from the file to the logits.

#![allow(clippy::unwrap_used)]

mod corrupt;
mod folders;
mod layouts;
mod refusals;
mod support;
