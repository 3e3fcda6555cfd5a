//! `vitrine`, and at `/mean-colour` a pipeline that has nothing to do with libtorch.

mod colour;

use std::{convert::Infallible, process::ExitCode};

use broker::Pipeline;
use image::RgbImage;
use server::mount::Stand;

use crate::colour::Colour;

/// Names the mean colour of pictures.
struct MeanColour;

impl Pipeline for MeanColour {
    type Request = RgbImage;
    type Response = Colour;
    type Error = Infallible;

    fn run(&mut self, batch: Vec<RgbImage>) -> Result<Vec<Colour>, Infallible> {
        Ok(batch.iter().map(Colour::mean).collect())
    }
}

fn main() -> ExitCode {
    server::run(|mounts| {
        let stand = Stand {
            path: "/mean-colour",
            title: "Mean colour",
            description: "Mixes all colours of a picture and says what comes out.",
        };
        Ok(mounts.add(stand, || Ok::<_, Infallible>(MeanColour))?)
    })
}
