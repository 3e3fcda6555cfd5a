//! ResNet: the number of blocks in each stage tells the depth.

use vision::network::{NetworkSpec, ResNetSpec};

use super::Keys;
use crate::{architecture::Architecture, container::Stored, error::ImportError};

/// Depths with the blocks of their stages, and whether a block has three convolutions: table 1 of
/// He et al., "Deep Residual Learning for Image Recognition" (2015).
const DEPTHS: [(u32, [usize; 4], bool); 5] = [
    (18, [2, 2, 2, 2], false),
    (34, [3, 4, 6, 3], false),
    (50, [3, 4, 6, 3], true),
    (101, [3, 4, 23, 3], true),
    (152, [3, 8, 36, 3], true),
];

/// The network that the keys and shapes stand for.
pub(super) fn network(
    keys: &Keys,
    stored: &[Stored],
    wanted: Option<&Architecture>,
) -> Result<NetworkSpec, ImportError> {
    let classes = keys
        .get("fc.weight")
        .and_then(|&index| stored[index].shape.first())
        .map_or(0, |&n| n as i64);
    let depth = match wanted {
        Some(Architecture::ResNet { depth }) => *depth,
        Some(_) => {
            let reason = "the file holds a ResNet".to_owned();
            return Err(ImportError::Option { option: "--architecture", reason });
        }
        None => depth(keys)?,
    };
    ResNetSpec::of_depth(depth, classes).map(NetworkSpec::ResNet).ok_or_else(|| {
        ImportError::Network(format!(
            "it is a resnet{depth}, and there are resnet18, resnet34 and resnet50; any network can \
             be imported as TorchScript"
        ))
    })
}

fn depth(keys: &Keys) -> Result<u32, ImportError> {
    let blocks = [1, 2, 3, 4].map(|stage| {
        let block = |block| format!("layer{stage}.{block}.conv1.weight");
        (0..100).take_while(|&number| keys.contains_key(&block(number))).count()
    });
    let bottleneck = keys.contains_key("layer1.0.conv3.weight");
    let known = DEPTHS.iter().find(|(_, known, three)| *known == blocks && *three == bottleneck);
    known.map(|&(depth, ..)| depth).ok_or_else(|| {
        ImportError::Network(format!("a ResNet with {blocks:?} blocks is none of the paper's"))
    })
}
