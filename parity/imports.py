#!/usr/bin/env python3
"""Does a model that `vitrine import` made say what the library says that wrote the file? See README.md."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Callable

os.environ.setdefault("KERAS_BACKEND", "torch")

import h5py
import keras
import numpy as np
import timm
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file
from torchvision.transforms._presets import ImageClassification

from networks import randomise
from photographs import PHOTOGRAPHS

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 1e-4
CAFFE = np.float32([103.939, 116.779, 123.68])
PAPER = {16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}


@dataclass
class Imported:
    """A file, how it is imported, and what its library answers."""

    name: str
    file: pathlib.Path
    # From paths of pictures to logits `(N, 1000)`, or probabilities.
    answers: Callable[[list], np.ndarray]
    options: list = field(default_factory=list)


def softmax(logits):
    exponentials = np.exp(logits - logits.max(1, keepdims=True))
    return exponentials / exponentials.sum(1, keepdims=True)


# Keras


def keras_vgg(depth, paths, small):
    """A network of `keras.applications`, or a little one, that says something else of each picture."""
    keras.utils.set_random_seed(2026)
    if small:
        layers = [keras.Input((64, 64, 3))]
        for block, width in enumerate([16, 32, 48], 1):
            for n in (1, 2):
                name = f"block{block}_conv{n}"
                layers.append(keras.layers.Conv2D(width, 3, padding="same", activation="relu", name=name))
            layers.append(keras.layers.MaxPooling2D(name=f"block{block}_pool"))
        layers += [
            keras.layers.Flatten(name="flatten"),
            keras.layers.Dense(128, activation="relu", name="fc1"),
            keras.layers.Dense(1000, activation="softmax", name="predictions"),
        ]
        model = keras.Sequential(layers)
    else:
        model = getattr(keras.applications, f"VGG{depth}")(weights=None)
    for layer in model.layers[:-1]:
        if layer.weights:
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel, np.random.normal(0, 0.3, bias.shape).astype("f4")])
    last = model.layers[-1]
    kernel, _ = last.get_weights()
    logits = keras_features(model, keras_prepared(model, paths)) @ kernel
    scale = 3 / (logits - logits.mean(0)).std()
    last.set_weights([kernel * scale, (-logits.mean(0) * scale).astype("f4")])
    return model


def side(model):
    return model.input_shape[1]


def keras_prepared(model, paths):
    size = (side(model), side(model))
    pictures = [keras.utils.img_to_array(keras.utils.load_img(path, target_size=size)) for path in paths]
    return keras.applications.vgg16.preprocess_input(np.stack(pictures))


def buddy_prepared(model, paths):
    """keras-vgg-buddy: bicubic instead of the nearest sample."""
    size = (side(model), side(model))
    pictures = [Image.open(path).convert("RGB").resize(size, Image.Resampling.BICUBIC) for path in paths]
    return np.stack([np.asarray(picture, np.float32)[..., ::-1] - CAFFE for picture in pictures])


def keras_features(model, prepared):
    inner = keras.Model(model.inputs, model.layers[-2].output)
    return np.concatenate([np.asarray(inner.predict_on_batch(one[None])) for one in prepared])


def keras_answers(model, prepare):
    def answers(paths):
        kernel, bias = model.layers[-1].get_weights()
        return keras_features(model, prepare(model, paths)).astype(np.float64) @ kernel + bias

    return answers


def official(model, path):
    """The names and the order of the file that keras.applications publishes."""
    with h5py.File(path, "w") as file:
        names = [layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
        file.attrs["layer_names"] = [name.encode() for name in names]
        for layer in model.layers[-len(names) :]:
            group = file.create_group(layer.name)
            weights = [f"{layer.name}_{part}_1:0" for part in "Wb"[: len(layer.weights)]]
            group.attrs["weight_names"] = [name.encode() for name in weights]
            for name, value in zip(weights, layer.get_weights()):
                group.create_dataset(name, data=value)


def legacy(model, path, turn):
    """The file that keras-vgg-buddy read: `layer_k/param_k`, channels first."""
    with h5py.File(path, "w") as file:
        groups = 0

        def add(*arrays):
            nonlocal groups
            group = file.create_group(f"layer_{groups}")
            group.attrs["nb_params"] = len(arrays)
            for i, array in enumerate(arrays):
                group.create_dataset(f"param_{i}", data=array)
            groups += 1

        flat = None
        for layer in model.layers:
            if isinstance(layer, keras.layers.Conv2D):
                kernel, bias = layer.get_weights()
                kernel = kernel.transpose(3, 2, 0, 1)
                add()
                add(kernel[:, :, ::-1, ::-1] if turn else kernel, bias)
            elif isinstance(layer, keras.layers.Flatten):
                flat = layer.input.shape[1:]
                add()
            elif isinstance(layer, keras.layers.Dense):
                matrix, bias = layer.get_weights()
                if flat:
                    matrix = matrix.reshape(*flat, -1).transpose(2, 0, 1, 3).reshape(matrix.shape)
                flat = None
                add(matrix, bias)
                add()
            elif isinstance(layer, keras.layers.MaxPooling2D):
                add()
        file.attrs["nb_layers"] = groups


def keras_files(folder, paths, small):
    model = keras_vgg(16, paths, small)
    kind = "VGG, 64 px" if small else "VGG16"
    answers, buddy = keras_answers(model, keras_prepared), keras_answers(model, buddy_prepared)

    def file(name, write, answers=answers, options=()):
        path = folder / name
        write(path)
        yield Imported(f"Keras {kind} `{name}`", path, answers, list(options))
        path.unlink()

    yield from file("vgg.weights.h5", model.save_weights)
    yield from file("vgg.keras", model.save)
    yield from file("vgg.h5", model.save)
    yield from file("official.h5", lambda path: official(model, path))
    for how in ("correlation", "convolution"):
        write = lambda path: legacy(model, path, how == "convolution")
        yield from file(f"legacy-{how}.h5", write, buddy, ["--kernels", how])
    if not small:
        model = keras_vgg(19, paths, small)
        kind = "VGG19"
        yield from file("vgg19.weights.h5", model.save_weights, keras_answers(model, keras_prepared))


# PyTorch


def torch_answers(network, prepare):
    @torch.inference_mode()
    def answers(paths):
        return np.concatenate([network(prepare(Image.open(path).convert("RGB"))[None]).double() for path in paths])

    return answers


def torch_network(network, paths):
    prepare = ImageClassification(crop_size=224, resize_size=256)
    torch.manual_seed(2026)
    randomise(network, torch.stack([prepare(Image.open(path).convert("RGB")) for path in paths]))
    return network.eval(), torch_answers(network, prepare)


def torch_files(folder, paths, small):
    names = ["resnet18"] if small else ["vgg16", "vgg11_bn", "resnet18", "resnet34", "resnet50"]
    for name in names:
        network, answers = torch_network(torchvision.models.get_model(name, weights=None), paths)
        path = folder / f"{name}.pth"
        torch.save(network.state_dict(), path)
        yield Imported(f"torchvision {name} `.pth`", path, answers)
        path.unlink()
    if not small:
        network, answers = torch_network(timm.create_model("vgg16", pretrained=False), paths)
        path = folder / "vgg16.safetensors"
        save_file(network.state_dict(), path)
        yield Imported("timm vgg16 `.safetensors`", path, answers)
        path.unlink()
    for name in ["mobilenet_v3_small"] if small else ["mobilenet_v3_small", "mobilenet_v3_large"]:
        network, answers = torch_network(torchvision.models.get_model(name, weights=None), paths)
        path = folder / f"{name}.pt"
        with torch.inference_mode():
            torch.jit.trace(network, torch.zeros(1, 3, 224, 224)).save(str(path))
        yield Imported(f"torchvision {name} TorchScript", path, answers)
        path.unlink()


# Comparison


def run(command):
    """Seconds and peak memory in MB of a command, which a small program starts: what this one has in memory would count."""
    program = (
        "import json, resource, subprocess, sys, time; start = time.monotonic(); "
        "status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode; "
        "print(json.dumps([status, time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))"
    )
    command = list(map(str, command))
    out = subprocess.run([sys.executable, "-c", program, *command], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    status, seconds, peak = json.loads(out)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return seconds, peak * 1024 / 1e6


def compare(imported, vitrine, logits, paths, work):
    """One line of the table, and whether it is good."""
    models = work / "models"
    models.mkdir(exist_ok=True)
    command = [*vitrine, "import", imported.file, "--as", "made", "--models", models, "--force"]
    seconds, peak = run([*command, *imported.options])
    command = [*logits, models / "made", work, *paths]
    lines = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout
    answers = [json.loads(line) for line in lines.splitlines()]
    ours = np.array([answer["raw"] for answer in answers])
    probabilities = np.array([answer["probabilities"] for answer in answers])
    theirs = np.asarray(imported.answers(paths), np.float64)
    top = lambda rows: np.argsort(-rows, axis=1, kind="stable")[:, :5]
    same = (top(ours) == top(theirs)).all(1).sum()
    relative = (np.linalg.norm(ours - theirs, axis=1) / np.linalg.norm(theirs, axis=1)).max()
    probability = np.abs(softmax(theirs) - probabilities).max()
    good = same == len(paths) and relative <= LIMIT and probability <= LIMIT
    size = imported.file.stat().st_size / 1e6
    return good, (
        f"| {imported.name} | {size:.0f} MB | {same}/{len(paths)} | {probability:.1e} | {relative:.1e} "
        f"| {seconds:.1f} s | {peak:.0f} MB |{'' if good else ' BAD'}"
    )


def pictures(folder, folders):
    """The pictures of this repository as PNG, since decoders of JPEG differ."""
    files = sorted((ROOT / "vision/tests/golden").glob("*.png")) + sorted((ROOT / "models/vgg/examples").glob("*.jpg"))
    if folders:
        files = [path for given in folders for path in sorted(given.iterdir()) if path.stem in PHOTOGRAPHS]
    for i, file in enumerate(files):
        Image.open(file).convert("RGB").save(folder / f"{i}.png", compress_level=1)
        yield folder / f"{i}.png"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="little networks, as continuous integration does")
    parser.add_argument("--pictures", type=pathlib.Path, nargs="+", help="folders with the photographs; the repository's if absent")
    parser.add_argument("--only", default="", help="files whose name has this in it")
    parser.add_argument("--vitrine", help="the program; built if absent")
    parser.add_argument("--logits", help="the example `logits` of vision; built if absent")
    arguments = parser.parse_args()
    cargo = "cargo run -q -p".split()
    vitrine = [arguments.vitrine] if arguments.vitrine else [*cargo, "server", "--"]
    logits = [arguments.logits] if arguments.logits else [*cargo, "vision", "--example", "logits", "--"]
    print("| file | size | top 5 | max difference of probabilities | of logits, by norm | import | peak memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        paths = list(pictures(scratch, arguments.pictures))
        for files in (keras_files, torch_files):
            for imported in files(scratch, paths, arguments.small):
                if arguments.only in imported.name:
                    good, line = compare(imported, vitrine, logits, paths, scratch)
                    print(line, flush=True)
                    failed |= not good
    sys.exit(failed)


main()
