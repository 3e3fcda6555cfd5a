//! Trains and tests the model `flags`: a small network of the VGG family that names the country
//! whose flag is in a picture.

pub mod art;
pub mod canvas;
pub mod checkpoint;
pub mod classes;
pub mod feed;
pub mod negatives;
pub mod optimise;
pub mod sample;
pub mod scene;
pub mod sheet;
pub mod train;
pub mod weights;
