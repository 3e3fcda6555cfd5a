#!/usr/bin/env python3
"""Writes expected.json: what Pillow and float32 arithmetic make of the pictures here.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy
    venv/bin/python vision/tests/golden/generate.py

The photographs lie here as PNG; their origin is in README.md. The other pictures are noise from a
generator that the Rust test has as well.
"""

import hashlib
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

HERE = pathlib.Path(__file__).parent
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}

NOISE = [(1, 4000), (4000, 1), (3, 3), (1, 1), (224, 224), (256, 256), (223, 225), (97, 641), (1001, 333), (50, 20), (300, 1000)]
SIZES = [(256, 256), (224, 224), (341, 256), (17, 401), (1, 1), (600, 3)]


def splitmix64(seed, n):
    """The first n numbers of the generator (Steele, Lea and Flood, 2014)."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def noise(width, height):
    samples = (splitmix64(width * 65536 + height, width * height * 3) >> np.uint64(56)).astype(np.uint8)
    return Image.fromarray(samples.reshape(height, width, 3))


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def torchvision_crop(image, size):
    """Resize(size * 256 // 224) and CenterCrop(size), as torchvision 0.28 does with a PIL image."""
    side = size * 256 // 224
    width, height = image.size
    short, long = min(width, height), max(width, height)
    new_long = int(side * long / short)
    width, height = (side, new_long) if width <= height else (new_long, side)
    top = int(round((height - size) / 2.0))
    left = int(round((width - size) / 2.0))
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return resized.crop((left, top, left + size, top + size))


def torchvision_pixels(crop):
    mean = np.array([0.485, 0.456, 0.406], dtype=np.float32)
    std = np.array([0.229, 0.224, 0.225], dtype=np.float32)
    return (np.asarray(crop).astype(np.float32) / np.float32(255) - mean) / std


def caffe_pixels(crop):
    return np.asarray(crop)[:, :, ::-1].astype(np.float32) - np.array([103.939, 116.779, 123.68], dtype=np.float32)


def main():
    pictures = [(path.name, Image.open(path).convert("RGB")) for path in sorted(HERE.glob("*.png"))]
    pictures += [(f"noise {w}x{h}", noise(w, h)) for w, h in NOISE]
    resized, prepared = [], []
    for name, image in pictures:
        for width, height in SIZES + [image.size, (image.width, 64), (64, image.height)]:
            for interpolation, resampling in FILTERS.items():
                result = np.asarray(image.resize((width, height), resampling))
                resized.append({
                    "picture": name, "interpolation": interpolation, "width": width, "height": height,
                    "first": result.reshape(-1)[:6].tolist(), "sha256": digest(result),
                })
        for size in [224, 65]:
            for preset in ["torchvision", "caffe-squash", "keras-caffe"]:
                if preset == "torchvision":
                    crop = torchvision_crop(image, size)
                    pixels = torchvision_pixels(crop)
                else:
                    filters = {"caffe-squash": Image.Resampling.BICUBIC, "keras-caffe": Image.Resampling.NEAREST}
                    crop = image.resize((size, size), filters[preset])
                    pixels = caffe_pixels(crop)
                assert pixels.dtype == np.float32
                prepared.append({
                    "picture": name, "preset": preset, "size": size,
                    "first": [float(x) for x in pixels.reshape(-1)[:6]],
                    "crop_sha256": digest(np.asarray(crop)), "pixels_sha256": digest(pixels.astype("<f4")),
                })
    lines = lambda cases: ",\n".join("    " + json.dumps(case) for case in cases)
    (HERE / "expected.json").write_text(
        f'{{\n  "pillow": "{PIL.__version__}",\n  "resized": [\n{lines(resized)}\n  ],\n  "prepared": [\n{lines(prepared)}\n  ]\n}}\n'
    )


main()
