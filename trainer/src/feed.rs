//! Batches of pictures, made ahead on a thread of their own.

use std::{
    sync::{Arc, mpsc},
    thread,
};

use anyhow::{Context, Result};
use tch::{Kind, Tensor};

use crate::{art::Art, sample};

/// What the network sees of a picture: `(part - MEAN) / DEVIATION` for parts of 0 to 1.
pub const MEAN: f64 = 0.5;
/// See [`MEAN`].
pub const DEVIATION: f64 = 0.25;

/// Pictures for one step.
#[derive(Debug)]
pub struct Batch {
    /// Bytes, height by width by channel, picture after picture.
    pub pixels: Vec<u8>,
    /// The class of each.
    pub labels: Vec<i64>,
    /// Their side in pixels.
    pub side: usize,
}

/// Batches in order, from a thread.
#[derive(Debug)]
pub struct Feed {
    batches: mpsc::Receiver<Batch>,
}

impl Feed {
    /// Starts making the batches from `first` on; `side_of` says how large the pictures of each are.
    pub fn start(
        art: Arc<Art>,
        seed: u64,
        size: u64,
        first: u64,
        side_of: impl Fn(u64) -> usize + Send + 'static,
    ) -> Self {
        let (sender, batches) = mpsc::sync_channel(12);
        thread::spawn(move || {
            for step in first.. {
                // An error means that nobody wants more.
                if sender.send(Batch::make(&art, seed, step * size, size, side_of(step))).is_err() {
                    break;
                }
            }
        });
        Self { batches }
    }

    /// The next batch.
    ///
    /// # Errors
    ///
    /// When the thread has died.
    pub fn next(&self) -> Result<Batch> {
        self.batches.recv().context("no more pictures are made")
    }
}

impl Batch {
    /// Makes the pictures with the numbers from `first` on.
    pub fn make(art: &Art, seed: u64, first: u64, size: u64, side: usize) -> Self {
        let mut batch = Self { pixels: Vec::new(), labels: Vec::new(), side };
        for number in first..first + size {
            let (canvas, class) = sample::picture(art, seed, number, side);
            batch.pixels.extend(canvas.squashed(side));
            batch.labels.push(class as i64);
        }
        batch
    }

    /// The pictures as the network wants them, and their classes.
    pub fn tensors(&self) -> (Tensor, Tensor) {
        let (n, side) = (self.labels.len() as i64, self.side as i64);
        (prepared(&self.pixels, n, side), Tensor::from_slice(&self.labels))
    }
}

/// Bytes of pictures as the network wants them.
pub fn prepared(pixels: &[u8], n: i64, side: i64) -> Tensor {
    let bytes = Tensor::from_slice(pixels).view([n, side, side, 3]).permute([0, 3, 1, 2]);
    (bytes.to_kind(Kind::Float) / 255.0 - MEAN) / DEVIATION
}
