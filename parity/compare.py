#!/usr/bin/env python3
"""Compares vitrine with torchvision and timm: see README.md."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

from networks import networks, randomise
from photographs import PHOTOGRAPHS

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 1e-4

# Width and height of noise that only the preparation is compared on.
SIZES = [(1, 4000), (4000, 1), (3, 3), (224, 224), (256, 256), (37, 53), (641, 97), (2500, 1786)]


def pictures(folders, small):
    if folders:
        files = [path for folder in folders for path in sorted(folder.iterdir()) if path.stem in PHOTOGRAPHS]
        return [path for path in files if path.suffix in [".png", ".jpg"]]
    own = sorted((ROOT / "vision/tests/golden").glob("*.png")) + sorted((ROOT / "models/vgg/examples").glob("*.jpg"))
    return own[::2] if small else own


def noise(folder, small):
    generator = np.random.default_rng(1)
    for width, height in [size for size in SIZES if not small or max(size) < 700]:
        pixels = generator.integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"noise-{width}x{height}.png")
    return sorted(folder.glob("noise-*.png"))


def write_model(folder, compared):
    """A model's folder, from what the library itself exports; `imports.py` goes through `vitrine import`."""
    folder.mkdir()
    if compared.is_script:
        file = "model.pt"
        torch.jit.trace(compared.network, torch.zeros(1, 3, 224, 224)).save(str(folder / file))
    else:
        file = "model.safetensors"
        save_file(compared.network.state_dict(), str(folder / file))
    (folder / "model.toml").write_text(
        f'name = "{folder.name}"\ntitle = "Compared"\ndescription = "Random weights."\nlicence = "CC0"\n'
        f"[architecture]\n{compared.architecture}\n[input]\nsize = 224\norientation = false\n{compared.input}\n"
        f'[labels]\nbuiltin = "imagenet"\n[weights]\nfile = "{file}"\n'
    )


def ask_vitrine(program, folder, out, paths):
    """Prepared tensors, raw output and probabilities of each picture."""
    command = [*program, str(folder), str(out), *map(str, paths)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout.splitlines()
    for index, line in enumerate(lines):
        answer = json.loads(line)
        tensor = np.fromfile(out / f"{index}.f32", dtype="<f4").reshape(224, 224, 3).transpose(2, 0, 1)
        yield tensor, np.array(answer["raw"]), np.array(answer["probabilities"])


def compare(compared, program, paths, only_prepared, work):
    """One line of the table, and whether it is good."""
    prepared = [compared.prepare(Image.open(path).convert("RGB")) for path in paths]
    torch.manual_seed(2026)
    randomise(compared.network, torch.stack(prepared))
    folder = work / "compared"
    write_model(folder, compared)
    same, probability, relative, png, jpeg, jpeg_mean = 0, 0.0, 0.0, 0.0, 0.0, []
    firsts = set()
    answers = ask_vitrine(program, folder, work, paths + only_prepared)
    expected = prepared + [compared.prepare(Image.open(path)) for path in only_prepared]
    for path, tensor, (ours, raw, probabilities) in zip(paths + only_prepared, expected, answers, strict=True):
        difference = np.abs(tensor.numpy().astype(np.float64) - ours)
        if path.suffix == ".png":
            png = max(png, difference.max())
        else:
            jpeg = max(jpeg, difference.max())
            jpeg_mean.append(difference.mean())
        if path in only_prepared:
            continue
        with torch.no_grad():
            # Decoders of JPEG differ, so the network is asked about what vitrine saw.
            logits = compared.network(torch.from_numpy(ours.copy())[None])[0].double()
        same += torch.topk(logits, 5).indices.tolist() == np.argsort(-raw, kind="stable")[:5].tolist()
        firsts.add(int(logits.argmax()))
        probability = max(probability, np.abs(logits.softmax(0).numpy() - probabilities).max())
        relative = max(relative, np.linalg.norm(logits.numpy() - raw) / np.linalg.norm(logits.numpy()))
    good = same == len(paths) and probability <= LIMIT and relative <= LIMIT and png == 0
    mean = f"{np.mean(jpeg_mean):.0e}" if jpeg_mean else "-"
    return good, (
        f"| {compared.name} | {same}/{len(paths)} ({len(firsts)} first) | {probability:.1e} | {relative:.1e} "
        f"| {png:g} | {jpeg:.2f}, {mean} |{'' if good else ' BAD'}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few networks and pictures, as continuous integration does")
    parser.add_argument("--pictures", type=pathlib.Path, nargs="+", help="folders with photographs", default=[])
    parser.add_argument("--program", help="the example `logits` of vision; built if absent")
    arguments = parser.parse_args()
    program = [arguments.program] if arguments.program else "cargo run -q -p vision --example logits --".split()
    paths = [path.resolve() for path in pictures(arguments.pictures, arguments.small)]
    print(f"{len(paths)} pictures: {', '.join(path.name for path in paths)}\n", flush=True)
    print("| network | top 5 | max difference of probabilities | of logits, by norm | of a PNG | of a JPEG: max, mean |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        only_prepared = noise(pathlib.Path(scratch), arguments.small)
        for compared in networks(arguments.small):
            with tempfile.TemporaryDirectory() as work:
                good, line = compare(compared, program, paths, only_prepared, pathlib.Path(work))
            print(line, flush=True)
            failed |= not good
    sys.exit(failed)


main()
