//! From the tensor of a request to pictures for the network.

use app::{classify::Picture, problem::Problem};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Buf, Bytes};
use half::{bf16, f16};
use image::RgbImage;
use vision::preprocess::Preprocess;

use super::{
    malformed,
    request::{Data, Datatype, Tensor},
};
use crate::service::Item;

/// The pictures of a tensor, in order, as the network of this preprocessing takes them.
///
/// # Errors
///
/// When the tensor does not hold what its shape and datatype say, or not what the network takes.
pub(super) fn items(tensor: Tensor, preprocess: &Preprocess) -> Result<Vec<Item>, Problem> {
    let tensor = if tensor.shape.is_empty() { shaped(tensor, preprocess.size)? } else { tensor };
    match tensor.datatype {
        Datatype::Bytes => encoded(tensor),
        Datatype::Uint8 => pixels(tensor, preprocess),
        Datatype::Fp16 | Datatype::Bf16 | Datatype::Fp32 => prepared(tensor, preprocess.size),
    }
}

/// Gives the only tensor of a body its shape, by its length.
fn shaped(tensor: Tensor, size: u32) -> Result<Tensor, Problem> {
    let side = size as usize;
    let expected = 3 * side * side * 4;
    let Data::Raw(bytes) = &tensor.data else { return Ok(tensor) };
    if bytes.len() == expected {
        return Ok(Tensor { shape: vec![1, 3, side, side], ..tensor });
    }
    if image::guess_format(bytes).is_ok() {
        let data = Data::Elements(vec![bytes.clone()]);
        return Ok(Tensor { datatype: Datatype::Bytes, shape: vec![1], data, ..tensor });
    }
    Err(malformed(format!(
        "A body of {} bytes is neither an encoded picture nor a tensor of FP32 of shape [1, 3, \
         {side}, {side}], which has {expected} bytes.",
        bytes.len()
    )))
}

fn encoded(tensor: Tensor) -> Result<Vec<Item>, Problem> {
    let expected = tensor.pictures()?;
    let name = &tensor.name;
    let elements = match tensor.data {
        Data::Elements(elements) => elements,
        Data::Raw(bytes) => split(name, bytes, expected)?,
        Data::Base64(texts) => texts
            .into_iter()
            .map(|text| match STANDARD.decode(text) {
                Ok(bytes) => Ok(Bytes::from(bytes)),
                Err(error) => Err(malformed(format!(
                    "An element of the input {name:?} is not base64, which JSON needs for bytes: \
                     {error}."
                ))),
            })
            .collect::<Result<_, _>>()?,
        Data::Numbers(_) => {
            return Err(malformed(format!("The input {name:?} is BYTES, but holds numbers.")));
        }
    };
    count(name, elements.len(), expected)?;
    let picture = |bytes| Item::Picture(Picture::Bytes { bytes, name: None });
    Ok(elements.into_iter().map(picture).collect())
}

/// Takes apart what has its length before it.
fn split(name: &str, mut bytes: Bytes, expected: usize) -> Result<Vec<Bytes>, Problem> {
    let mut elements = Vec::new();
    while !bytes.is_empty() {
        let length = bytes.try_get_u32_le().unwrap_or(u32::MAX) as usize;
        if length > bytes.len() || elements.len() == expected {
            return Err(malformed(format!(
                "The input {name:?} is not {expected} elements of BYTES, each with its length \
                 before it in four bytes."
            )));
        }
        elements.push(bytes.split_to(length));
    }
    Ok(elements)
}

