//! The fetcher against everything that should not get past it, and the little that should.
//!
//! Nothing here leaves the loopback interface. Linux answers on all of 127.0.0.0/8, so one address of it
//! plays the public host and another the one that must never be reached.

#![expect(clippy::unwrap_used, reason = "a test that panics has done its work")]

mod address;
mod forms;
mod hostile;
mod limits;
mod log;
mod policy;
mod rebinding;
mod redirects;
mod support;
mod tls;
mod urls;
