#!/usr/bin/env python3
"""By how much a sample that a network sees can change at most, when a JPEG is decoded at a reduced scale.

    python3 vision/tests/reduced/bound.py      # needs numpy

Reading fewer frequencies and resampling what is left is linear, and so is resampling every pixel, but for the
rounding. The picture that makes the most of it is light where the sum of the weights is larger in one way, and
dark where it is smaller: half of the range of a sample times the sum of the differences of all weights. Beside that
stands the root mean square for white noise with a standard deviation of 50.
"""

import numpy as np

OUT = 48
LEAST_SHRINK = 3


def triangle(x):
    return np.maximum(1 - abs(x), 0)


def cubic(x, a=-0.5):
    x = abs(x)
    return np.where(x < 1, ((a + 2) * x - (a + 3)) * x * x + 1, np.where(x < 2, (((x - 5) * x + 8) * x - 4) * a, 0))


def resampling(length, weight, support):
    """Pillow's weights: a row for each sample of the result."""
    scale = length / OUT
    rows = np.zeros((OUT, length))
    for row, centre in zip(rows, (np.arange(OUT) + 0.5) * scale):
        first, end = max(int(centre - support * scale + 0.5), 0), min(int(centre + support * scale + 0.5), length)
        weights = weight((np.arange(first, end) + 0.5 - centre) / scale)
        row[first:end] = weights / weights.sum()
    return rows


def cosines(n):
    frequency, sample = np.arange(n)[:, None], np.arange(n)
    basis = np.cos((2 * sample + 1) * frequency * np.pi / (2 * n)) * np.sqrt(2 / n)
    basis[0] /= np.sqrt(2)
    return basis


def differences(blocks, side, weight, support):
    """Weights of all pixels, and those that the pixels have through blocks of fewer samples."""
    block = cosines(side).T @ cosines(8)[:side] * np.sqrt(side / 8)
    through = resampling(blocks * side, weight, support) @ np.kron(np.eye(blocks), block)
    return resampling(blocks * 8, weight, support), through


def main():
    for name, weight, support in (("bilinear", triangle, 1), ("bicubic", cubic, 2)):
        for side in (4, 2):
            worst, noise = 0, 0
            for blocks in range(-(-LEAST_SHRINK * OUT // side), 9 * OUT // side, 5):
                all_of, through = differences(blocks, side, weight, support)
                for row in np.argsort(-abs(all_of - through).sum(axis=1))[:4]:
                    change = np.outer(all_of[row], all_of[row]) - np.outer(through[row], through[row])
                    worst = max(worst, 127.5 * abs(change).sum())
                    noise = max(noise, 50 * np.sqrt((change**2).sum()))
            print(f"{name}, 1/{8 // side}: {worst:.1f} of 255 at most, {noise:.2f} for noise")


if __name__ == "__main__":
    main()