/// Pixels of crops: red, green and blue from 0 to 255, of just the size that the network sees.
fn pixels(tensor: Tensor, preprocess: &Preprocess) -> Result<Vec<Item>, Problem> {
    let side = preprocess.size as usize;
    let planar = match tensor.shape[..] {
        [_, 3, h, w] if (h, w) == (side, side) => true,
        [_, h, w, 3] if (h, w) == (side, side) => false,
        _ => {
            return Err(wrong_shape(
                &tensor,
                &format!("[n, 3, {side}, {side}] or [n, {side}, {side}, 3]"),
            ));
        }
    };
    let expected = tensor.shape.iter().product();
    let samples = match tensor.data {
        Data::Raw(bytes) => bytes,
        Data::Numbers(numbers) => numbers
            .into_iter()
            .map(|number| {
                (number.fract() == 0.0 && (0.0..=255.0).contains(&number)).then_some(number as u8)
            })
            .collect::<Option<Vec<u8>>>()
            .ok_or_else(|| {
                malformed(format!("The input {:?} is UINT8, but holds other numbers.", tensor.name))
            })?
            .into(),
        Data::Base64(_) | Data::Elements(_) => return Err(no_numbers(&tensor.name)),
    };
    count(&tensor.name, samples.len(), expected)?;
    let crops = samples.chunks_exact(3 * side * side).map(|picture| {
        let crop = RgbImage::from_fn(preprocess.size, preprocess.size, |x, y| {
            let (x, y) = (x as usize, y as usize);
            let at = |channel| match planar {
                true => picture[(channel * side + y) * side + x],
                false => picture[(y * side + x) * 3 + channel],
            };
            image::Rgb([at(0), at(1), at(2)])
        });
        Item::Tensor(preprocess.normalise(&crop))
    });
    Ok(crops.collect())
}

fn prepared(tensor: Tensor, size: u32) -> Result<Vec<Item>, Problem> {
    let side = size as usize;
    if !matches!(tensor.shape[..], [_, 3, h, w] if (h, w) == (side, side)) {
        return Err(wrong_shape(&tensor, &format!("[n, 3, {side}, {side}]")));
    }
    let expected: usize = tensor.shape.iter().product();
    let numbers = match tensor.data {
        Data::Numbers(numbers) => numbers,
        Data::Raw(bytes) => floats(&tensor.name, tensor.datatype, &bytes, expected)?,
        Data::Base64(_) | Data::Elements(_) => return Err(no_numbers(&tensor.name)),
    };
    count(&tensor.name, numbers.len(), expected)?;
    if !numbers.iter().all(|number| number.is_finite()) {
        let detail = format!("The input {:?} holds infinities, or what is no number.", tensor.name);
        return Err(malformed(detail));
    }
    let pictures = numbers.chunks_exact(3 * side * side);
    Ok(pictures.map(|planes| Item::Tensor(interleave(planes))).collect())
}

/// Little-endian numbers of one of three kinds.
pub(super) fn floats(
    name: &str,
    datatype: Datatype,
    bytes: &[u8],
    expected: usize,
) -> Result<Vec<f32>, Problem> {
    let size = datatype.size().unwrap_or(1);
    if bytes.len() != expected * size {
        return Err(malformed(format!(
            "The input {name:?} has {} bytes; {expected} elements of {} are {} bytes.",
            bytes.len(),
            datatype.name(),
            expected * size
        )));
    }
    let pairs = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    Ok(match datatype {
        Datatype::Fp16 => pairs.map(|bits| f16::from_bits(bits).to_f32()).collect(),
        Datatype::Bf16 => pairs.map(|bits| bf16::from_bits(bits).to_f32()).collect(),
        _ => bytes
            .chunks_exact(4)
            .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
            .collect(),
    })
}

/// From `CHW` to `HWC`.
pub(crate) fn interleave(planes: &[f32]) -> Vec<f32> {
    let area = planes.len() / 3;
    (0..area).flat_map(|i| [planes[i], planes[area + i], planes[2 * area + i]]).collect()
}

fn count(name: &str, found: usize, expected: usize) -> Result<(), Problem> {
    if found == expected {
        return Ok(());
    }
    let detail = format!("The input {name:?} has {found} elements; its shape says {expected}.");
    Err(malformed(detail))
}

fn wrong_shape(tensor: &Tensor, expected: &str) -> Problem {
    malformed(format!(
        "The input {:?} of {} has shape {:?}; this model takes {expected}.",
        tensor.name,
        tensor.datatype.name(),
        tensor.shape
    ))
}

fn no_numbers(name: &str) -> Problem {
    malformed(format!("The input {name:?} must hold numbers, but holds texts or bytes."))
}

#[cfg(test)]
mod tests;
