//! `[input]`: how pictures are prepared.

use super::super::error::Problem;
use super::super::file::{Input, Preset, Resize};
use crate::preprocess::{Preprocess, ResizeRule};

/// The settings of a preset, or of all the keys.
pub(super) fn read(input: &Input) -> Result<Preprocess, Problem> {
    // Checked before a preset multiplies it.
    if !(1..=1024).contains(&input.size) {
        return Err(Problem::new("input.size", "must be from 1 to 1024 pixels"));
    }
    let preprocess = match input.preset {
        Some(preset) => {
            if let Some((key, _)) = given(input).iter().find(|(_, given)| *given) {
                let reason = "contradicts `input.preset`: give the preset or all of the keys";
                return Err(Problem::new(format!("input.{key}"), reason));
            }
            match preset {
                Preset::Torchvision => Preprocess::torchvision(input.size),
                Preset::CaffeSquash => Preprocess::caffe_squash(input.size),
                Preset::KerasCaffe => Preprocess::keras_caffe(input.size),
            }
        }
        None => explicit(input)?,
    };
    preprocess
        .check()
        .map_err(|reason| Problem::new("input", format!("is impossible: {reason}")))?;
    Ok(preprocess)
}

/// The keys that a preset stands for, and whether they are there.
fn given(input: &Input) -> [(&'static str, bool); 7] {
    [
        ("resize", input.resize.is_some()),
        ("short_side", input.short_side.is_some()),
        ("interpolation", input.interpolation.is_some()),
        ("channels", input.channels.is_some()),
        ("scale", input.scale.is_some()),
        ("mean", input.mean.is_some()),
        ("std", input.std.is_some()),
    ]
}

fn explicit(input: &Input) -> Result<Preprocess, Problem> {
    fn needed<T: Copy>(key: &str, value: Option<T>) -> Result<T, Problem> {
        let reason = "is missing, and there is no `input.preset`";
        value.ok_or_else(|| Problem::new(format!("input.{key}"), reason))
    }
    let resize = match needed("resize", input.resize)? {
        Resize::ShortSide => ResizeRule::ShortSide(needed("short_side", input.short_side)?),
        Resize::Squash if input.short_side.is_some() => {
            return Err(Problem::new("input.short_side", "is only for `resize = \"short-side\"`"));
        }
        Resize::Squash => ResizeRule::Squash,
    };
    Ok(Preprocess {
        size: input.size,
        resize,
        interpolation: needed("interpolation", input.interpolation)?,
        channels: needed("channels", input.channels)?,
        scale: needed("scale", input.scale)?,
        mean: needed("mean", input.mean)?,
        std: needed("std", input.std)?,
    })
}
