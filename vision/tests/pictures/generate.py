#!/usr/bin/env python3
"""Writes the small pictures beside it with Pillow 13.0.0.

All but the animations show four quadrants: red and green above blue and white, or their greys.
"""

import pathlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 48, 32


def quadrants():
    pixels = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    pixels[:16, :24] = (255, 0, 0)
    pixels[:16, 24:] = (0, 255, 0)
    pixels[16:, :24] = (0, 0, 255)
    pixels[16:, 24:] = (255, 255, 255)
    return Image.fromarray(pixels)


# What to do to an upright picture so that a viewer, applying the EXIF orientation, undoes it.
UNDO = {
    1: [], 2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM], 5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE], 8: [Image.Transpose.ROTATE_270],
}

upright = quadrants()
for orientation, steps in UNDO.items():
    stored = upright
    for step in steps:
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = HERE / f"exif_{orientation}.jpg"
    stored.save(path, quality=90, subsampling=0, exif=exif)
    seen = np.asarray(ImageOps.exif_transpose(Image.open(path))).astype(int)
    assert np.abs(seen - np.asarray(upright)).max() < 40, orientation

upright.save(HERE / "progressive.jpg", quality=90, subsampling=0, progressive=True)
upright.convert("L").save(HERE / "grey.jpg", quality=90)
upright.convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
upright.save(HERE / "colour.bmp")
upright.save(HERE / "lossless.webp", lossless=True)
upright.save(HERE / "plain.gif")
upright.convert("L").save(HERE / "grey.png")
upright.convert("1").save(HERE / "bit.png")
upright.quantize(4).save(HERE / "palette.png")
Image.fromarray(np.asarray(upright.convert("L")).astype(np.uint16) * 257).save(HERE / "grey16.png")
transparent = upright.convert("RGBA")
transparent.putalpha(0)
transparent.save(HERE / "transparent.png")
transparent.save(HERE / "transparent.webp", lossless=True, exact=True)

red, green = (Image.new("RGB", (8, 8), colour) for colour in ["red", "lime"])
for name in ["animated.gif", "animated.png", "animated.webp"]:
    red.save(HERE / name, save_all=True, append_images=[green], duration=100, **({"lossless": True} if name.endswith("webp") else {}))
