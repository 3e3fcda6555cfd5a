//! Pictures by number: the same seed and number always give the same picture.

use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::{art::Art, canvas::Canvas, negatives, scene};

/// Seeds of the four uses of generated pictures. No picture of one is ever in another.
pub mod seeds {
    /// To learn from.
    pub const TRAINING: u64 = 1;
    /// To watch the training and to calibrate on.
    pub const VALIDATION: u64 = 2;
    /// For the report only.
    pub const TEST: u64 = 3;
    /// For the examples on the page.
    pub const EXAMPLES: u64 = 4;
}

/// Part of the pictures that show no flag.
const NEGATIVES: f64 = 0.08;

/// The generator for a picture.
pub fn rng(seed: u64, number: u64) -> SmallRng {
    // A multiplication by an odd constant keeps all pairs apart.
    SmallRng::seed_from_u64((seed << 48 | number).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Picture and class of a number, drawn as training draws them for a network that sees pictures
/// of the side `seen`.
pub fn picture(art: &Art, seed: u64, number: u64, seen: usize) -> (Canvas, usize) {
    let mut rng = rng(seed, number);
    let no_flag = art.flags.len() - 1;
    if rng.random_bool(NEGATIVES) {
        return (negatives::picture(art, seen, &mut rng), no_flag);
    }
    let class = rng.random_range(0..no_flag);
    flag(art, class, seen, &mut rng)
}

/// A picture of a flag of this class.
pub fn flag(art: &Art, class: usize, seen: usize, rng: &mut SmallRng) -> (Canvas, usize) {
    match scene::training(&art.flags[class], art, seen, rng) {
        Some(canvas) => (canvas, class),
        None => (negatives::picture(art, seen, rng), art.flags.len() - 1),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::art::{Drawing, Pack, Texture};

    fn art() -> Art {
        let texture = Texture::new(16, 12, (0..192).map(|i| [i as u8, 90, 200, 255]).collect());
        let drawing =
            Drawing { code: "no".to_owned(), pack: Pack::Noto, textures: vec![texture.clone()] };
        let flags = vec![vec![drawing], Vec::new()];
        Art { flags, objects: vec![texture], folder: PathBuf::new() }
    }

    #[test]
    fn a_number_always_gives_the_same_picture() {
        let art = art();
        for number in 0..40 {
            let (a, class_a) = picture(&art, seeds::TRAINING, number, 64);
            let (b, class_b) = picture(&art, seeds::TRAINING, number, 64);
            assert_eq!(class_a, class_b);
            assert!(a.to_image() == b.to_image(), "picture {number}");
        }
    }

    #[test]
    fn seeds_give_different_pictures() {
        let art = art();
        let (a, _) = picture(&art, seeds::TRAINING, 7, 64);
        let (b, _) = picture(&art, seeds::TEST, 7, 64);
        assert!(a.to_image() != b.to_image());
    }
}
