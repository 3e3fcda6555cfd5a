//! The configuration that Keras saves with a whole model, read to refuse what is no VGG.

use serde_json::Value;

use crate::error::ImportError;

/// What a configuration tells that the weights do not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    /// Number of convolutions in each stage.
    pub(super) stages: Vec<usize>,
    /// Side of the pictures in pixels.
    pub(super) size: Option<u32>,
}

/// Models in models that are believed.
const MAX_DEPTH: usize = 8;

/// Reads a configuration, which is JSON.
pub(super) fn read(text: &str) -> Result<Config, ImportError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ImportError::malformed("Keras", format!("its configuration: {error}")))?;
    let mut reader = Reader::default();
    reader.model(&value, 0)?;
    if reader.convolutions > 0 {
        reader.config.stages.push(reader.convolutions);
    }
    Ok(reader.config)
}

#[derive(Debug, Default)]
struct Reader {
    config: Config,
    /// Convolutions since the last pool.
    convolutions: usize,
}

impl Reader {
    /// The layers of a model, and of the models in it.
    fn model(&mut self, model: &Value, depth: usize) -> Result<(), ImportError> {
        let config = &model["config"];
        // The first versions have the list of a chain directly.
        let layers = config["layers"].as_array().or_else(|| config.as_array());
        let Some(layers) = layers.filter(|_| depth < MAX_DEPTH) else {
            return Err(ImportError::malformed("Keras", "its configuration lists no layers"));
        };
        for layer in layers {
            if matches!(class(layer), "Model" | "Functional" | "Sequential") {
                self.model(layer, depth + 1)?;
            } else {
                self.layer(layer)?;
            }
        }
        Ok(())
    }

    fn layer(&mut self, layer: &Value) -> Result<(), ImportError> {
        let config = &layer["config"];
        let name = config["name"].as_str().unwrap_or("without a name");
        let refuse = |what: &str| {
            Err(ImportError::Network(format!("layer `{name}` {what}, and VGG has no such layer")))
        };
        for key in ["batch_shape", "batch_input_shape"] {
            self.size(&config[key]);
        }
        match class(layer) {
            "Conv2D" | "Convolution2D" => {
                if !is(config, "padding", "same") && !is(config, "border_mode", "same") {
                    return refuse("does not pad its maps");
                }
                if !ones(&config["strides"]) || !ones(&config["dilation_rate"]) {
                    return refuse("has steps or gaps");
                }
                if !is(config, "activation", "relu") {
                    return refuse("has another activation than relu");
                }
                self.convolutions += 1;
            }
            "MaxPooling2D" => {
                if self.convolutions == 0 {
                    return refuse("is a pool after a pool");
                }
                self.config.stages.push(std::mem::take(&mut self.convolutions));
            }
            "Dense" => {
                let known = ["relu", "softmax", "linear"];
                if !known.iter().any(|activation| is(config, "activation", activation)) {
                    return refuse("has another activation than relu and, at the end, softmax");
                }
            }
            "InputLayer"
            | "Flatten"
            | "Dropout"
            | "Activation"
            | "ZeroPadding2D"
            | "GlobalAveragePooling2D" => {}
            class @ ("Rescaling" | "Normalization") => {
                return Err(ImportError::Network(format!(
                    "layer `{name}` ({class}) prepares the pictures inside of the network; save the \
                     model without it and say the same with --scale, --mean and --std"
                )));
            }
            class => return refuse(&format!("is a {class}")),
        }
        Ok(())
    }

    /// `[null, 224, 224, 3]` or `[null, 3, 224, 224]`.
    fn size(&mut self, shape: &Value) {
        let side = |i: usize| shape[i].as_u64();
        if let (Some(height), Some(width)) = match side(3) {
            Some(3) => (side(1), side(2)),
            _ => (side(2), side(3)),
        } && height == width
        {
            self.config.size = u32::try_from(height).ok();
        }
    }
}

fn class(layer: &Value) -> &str {
    layer["class_name"].as_str().unwrap_or("something without a class")
}

/// Whether a setting has a value; that of an activation may be an object.
fn is(config: &Value, key: &str, value: &str) -> bool {
    let found = &config[key];
    found == value || found["config"] == value || found["class_name"] == value
}

/// Whether all steps are one, or none are given.
fn ones(steps: &Value) -> bool {
    steps.as_array().is_none_or(|steps| steps.iter().all(|step| step.as_u64() == Some(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(layers: &str) -> Result<Config, ImportError> {
        read(&format!(r#"{{"class_name": "Sequential", "config": {{"layers": [{layers}]}}}}"#))
    }

    const CONVOLUTION: &str = r#"{"class_name": "Conv2D", "config": {"name": "c", "padding": "same",
        "strides": [1, 1], "activation": "relu", "batch_input_shape": [null, 48, 48, 3]}}"#;
    const POOL: &str = r#"{"class_name": "MaxPooling2D", "config": {"name": "p"}}"#;

    #[test]
    fn stages_and_size_are_told() {
        let config =
            chain(&[CONVOLUTION, POOL, CONVOLUTION, CONVOLUTION, POOL].join(",")).expect("a VGG");
        assert_eq!(config, Config { stages: vec![1, 2], size: Some(48) });
    }

    /// Protects against networks that have VGG's shapes and compute something else.
    #[test]
    fn what_is_no_vgg_is_named() {
        for (from, to, words) in [
            ("\"same\"", "\"valid\"", "does not pad"),
            ("[1, 1]", "[2, 2]", "steps"),
            ("\"relu\"", "\"tanh\"", "activation"),
            ("\"Conv2D\"", "\"BatchNormalization\"", "is a BatchNormalization"),
            ("\"Conv2D\"", "\"Rescaling\"", "--scale"),
        ] {
            let error = chain(&CONVOLUTION.replace(from, to)).expect_err("no VGG").to_string();
            assert!(error.contains(words) && error.contains("`c`"), "{error}");
        }
    }
}
