//! Whether kernels are those that Simonyan and Zisserman published for Caffe, and how they lie.
//!
//! Most VGG-16 files of Keras and some of PyTorch are conversions of these weights. Numbers of the
//! first layer tell: the biases are the same in each conversion, and where the first number of the
//! first kernel is found tells whether the kernels were turned and whether red and blue changed
//! places. The numbers are those that users of Keras' file have printed. Biases of another training
//! tell nothing.

use crate::{container::Container, error::ImportError, plan::Step};

/// The first biases of the first layer.
const BIASES: [f32; 5] = [0.734_298_35, 0.093_403_675, 0.067_756_74, 0.886_296_6, 0.259_945_42];

/// The first number of the first kernel for blue and for red, in the orientation of correlation.
const BLUE: f32 = 0.429_470_57;
const RED: f32 = 0.480_015_4;

/// What the first layer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Another training, or another network.
    Other,
    /// Caffe's weights, lying like this.
    Caffe {
        /// Whether blue comes first.
        bgr: bool,
        /// Whether the kernels are turned by 180 degrees, as Theano's convolution wants them.
        turned: bool,
    },
}

/// Looks at the first layer, whose kernel is given as if it were not turned.
pub(crate) fn probe(
    file: &dyn Container,
    kernel: &Step,
    bias: &Step,
) -> Result<Probe, ImportError> {
    if kernel.shape.get(1..) != Some(&[3, 3, 3]) || bias.shape[0] < BIASES.len() {
        return Ok(Probe::Other);
    }
    let biases = bias.sample(file, [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)])?;
    // Half precision keeps three digits.
    if !biases.iter().zip(BIASES).all(|(found, known)| near(*found, known)) {
        return Ok(Probe::Other);
    }
    // First and last number of the first and of the third channel.
    let [first, first_end, third, third_end] =
        kernel.sample(file, [(0, 0), (0, 8), (0, 18), (0, 26)])?;
    let lies = |first, third, bgr| {
        let (known_first, known_third) = if bgr { (BLUE, RED) } else { (RED, BLUE) };
        near(first, known_first) && near(third, known_third)
    };
    for bgr in [true, false] {
        for (turned, first, third) in [(false, first, third), (true, first_end, third_end)] {
            if lies(first, third, bgr) {
                return Ok(Probe::Caffe { bgr, turned });
            }
        }
    }
    Ok(Probe::Other)
}

fn near(a: f32, b: f32) -> bool {
    (a - b).abs() < 5e-4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        container::{Number, Stored},
        transform::Transform,
    };

    /// The published kernel of the first output, blue channel, in the orientation of correlation.
    const KERNEL: [f32; 9] = [
        0.429_470_57,
        0.373_467,
        -0.061_360_113,
        0.274_769_87,
        0.038_680_777,
        -0.367_223_35,
        -0.057_468_17,
        -0.262_249_68,
        -0.350_096_76,
    ];

    #[derive(Debug)]
    struct Layer(Vec<Stored>, [Vec<f32>; 2]);

    impl Container for Layer {
        fn stored(&self) -> &[Stored] {
            &self.0
        }
        fn read(&self, index: usize) -> Result<Vec<u8>, ImportError> {
            Ok(self.1[index].iter().flat_map(|n| n.to_le_bytes()).collect())
        }
    }

    fn look(kernel: Vec<f32>, biases: &[f32]) -> Probe {
        let shapes = [vec![5, 3, 3, 3], vec![5]];
        let stored = shapes.clone().map(|shape| Stored {
            key: "tensor".to_owned(),
            shape,
            number: Number::F32,
        });
        let file = Layer(stored.to_vec(), [kernel, biases.to_vec()]);
        let step = |index: usize| {
            let shape = shapes[index].clone();
            Step::new(&file.0, index, "key".to_owned(), shape, Transform::Copy)
                .expect("the shapes fit")
        };
        probe(&file, &step(0), &step(1)).expect("the numbers are there")
    }

    /// Five outputs, of which the first has the published numbers.
    fn kernel(bgr: bool, turned: bool) -> Vec<f32> {
        let mut channels = [KERNEL.to_vec(), vec![0.550_379_46; 9], vec![0.0; 9]];
        channels[2][0] = RED;
        if !bgr {
            channels.reverse();
        }
        if turned {
            channels.iter_mut().for_each(|channel| channel.reverse());
        }
        let mut all = channels.concat();
        all.resize(5 * 27, 0.1);
        all
    }

    /// Protects accuracy: each way in which the published kernels may lie is told apart.
    #[test]
    fn every_way_is_told() {
        for bgr in [true, false] {
            for turned in [true, false] {
                let found = look(kernel(bgr, turned), &BIASES);
                assert_eq!(found, Probe::Caffe { bgr, turned });
            }
        }
    }

    #[test]
    fn another_training_tells_nothing() {
        assert_eq!(look(kernel(true, false), &[0.1; 5]), Probe::Other);
        assert_eq!(look(vec![0.2; 135], &BIASES), Probe::Other);
    }
}
