//! `vitrine`, and at `/no-op` a pipeline that does nothing: with it one measures what everything
//! around a network costs, from the body to the answer. `bench/` does.

use std::{convert::Infallible, fmt, process::ExitCode};

use broker::Pipeline;
use image::RgbImage;
use serde::Serialize;
use server::mount::Stand;

/// Looks at nothing.
struct NoOp;

/// The same for every picture.
#[derive(Debug, Serialize)]
struct Nothing {
    label: &'static str,
}

impl Pipeline for NoOp {
    type Request = RgbImage;
    type Response = Nothing;
    type Error = Infallible;

    fn run(&mut self, batch: Vec<RgbImage>) -> Result<Vec<Nothing>, Infallible> {
        Ok(batch.iter().map(|_| Nothing { label: "no-op" }).collect())
    }
}

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label)
    }
}

fn main() -> ExitCode {
    server::run(|mounts| {
        let stand = Stand {
            path: "/no-op",
            title: "No operation",
            description: "Says the same of every picture, for measuring what the way there costs.",
        };
        Ok(mounts.add(stand, || Ok::<_, Infallible>(NoOp))?)
    })
}
