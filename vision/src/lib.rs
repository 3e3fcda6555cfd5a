//! Everything about seeing: networks, and what they need around them.

pub mod card;
pub mod compute;
pub mod decode;
pub mod explain;
pub mod model;
pub mod network;
pub mod prediction;
pub mod preprocess;
pub mod script;
pub mod weights;
