use serde::{Deserialize, Serialize};

use super::{Explanation, Method, Prediction};

/// Which parts of what the network saw speak for a class, as the page draws it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// The class, with its probability.
    pub class: Prediction,
    /// Whether it was found by occlusion.
    pub occlusion: bool,
    /// Cells in a row.
    pub width: u16,
    /// How much each cell speaks for the class, in `0..=1000`, row by row.
    pub levels: Vec<u16>,
}

impl HeatMap {
    /// Most that a cell can speak for a class.
    pub const FULL: u16 = 1000;
}

impl From<Explanation> for HeatMap {
    fn from(map: Explanation) -> Self {
        let level = |weight: &f32| (weight.clamp(0.0, 1.0) * f32::from(Self::FULL)).round() as u16;
        Self {
            class: map.class,
            occlusion: map.method == Method::Occlusion,
            width: map.width as u16,
            levels: map.weights.iter().map(level).collect(),
        }
    }
}
