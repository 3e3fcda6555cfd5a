#!/usr/bin/env python3
"""Writes the JPEGs beside it, and what they are at half and at quarter scale.

    python3 -m venv venv && venv/bin/pip install jpeglib==1.0.2 simplejpeg==1.9.0 pillow==13.0.0 numpy
    venv/bin/python vision/tests/reduced/generate.py

Those with a name of their own are the photographs of ../golden, and all others a piece of one whose sides are no
multiples of eight. libjpeg reads the coefficients; the rest is the formula of ITU-T T.81, A.3.3, in float64, and
the colours of JFIF.
"""

import io
import pathlib

import jpeglib
import numpy as np
import simplejpeg
from PIL import Image

HERE = pathlib.Path(__file__).parent
LEFT, TOP, WIDTH, HEIGHT = 120, 90, 116, 92

photograph = Image.open(HERE.parent / "golden" / "coffee.png").convert("RGB")
photograph = photograph.crop((LEFT, TOP, LEFT + WIDTH, TOP + HEIGHT))
pixels = np.ascontiguousarray(photograph)


def pillow(picture=photograph, **how):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90, **how)
    return file.getvalue()


def turbo(sampling):
    return simplejpeg.encode_jpeg(pixels, quality=90, colorspace="RGB", colorsubsampling=sampling)


def inverse(n):
    """The lowest n frequencies of an axis to n samples."""
    frequency, sample = np.arange(n), np.arange(n)[:, None]
    return np.where(frequency == 0, np.sqrt(0.5), 1.0) / 2 * np.cos((2 * sample + 1) * frequency * np.pi / (2 * n))


def plane(coefficients, steps, down, across):
    """Samples of a component, each of its blocks made so large."""
    rows, columns = coefficients.shape[:2]
    block = coefficients.astype(float) * steps
    block = inverse(down) @ block[:, :, :down, :across] @ inverse(across).T
    samples = block.transpose(0, 2, 1, 3).reshape(rows * down, columns * across)
    return np.clip(np.rint(samples + 128), 0, 255)


def reduced(path, side):
    """Pixels, where a block of the brightness has `side` samples a side."""
    jpeg = jpeglib.read_dct(str(path))
    width, height = jpeg.width * side // 8, jpeg.height * side // 8
    most = [max(component[axis] for component in jpeg.samp_factor) for axis in (0, 1)]
    planes = []
    for index, coefficients in enumerate([jpeg.Y] if jpeg.Cb is None else [jpeg.Y, jpeg.Cb, jpeg.Cr]):
        down, across = (side * most[axis] // jpeg.samp_factor[index][axis] for axis in (0, 1))
        planes.append(plane(coefficients, jpeg.get_component_qt(index), down, across)[:height, :width])
    if len(planes) == 1:
        return np.stack(planes * 3, axis=2).astype(np.uint8)
    brightness, blue, red = planes[0], planes[1] - 128, planes[2] - 128
    colours = brightness + 1.402 * red, brightness - 0.344136 * blue - 0.714136 * red, brightness + 1.772 * blue
    return np.clip(np.rint(np.stack(colours, axis=2)), 0, 255).astype(np.uint8)


# Whole photographs as cameras store them, with colours at half resolution.
for name in ("astronaut", "chelsea", "coffee", "rocket"):
    Image.open(HERE.parent / "golden" / f"{name}.png").convert("RGB").save(
        HERE / f"{name}.jpg", quality=85, subsampling="4:2:0"
    )

files = {
    "444": turbo("444"),
    "422": turbo("422"),
    "440": turbo("440"),
    "420": turbo("420"),
    "grey": pillow(photograph.convert("L")),
    "restarts": pillow(subsampling="4:2:0", restart_marker_blocks=3),
    "optimised": pillow(subsampling="4:4:4", optimize=True),
}
for name, jpeg in files.items():
    path = HERE / f"{name}.jpg"
    path.write_bytes(jpeg)
    for side in (4, 2):
        Image.fromarray(reduced(path, side)).save(HERE / f"{name}-{8 // side}.png", optimize=True)
