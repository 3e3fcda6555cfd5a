//! Trains and tests the model `flags`: a small network of the VGG family that names the country
//! whose flag is in a picture.

pub mod art;
pub mod calibrate;
pub mod canvas;
pub mod checkpoint;
pub mod classes;
pub mod evaluate;
pub mod examples;
pub mod export;
pub mod feed;
pub mod negatives;
pub mod optimise;
pub mod report;
pub mod sample;
pub mod scene;
pub mod served;
pub mod sheet;
pub mod train;
pub mod weights;
