//! Sizes and offsets with torchvision's rounding.

/// Size of a picture whose short side becomes `side`.
///
/// torchvision, `_compute_resized_output_size`: `int(size * long / short)`. The quotient of two
/// numbers of this size cannot round up to an integer in `f64`, so integer division is the same.
pub(super) fn short_side((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let long = |long: u32, short: u32| {
        let long = u64::from(side) * u64::from(long) / u64::from(short);
        u32::try_from(long).unwrap_or(u32::MAX)
    };
    if width <= height { (side, long(height, width)) } else { (long(width, height), side) }
}

/// Where a centred crop begins.
///
/// torchvision, `center_crop`: `int(round((length - crop) / 2.0))`. Python rounds a half to the
/// even neighbour.
///
/// # Panics
///
/// When the crop is longer than the picture.
pub(super) fn crop_offset(length: u32, crop: u32) -> u32 {
    assert!(crop <= length, "a crop of {crop} pixels does not fit into {length}");
    let margin = length - crop;
    let half = margin / 2;
    if margin % 2 == 1 && half % 2 == 1 { half + 1 } else { half }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The offset is off by one pixel for every second odd margin if a half is rounded otherwise.
    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        let offsets = [224, 225, 226, 227, 228, 229, 231].map(|length| crop_offset(length, 224));
        assert_eq!(offsets, [0, 0, 1, 2, 2, 2, 4]);
    }

    /// The long side is cut, not rounded, and which side is short does not matter.
    #[test]
    fn the_long_side_is_truncated() {
        assert_eq!(short_side((300, 200), 256), (384, 256));
        assert_eq!(short_side((200, 301), 256), (256, 385));
        assert_eq!(short_side((1, 16384), 256), (256, 256 * 16384));
        assert_eq!(short_side((7, 7), 256), (256, 256));
    }
}
