//! What several test programs make use of.

#![allow(dead_code, unreachable_pub)]

pub mod alike;
pub mod models;
pub mod web;
