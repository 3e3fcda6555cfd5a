//! A load generator for HTTP/1.1 that tells the truth about latency.
//!
//! In an *open* loop requests arrive on a schedule that is fixed beforehand, as those of strangers
//! do, and the latency of each counts from when it was due. A server that stalls for a second is
//! charged with every request that was due in that second, also those that could not be sent: there
//! is no coordinated omission. In a *closed* loop each of so many clients sends its next request
//! when it has its answer, which finds the highest throughput.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use load::{Message, Pace, Plan, Target};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let target = Target::resolve("http://127.0.0.1:2017/vgg")?;
//! let picture = Message::post(std::fs::read("cat.jpg")?);
//! let pace = Pace::Closed { clients: 8, requests: None };
//! let plan = Plan::new(target, vec![picture], pace, Duration::from_secs(10));
//! let report = load::run(&plan)?;
//! println!("{:.0} answers a second", report.rate);
//! # Ok(())
//! # }
//! ```
//!
//! Each connection is kept and belongs to one of `threads` threads, which share nothing while they
//! run. Times are kept in histograms of three significant digits.

mod closed;
mod connection;
mod open;
mod plan;
mod recorder;
mod report;
mod run;
mod schedule;
mod server_timing;
mod target;
mod window;

pub use crate::plan::{Message, Pace, Plan};
pub use crate::report::{Report, StatusReport, Summary};
pub use crate::run::{LoadError, run};
pub use crate::schedule::Arrivals;
pub use crate::target::{Target, TargetError};
