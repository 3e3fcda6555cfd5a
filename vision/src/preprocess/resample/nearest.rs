//! The nearest sample, as `ImagingScaleAffine` in Pillow's `src/libImaging/Geometry.c` picks it.

use image::RgbImage;

use super::Region;

/// A region of a picture that is resampled to a size.
pub(super) fn region(picture: &RgbImage, width: u32, height: u32, region: Region) -> RgbImage {
    let (in_width, in_height) = picture.dimensions();
    let columns = indices(in_width, width, region.left, region.width);
    let rows = indices(in_height, height, region.top, region.height);
    let stride = in_width as usize * 3;
    let mut samples = Vec::with_capacity(rows.len() * columns.len() * 3);
    for row in rows {
        let (row, _) = picture.as_raw()[row * stride..(row + 1) * stride].as_chunks::<3>();
        samples.extend(columns.iter().flat_map(|&column| row[column]));
    }
    RgbImage::from_raw(region.width, region.height, samples)
        .expect("there is a sample for every pixel of the region")
}

/// Input sample of each output sample from `first` on.
fn indices(input: u32, output: u32, first: u32, len: u32) -> Vec<usize> {
    let step = f64::from(input) / f64::from(output);
    // Pillow adds up the steps instead of multiplying them, and the sum is what is cut off.
    std::iter::successors(Some(step * 0.5), |position| Some(position + step))
        .skip(first as usize)
        .take(len as usize)
        .map(|position| (position as usize).min(input as usize - 1))
        .collect()
}
