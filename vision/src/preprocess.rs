//! From a decoded picture to the numbers that a network was trained on.
//!
//! Every published set of weights belongs to one way of preparing pictures. Another way runs
//! without an error and loses accuracy, so it is data of the model card, and both references are
//! reproduced to the last bit: Pillow for the resampling, `float32` arithmetic for the rest.

mod geometry;
mod resample;

use image::RgbImage;
use serde::Deserialize;

use crate::decode::Picture;

pub use resample::{Interpolation, Region, resize, resize_region};

/// By how much a picture must still shrink along each axis after it was decoded at a reduced scale.
const LEAST_SHRINK: u32 = 3;

/// How a picture becomes the square that the network sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResizeRule {
    /// The short side becomes this long, the aspect ratio stays, and the middle is cut out.
    ShortSide(u32),
    /// Both sides become the network's, whatever the aspect ratio was.
    Squash,
}

/// Order of the three channels in the prepared numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    /// Red first: networks trained with PyTorch.
    Rgb,
    /// Blue first: networks trained with Caffe, which read pictures through OpenCV.
    Bgr,
}

/// Range of the samples before the mean is subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Scale {
    /// `0..=1`: samples are divided by 255.
    #[serde(rename = "unit")]
    Unit,
    /// `0..=255`: samples are taken as they are.
    #[serde(rename = "byte")]
    Byte,
}

/// One way of preparing pictures. A value is `(sample in its scale - mean) / std`, in `f32`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preprocess {
    /// Side in pixels of the square that the network sees.
    pub size: u32,
    /// How the picture becomes that square.
    pub resize: ResizeRule,
    /// Filter of the resampling.
    pub interpolation: Interpolation,
    /// Order of the channels in the result, and of `mean` and `std`.
    pub channels: ChannelOrder,
    /// Range of the samples before the mean is subtracted.
    pub scale: Scale,
    /// Subtracted from each channel, in `channels` order and in units of `scale`.
    pub mean: [f32; 3],
    /// Divides each channel, in `channels` order and in units of `scale`.
    pub std: [f32; 3],
}

/// A picture made ready for a network.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What the network sees, `size` x `size`, before normalisation and always RGB.
    pub crop: RgbImage,
    /// The normalised samples, `HWC f32`, `size * size * 3` of them: a batch of these is a tensor
    /// in channels-last memory without another copy.
    pub pixels: Vec<f32>,
}

impl Preprocess {
    /// How torchvision's classification weights were evaluated (`ImageClassification` preset):
    /// short side `size * 256 / 224` by bilinear resampling, centre crop, `ImageNet` mean and std.
    pub fn torchvision(size: u32) -> Self {
        Self {
            size,
            resize: ResizeRule::ShortSide(size * 256 / 224),
            interpolation: Interpolation::Bilinear,
            channels: ChannelOrder::Rgb,
            scale: Scale::Unit,
            mean: [0.485, 0.456, 0.406],
            std: [0.229, 0.224, 0.225],
        }
    }

    /// How keras-vgg-buddy fed the weights converted from Caffe: squashed by bicubic resampling,
    /// blue first, minus the means that Simonyan and Zisserman published, not scaled.
    pub fn caffe_squash(size: u32) -> Self {
        Self {
            size,
            resize: ResizeRule::Squash,
            interpolation: Interpolation::Bicubic,
            channels: ChannelOrder::Bgr,
            scale: Scale::Byte,
            mean: [103.939, 116.779, 123.68],
            std: [1.0; 3],
        }
    }

    /// How examples of Keras feed the VGG weights of `keras.applications`: squashed by
    /// `keras.utils.load_img(target_size)`, which takes the nearest sample unless it is told
    /// otherwise, then as [`Self::caffe_squash`]. `load_img` leaves the orientation in EXIF data
    /// alone.
    pub fn keras_caffe(size: u32) -> Self {
        Self { interpolation: Interpolation::Nearest, ..Self::caffe_squash(size) }
    }

