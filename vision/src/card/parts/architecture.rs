//! `[architecture]`: a network that exists and fits the pictures.

use super::super::Architecture;
use super::super::error::Problem;
use super::super::file::{self, Kind};
use crate::network::{NetworkSpec, ResNetSpec, VggSpec};

/// Widest layer that is believed; VGG's widest has 4096.
const MAX_WIDTH: i64 = 16384;

/// Smallest picture for a residual network, which makes one cell of 32 x 32 pixels.
const MIN_RESNET: u32 = 32;

/// The network for so many classes and pictures of this side.
pub(super) fn read(
    architecture: file::Architecture,
    classes: usize,
    size: u32,
) -> Result<Architecture, Problem> {
    let classes = classes as i64;
    let spec = match architecture.kind {
        Kind::Vgg => free(architecture, classes, size)?,
        Kind::Vgg11 => of_paper(&architecture, 11, classes, size)?,
        Kind::Vgg13 => of_paper(&architecture, 13, classes, size)?,
        Kind::Vgg16 => of_paper(&architecture, 16, classes, size)?,
        Kind::Vgg19 => of_paper(&architecture, 19, classes, size)?,
        Kind::Resnet18 => resnet(&architecture, 18, classes, size)?,
        Kind::Resnet34 => resnet(&architecture, 34, classes, size)?,
        Kind::Resnet50 => resnet(&architecture, 50, classes, size)?,
        Kind::Torchscript => {
            only_for_vgg(&architecture)?;
            return Ok(Architecture::TorchScript);
        }
    };
    Ok(Architecture::Network(spec))
}

fn no_such_depth() -> Problem {
    Problem::new("architecture.kind", "has no such depth")
}

fn resnet(
    architecture: &file::Architecture,
    depth: u32,
    classes: i64,
    size: u32,
) -> Result<NetworkSpec, Problem> {
    only_for_vgg(architecture)?;
    if size < MIN_RESNET {
        let reason = format!("is too small: this network needs {MIN_RESNET} pixels at least");
        return Err(Problem::new("input.size", reason));
    }
    ResNetSpec::of_depth(depth, classes).map(NetworkSpec::ResNet).ok_or_else(no_such_depth)
}

fn only_for_vgg(architecture: &file::Architecture) -> Result<(), Problem> {
    if architecture.batch_norm.is_some() {
        return Err(Problem::new("architecture.batch_norm", "is only for the kinds of VGG"));
    }
    only_for_free(architecture)
}

fn only_for_free(architecture: &file::Architecture) -> Result<(), Problem> {
    let file::Architecture { stages, hidden, grid, .. } = architecture;
    let given =
        [("stages", stages.is_some()), ("hidden", hidden.is_some()), ("grid", grid.is_some())];
    match given.iter().find(|(_, given)| *given) {
        Some((key, _)) => {
            let key = format!("architecture.{key}");
            Err(Problem::new(key, "is only for kind \"vgg\"; the others have the paper's"))
        }
        None => Ok(()),
    }
}

fn of_paper(
    architecture: &file::Architecture,
    depth: u32,
    classes: i64,
    size: u32,
) -> Result<NetworkSpec, Problem> {
    only_for_free(architecture)?;
    let batch_norm = architecture.batch_norm.unwrap_or_default();
    fitting(VggSpec::of_depth(depth, batch_norm, classes).ok_or_else(no_such_depth)?, size)
}

fn free(architecture: file::Architecture, classes: i64, size: u32) -> Result<NetworkSpec, Problem> {
    let missing = |key: &str| {
        Problem::new(format!("architecture.{key}"), "is missing, and kind \"vgg\" needs it")
    };
    let spec = VggSpec {
        stages: architecture.stages.ok_or_else(|| missing("stages"))?,
        batch_norm: architecture.batch_norm.unwrap_or_default(),
        grid: architecture.grid.ok_or_else(|| missing("grid"))?,
        hidden: architecture.hidden.ok_or_else(|| missing("hidden"))?,
        classes,
    };
    check(&spec)?;
    fitting(spec, size)
}

/// A network of the VGG family, if pictures of this side can go through it.
fn fitting(spec: VggSpec, size: u32) -> Result<NetworkSpec, Problem> {
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
    Ok(NetworkSpec::Vgg(spec))
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
