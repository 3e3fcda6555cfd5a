//! Everything about seeing: networks, and what they need around them.

pub mod card;
pub mod decode;
pub mod network;
pub mod preprocess;
pub mod weights;
