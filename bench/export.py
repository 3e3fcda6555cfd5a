#!/usr/bin/env python3
"""Makes what the measurements are made with: the same network in every form that a peer wants, with the
same random weights, and the pictures. Run by bench/run.py in the environment of the engines.

    export.py FOLDER VITRINES-MODELS
"""

import io
import json
import pathlib
import shutil
import sys

import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn

SEED = 1
# What a body weighs where nothing looks at it, in bytes.
NO_OP_BYTES = 100_000


def say(*words):
    print("export:", *words, file=sys.stderr, flush=True)


def vgg():
    """VGG-16 with random weights that keep the scale of what passes through, as trained ones do."""
    torch.manual_seed(SEED)
    return torchvision.models.vgg16(weights=None).eval()


class Flags(nn.Module):
    """The network of models/flags, as its card describes it."""

    def __init__(self, labels):
        super().__init__()
        layers, channels = [], 3
        for stage in [[24], [48, 48], [96, 96], [160, 160]]:
            for width in stage:
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
                channels = width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        hidden = 256
        self.classifier = nn.Sequential(
            nn.Linear(channels * 4 * 4, hidden), nn.ReLU(), nn.Dropout(), nn.Linear(hidden, labels)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def script(network, side, path):
    """TorchScript, for peers that run libtorch."""
    with torch.inference_mode():
        traced = torch.jit.trace(network, torch.zeros(2, 3, side, side))
    torch.jit.freeze(traced).save(str(path))


def onnx(network, side, path):
    """ONNX with any number of pictures."""
    batch = {0: torch.export.Dim("batch", min=1, max=64)}
    torch.onnx.export(
        network,
        (torch.zeros(2, 3, side, side),),
        str(path),
        input_names=["pictures"],
        output_names=["logits"],
        dynamic_shapes=(batch,),
        verbose=False,
    )


def keras(network, path):
    """Keras' own VGG-16 with the same weights."""
    import os

    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    weights = network.state_dict()
    model = keras.applications.VGG16(weights=None)
    layers = [layer for layer in model.layers if layer.weights]
    for layer, key in zip(layers, [key[:-7] for key in weights if key.endswith(".weight")], strict=True):
        kernel, bias = weights[key + ".weight"], weights[key + ".bias"].numpy()
        if kernel.dim() == 4:
            kernel = kernel.permute(2, 3, 1, 0)
        elif kernel.shape[1] == 25088:
            # Keras flattens channels last.
            kernel = kernel.reshape(4096, 512, 7, 7).permute(2, 3, 1, 0).reshape(25088, 4096)
        else:
            kernel = kernel.T
        layer.set_weights([kernel.contiguous().numpy(), bias])
    model.save(path)


def vitrine(network, models, folder):
    """A folder of models: `vgg` with these weights, and `flags` as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(models / "flags", folder / "flags", dirs_exist_ok=True)
    shutil.copytree(models / "vgg", folder / "vgg", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.safetensors"))
    card = (models / "vgg" / "model.toml").read_text().splitlines()
    # Neither the address nor the hash of the real weights, and nobody who stands in.
    wrong = ("url =", "sha256 =", "fallback =")
    (folder / "vgg" / "model.toml").write_text("\n".join(line for line in card if not line.startswith(wrong)) + "\n")
    state = {key: value.contiguous() for key, value in network.state_dict().items()}
    save_file(state, folder / "vgg" / "model.safetensors")


def no_op(path):
    """A JPEG of 8 x 8 pixels that is as large as a photograph by its comments: all that a server does
    around the picture is done for it, and decoding costs next to nothing."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 60)).save(picture, "jpeg")
    head, rest = picture.getvalue()[:2], picture.getvalue()[2:]
    missing, comments = NO_OP_BYTES - len(head) - len(rest), b""
    while missing > 4:
        length = min(missing - 2, 65_535)
        comments += b"\xff\xfe" + length.to_bytes(2, "big") + b"x" * (length - 2)
        missing -= length + 2
    path.write_bytes(head + comments + rest)


def main():
    folder, models = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    done = folder / "done.json"
    key = {"seed": SEED, "torch": torch.__version__, "form": 2}
    if done.exists() and json.loads(done.read_text()) == key:
        return
    folder.mkdir(parents=True, exist_ok=True)
    no_op(folder / "no-op.jpg")
    for name in ["vgg", "flags"]:
        for picture in (models / name / "examples").glob("*.jpg"):
            shutil.copy(picture, folder / f"{name}-{picture.name}")
    say("VGG-16 with random weights, for vitrine")
    network = vgg()
    vitrine(network, models, folder / "models")
    say("for TorchScript")
    script(network, 224, folder / "vgg.pt")
    say("for Keras")
    keras(network, folder / "vgg.keras")
    say("for ONNX")
    onnx(network, 224, folder / "vgg.onnx")
    say("the network of flags")
    flags = Flags(len((models / "flags" / "labels.txt").read_text().splitlines()))
    missing, unexpected = flags.load_state_dict(load_file(models / "flags" / "model.safetensors"), strict=False)
    # Counters of the training, which the file leaves out.
    assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
    script(flags.eval(), 64, folder / "flags.pt")
    onnx(flags, 64, folder / "flags.onnx")
    done.write_text(json.dumps(key))


main()
