//! A bounded queue in front of one thread that owns one blocking pipeline.
//!
//! Some work is best done by one thread: it blocks, it fills the machine by itself, or it owns
//! something that must not leave the thread that made it. A [`Broker`] puts such a [`Pipeline`] on
//! a thread of its own and gives it to any number of callers, who wait for their [`Ticket`]s
//! without blocking.
//!
//! ```
//! use std::convert::Infallible;
//! use std::sync::Arc;
//!
//! use broker::{Broker, Config, Health, Pipeline};
//!
//! struct Shout;
//!
//! impl Pipeline for Shout {
//!     type Request = String;
//!     type Response = String;
//!     type Error = Infallible;
//!
//!     fn run(&mut self, batch: Vec<String>) -> Result<Vec<String>, Infallible> {
//!         Ok(batch.iter().map(|text| text.to_uppercase()).collect())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let broker = Broker::start(Config::default(), Arc::new(()), || Ok::<_, Infallible>(Shout))?;
//! broker.health().wait_for(|health| *health == Health::Ready).await?;
//! let answer = broker.submit("hello".to_owned(), None)?.await?;
//! assert_eq!(answer.response, "HELLO");
//! broker.shutdown(std::time::Duration::from_secs(10)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! - Requests come to their turn strictly in the order of their [`Priority`]. Within a class flows
//!   take turns, and the requests of a flow keep the order of their submission. A batch is the one in turn and
//!   what has queued up meanwhile and [joins](Pipeline::joins) it; nobody waits for company unless
//!   the pipeline is [patient](Pipeline::patience).
//! - [`Broker::submit`] never blocks. When the queue is full it says so at once, and how long the
//!   wait would be.
//! - Every accepted request gets exactly one answer, whatever happens: an error or a panic of the
//!   pipeline fails only its own batch, and the same thread goes on.
//! - Dropping a ticket cancels its request and frees its place at once. A deadline does the same,
//!   and answers promptly even while the worker is busy or hangs.
//! - Health is told through a channel of its own, never through the queue.
//! - An idle broker costs nothing: nothing polls.
//!
//! What cannot be promised is to interrupt a pipeline that runs, as no thread can be made to stop.
//! And a panic can be survived only where it unwinds: a program that uses this crate must not be
//! built with `panic = "abort"`.

mod broker;
mod config;
mod counts;
mod desk;
mod error;
mod estimate;
mod health;
mod observer;
mod panics;
mod pipeline;
mod priority;
mod queue;
mod ticket;
mod turns;
mod worker;

pub use crate::broker::Broker;
pub use crate::config::Config;
pub use crate::counts::Counts;
pub use crate::error::{RunError, ShutdownError, SubmitError};
pub use crate::health::Health;
pub use crate::observer::Observer;
pub use crate::pipeline::{Candidate, Pipeline};
pub use crate::priority::Priority;
pub use crate::ticket::{Answer, Ticket};
