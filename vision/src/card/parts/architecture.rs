//! `[architecture]`: a network that exists and fits the pictures.

use super::super::error::Problem;
use super::super::file::{Architecture, Kind};
use crate::network::VggSpec;

/// Widest layer that is believed; VGG's widest has 4096.
const MAX_WIDTH: i64 = 16384;

/// The network for so many classes and pictures of this side.
pub(super) fn read(
    architecture: Architecture,
    classes: usize,
    size: u32,
) -> Result<VggSpec, Problem> {
    let spec = spec(architecture, classes as i64)?;
    let side = i64::from(size) >> spec.stages.len();
    if side < 1 {
        let reason = format!("is too small: {} stages halve it to nothing", spec.stages.len());
        return Err(Problem::new("input.size", reason));
    }
    // Averaging to a coarser grid is what the network was made for; a finer one only repeats.
    if spec.grid > side {
        let reason = format!("is {}, but pictures of {size} pixels end as {side}", spec.grid);
        return Err(Problem::new("architecture.grid", reason));
    }
    Ok(spec)
}

fn spec(architecture: Architecture, classes: i64) -> Result<VggSpec, Problem> {
    let Architecture { kind, batch_norm, stages, hidden, grid } = architecture;
    let depth = match kind {
        Kind::Vgg => {
            let missing = |key: &str| {
                Problem::new(format!("architecture.{key}"), "is missing, and kind \"vgg\" needs it")
            };
            let spec = VggSpec {
                stages: stages.ok_or_else(|| missing("stages"))?,
                batch_norm,
                grid: grid.ok_or_else(|| missing("grid"))?,
                hidden: hidden.ok_or_else(|| missing("hidden"))?,
                classes,
            };
            return check(&spec).map(|()| spec);
        }
        Kind::Vgg11 => 11,
        Kind::Vgg13 => 13,
        Kind::Vgg16 => 16,
        Kind::Vgg19 => 19,
    };
    let given =
        [("stages", stages.is_some()), ("hidden", hidden.is_some()), ("grid", grid.is_some())];
    if let Some((key, _)) = given.iter().find(|(_, given)| *given) {
        let key = format!("architecture.{key}");
        return Err(Problem::new(key, "is only for kind \"vgg\"; the others have the paper's"));
    }
    VggSpec::of_depth(depth, batch_norm, classes)
        .ok_or_else(|| Problem::new("architecture.kind", "has no such depth"))
}

fn check(spec: &VggSpec) -> Result<(), Problem> {
    let width = |width: &i64| (1..=MAX_WIDTH).contains(width);
    let stage = |stage: &Vec<i64>| (1..=16).contains(&stage.len()) && stage.iter().all(width);
    if !(1..=10).contains(&spec.stages.len()) || !spec.stages.iter().all(stage) {
        let reason = format!("must be 1 to 10 lists of 1 to 16 widths from 1 to {MAX_WIDTH}");
        return Err(Problem::new("architecture.stages", reason));
    }
    if spec.hidden.len() > 8 || !spec.hidden.iter().all(width) {
        let reason = format!("must be at most 8 widths from 1 to {MAX_WIDTH}");
        return Err(Problem::new("architecture.hidden", reason));
    }
    if !(1..=64).contains(&spec.grid) {
        return Err(Problem::new("architecture.grid", "must be from 1 to 64"));
    }
    Ok(())
}
