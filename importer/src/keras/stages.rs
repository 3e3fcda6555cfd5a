//! Where the pools are, which weights alone do not tell.

use vision::network::VggSpec;

use super::layers::Layer;
use crate::{architecture::Architecture, error::ImportError};

/// Widths of the convolutions, stage by stage: from the configuration, the names `block2_conv1`,
/// the pools in the list of layers, or the arrangements of the paper.
pub(super) fn stages(
    convolutions: &[&Layer],
    widths: &[i64],
    config: Option<&[usize]>,
    wanted: Option<&Architecture>,
) -> Result<Vec<Vec<i64>>, ImportError> {
    let counts = match wanted.and_then(asked_for) {
        Some(counts) => Some(counts),
        None => config
            .map(<[usize]>::to_vec)
            .or_else(|| by_blocks(convolutions))
            .or_else(|| by_pools(convolutions))
            .or_else(|| of_paper(widths)),
    };
    let Some(counts) = counts else {
        return Err(ImportError::Network(format!(
            "nothing in the file tells where the pools are between the {} convolutions: say it \
             with --architecture, for example vgg:{}",
            widths.len(),
            example(widths)
        )));
    };
    let count: usize = counts.iter().sum();
    if count != widths.len() || counts.contains(&0) {
        return Err(ImportError::Network(format!(
            "the file has {} convolutions, but there should be {count}",
            widths.len()
        )));
    }
    let mut rest = widths;
    Ok(counts
        .into_iter()
        .map(|count| {
            let (stage, after) = rest.split_at(count);
            rest = after;
            stage.to_vec()
        })
        .collect())
}

/// The arrangement of the network that was asked for.
fn asked_for(wanted: &Architecture) -> Option<Vec<usize>> {
    let lengths = |stages: &[Vec<i64>]| stages.iter().map(Vec::len).collect();
    match wanted {
        Architecture::Stages(stages) => Some(lengths(stages)),
        Architecture::Vgg { depth, batch_norm } => {
            VggSpec::of_depth(*depth, *batch_norm, 1).map(|spec| lengths(&spec.stages))
        }
        Architecture::ResNet { .. } => None,
    }
}

fn by_blocks(convolutions: &[&Layer]) -> Option<Vec<usize>> {
    let blocks: Option<Vec<u32>> = convolutions
        .iter()
        .map(|layer| layer.name.strip_prefix("block")?.split_once("_conv")?.0.parse().ok())
        .collect();
    Some(runs(&blocks?))
}

fn by_pools(convolutions: &[&Layer]) -> Option<Vec<usize>> {
    let pools: Option<Vec<usize>> = convolutions.iter().map(|layer| layer.pools_before).collect();
    Some(runs(&pools?))
}

/// The arrangement of the paper that has these widths, in which the last two stages are as wide.
fn of_paper(widths: &[i64]) -> Option<Vec<usize>> {
    [[1, 1, 2, 2, 2], [2, 2, 2, 2, 2], [2, 2, 3, 3, 3], [2, 2, 4, 4, 4]]
        .into_iter()
        .find(|counts| {
            let wide = [64, 128, 256, 512, 512];
            let all = wide.iter().zip(counts).flat_map(|(&width, &n)| vec![width; n]);
            all.eq(widths.iter().copied())
        })
        .map(Vec::from)
}

/// Lengths of the runs of equal numbers.
fn runs<T: PartialEq>(numbers: &[T]) -> Vec<usize> {
    numbers.chunk_by(|a, b| a == b).map(<[T]>::len).collect()
}

/// The widths with a pool wherever they change.
fn example(widths: &[i64]) -> String {
    let stage = |stage: &[i64]| stage.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    widths.chunk_by(|a, b| a == b).map(stage).collect::<Vec<_>>().join("/")
}