    /// Says what is wrong with these settings, if anything is.
    ///
    /// # Errors
    ///
    /// A sentence for the author of a model card.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.size == 0 || self.size > 1024 {
            return Err("the size must be from 1 to 1024 pixels");
        }
        if let ResizeRule::ShortSide(side) = self.resize {
            if side < self.size {
                return Err("the short side must not be below the size that is cut out of it");
            }
            if side > 4096 {
                return Err("the short side must not be above 4096 pixels");
            }
        }
        if !self.mean.iter().all(|mean| mean.is_finite()) {
            return Err("the means must be finite");
        }
        if !self.std.iter().all(|std| std.is_finite() && *std > 0.0) {
            return Err("the standard deviations must be finite and above zero");
        }
        Ok(())
    }

    /// Prepares a picture: resamples, cuts and normalises it.
    ///
    /// # Panics
    ///
    /// When a side of the picture is zero, or when [`Self::check`] would complain of the size.
    pub fn prepare(&self, picture: &RgbImage) -> Prepared {
        self.prepare_reduced(picture, picture.dimensions(), 1)
    }

    /// Prepares what was decoded: the same as [`Self::prepare`] where every pixel was.
    ///
    /// # Panics
    ///
    /// When [`Self::check`] would complain of the size.
    pub fn prepare_picture(&self, picture: &Picture) -> Prepared {
        self.prepare_reduced(&picture.pixels, picture.sides(), picture.reduction)
    }

    /// Prepares a picture that had such sides, and has one pixel for `reduction` along each axis.
    fn prepare_reduced(&self, pixels: &RgbImage, sides: (u32, u32), reduction: u32) -> Prepared {
        let crop = self.crop(pixels, sides, reduction);
        let pixels = self.normalise(&crop);
        Prepared { crop, pixels }
    }

    /// Pixels across and down that a picture needs at least, so that decoding it at a reduced scale does
    /// not tell. Takes its sides as they are stored; `None` when every pixel may be asked for.
    ///
    /// The resampling averages over three of what is left and more, which hides what was left out: on four
    /// photographs with colours at full and at half resolution a sample of the crop changes by 4 of 255 at
    /// most, as much as between two decoders of JPEG, and by 0.4 at most on average. For white noise it is less
    /// than 1 as a rule, and 22 at most for the worst picture there can be (`tests/reduced/bound.py`, but for
    /// rounding and clamping, and for sides where a block is filled with something else).
    ///
    /// # Panics
    ///
    /// When a side is zero.
    pub fn least_sides(&self, width: u32, height: u32) -> Option<(u32, u32)> {
        if self.interpolation == Interpolation::Nearest {
            return None;
        }
        let (width, height) = self.resized((width, height));
        Some((width.checked_mul(LEAST_SHRINK)?, height.checked_mul(LEAST_SHRINK)?))
    }

    /// The square of a picture that the network sees.
    fn crop(&self, pixels: &RgbImage, sides: (u32, u32), reduction: u32) -> RgbImage {
        let (width, height) = self.resized(sides);
        let region = Region {
            left: geometry::crop_offset(width, self.size),
            top: geometry::crop_offset(height, self.size),
            width: self.size,
            height: self.size,
        };
        let extent = |side| f64::from(side) / f64::from(reduction);
        let extent = (extent(sides.0), extent(sides.1));
        resample::resize_extent(pixels, extent, width, height, self.interpolation, region)
    }

    /// Sides of a picture with such sides before the middle is cut out.
    fn resized(&self, sides: (u32, u32)) -> (u32, u32) {
        match self.resize {
            ResizeRule::Squash => (self.size, self.size),
            ResizeRule::ShortSide(side) => geometry::short_side(sides, side),
        }
    }

    /// The numbers of a crop. A sample has 256 values, so each is computed once per channel.
    pub fn normalise(&self, crop: &RgbImage) -> Vec<f32> {
        let table = [0, 1, 2].map(|channel| {
            std::array::from_fn::<f32, 256, _>(|sample| {
                let sample = match self.scale {
                    Scale::Unit => sample as f32 / 255.0,
                    Scale::Byte => sample as f32,
                };
                (sample - self.mean[channel]) / self.std[channel]
            })
        });
        let mut pixels = Vec::with_capacity(crop.as_raw().len());
        for &image::Rgb([red, green, blue]) in crop.pixels() {
            let [first, second, third] = match self.channels {
                ChannelOrder::Rgb => [red, green, blue],
                ChannelOrder::Bgr => [blue, green, red],
            };
            pixels.extend([
                table[0][usize::from(first)],
                table[1][usize::from(second)],
                table[2][usize::from(third)],
            ]);
        }
        pixels
    }
}
