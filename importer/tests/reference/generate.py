"""Writes small files of every layout, and what their own libraries answer for a picture.

Run in a folder with Keras 3.15 (KERAS_BACKEND=torch), h5py 3, torch 2.13, torchvision 0.28,
timm 1.0 and safetensors, only when something about the layouts changes:

    KERAS_BACKEND=torch python importer/tests/reference/generate.py
"""

import json
import os
import pathlib
import pickle
import zipfile

os.environ.setdefault("KERAS_BACKEND", "torch")

import h5py
import keras
import numpy as np
import timm.models.vgg
import torch
import torchvision
from keras import layers
from keras.src.legacy.saving import legacy_h5_format
from PIL import Image
from safetensors.torch import save_file
from torchvision.transforms import functional as F

FILES = pathlib.Path(__file__).parent.parent / "files"
CLASSES, SIZE, STAGES, HIDDEN = 7, 8, [[5], [6, 6]], [8]
golden = {}


def picture():
    """Smooth and with edges, so that every way of resampling gives something else."""
    y, x = np.mgrid[0:45, 0:60]
    waves = [np.sin(x / 7 + y / 11), np.cos(x / 5 - y / 9), np.sin(x * y / 150)]
    pixels = np.stack([127 + 120 * wave for wave in waves], -1).astype(np.uint8)
    pixels[10:20, 20:44] = [230, 40, 90]
    Image.fromarray(pixels).save(FILES / "picture.png", optimize=True)


def keras_input(size=SIZE):
    image = keras.utils.load_img(FILES / "picture.png", target_size=(size, size))
    return keras.applications.vgg16.preprocess_input(keras.utils.img_to_array(image)[None])


def buddy_input():
    """keras-vgg-buddy: bicubic, blue first, minus Caffe's means."""
    image = Image.open(FILES / "picture.png").resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return (np.asarray(image, np.float32)[..., ::-1] - np.float32([103.939, 116.779, 123.68]))[None]


def torch_input(size=SIZE):
    image = Image.open(FILES / "picture.png").convert("RGB")
    image = F.center_crop(F.resize(image, size * 256 // 224), size)
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    return F.normalize(F.to_tensor(image), mean, std)[None]


def logits(model, prepared):
    """What comes before the softmax at the end."""
    *_, before, last = model.layers
    inner = keras.Model(model.inputs, last.input)
    kernel, bias = (np.asarray(w) for w in last.get_weights())
    return np.asarray(keras.ops.convert_to_numpy(inner(prepared))) @ kernel + bias


def note(name, values, **options):
    golden[name] = {"logits": np.asarray(values, np.float64).reshape(-1).tolist(), **options}


def vgg_keras(names):
    """A chain of Keras; the names are VGG-16's or those that Keras gives by itself."""
    keras.utils.set_random_seed(1)
    keras.backend.clear_session()
    name = (lambda text: text) if names else (lambda text: None)
    x = inputs = keras.Input((SIZE, SIZE, 3))
    for block, widths in enumerate(STAGES, 1):
        for n, width in enumerate(widths, 1):
            x = layers.Conv2D(
                width, 3, padding="same", activation="relu", bias_initializer="random_normal",
                name=name(f"block{block}_conv{n}"),
            )(x)
        x = layers.MaxPooling2D(2, name=name(f"block{block}_pool"))(x)
    x = layers.Flatten(name=name("flatten"))(x)
    for n, width in enumerate(HIDDEN, 1):
        x = layers.Dense(width, activation="relu", name=name(f"fc{n}"))(x)
    x = layers.Dense(CLASSES, activation="softmax", name=name("predictions"))(x)
    return keras.Model(inputs, x)


def keras_files():
    model = vgg_keras(True)
    answer = logits(model, keras_input())
    model.save_weights(FILES / "keras3.weights.h5")
    note("keras3.weights.h5", answer)
    # As `model.save` does it, but in the compact form of HDF5.
    with h5py.File(FILES / "keras3_whole.h5", "w", libver="latest") as file:
        legacy_h5_format.save_model_to_hdf5(model, file)
    note("keras3_whole.h5", answer)

    other = vgg_keras(False)
    chain = keras.Sequential(other.layers)
    chain.save(FILES / "sequential.keras")
    note("sequential.keras", logits(other, keras_input()))
    numbered(weighted(other), FILES / "numbered.weights.h5")
    note("numbered.weights.h5", logits(other, keras_input()), architecture="vgg:5/6,6")
    return model


def numbered(weighted, path):
    """What `save_weights` of Keras 3 writes for a chain, but for the names of the layers."""
    with h5py.File(path, "w", libver="latest") as file:
        for kind, rank in (("conv2d", 4), ("dense", 2)):
            arrays = [arrays for _, *arrays in weighted if arrays[0].ndim == rank]
            for number, pair in enumerate(arrays):
                group = file.create_group(f"layers/{kind}{f'_{number}' if number else ''}/vars")
                for i, array in enumerate(pair):
                    group[str(i)] = array


def weighted(model):
    return [(l.name, *(np.asarray(w) for w in l.get_weights())) for l in model.layers if l.weights]


def keras1(model, path, dtype="f4", turn=False, first=False, backend=None, kernel="{0}_W_1:0",
           bias="{0}_b_1:0", **options):
    """The layout that Keras 1 and 2 share, with the names and orders of each."""
    libver, variable = options.pop("libver", "latest"), options.pop("variable", False)
    strings = h5py.string_dtype() if variable else None

    def text(names):
        return np.array(names, object) if variable else np.array([name.encode() for name in names])

    with h5py.File(path, "w", libver=libver) as file:
        names = [layer.name for layer in model.layers if not isinstance(layer, layers.InputLayer)]
        file.attrs.create("layer_names", text(names), dtype=strings)
        if backend:
            file.attrs["backend"] = backend.encode()
            file.attrs["keras_version"] = b"2.1.6"
        arrays = {name: arrays for name, *arrays in weighted(model)}
        flattened = True
        for name in names:
            group = file.create_group(name)
            weights = []
            if name in arrays:
                matrix, term = arrays[name]
                if matrix.ndim == 4 and turn:
                    matrix = matrix[::-1, ::-1]
                if matrix.ndim == 4 and first:
                    matrix = matrix.transpose(3, 2, 0, 1)
                if matrix.ndim == 2 and flattened and first:
                    side, channels = SIZE >> len(STAGES), STAGES[-1][-1]
                    matrix = matrix.reshape(side, side, channels, -1).transpose(2, 0, 1, 3)
                    matrix = matrix.reshape(-1, matrix.shape[-1])
                flattened &= matrix.ndim == 4
                for key, value in ((kernel, matrix), (bias, term)):
                    weights.append(key.format(name))
                    chunks = options if value.ndim > 1 else {}
                    group.create_dataset(weights[-1], data=value.astype(dtype), **chunks)
            listed = text(weights) if weights else np.zeros(0)
            group.attrs.create("weight_names", listed, dtype=strings if weights else None)


def hdf5_files(model):
    answer = logits(model, keras_input())
    keras1(model, FILES / "official.h5", libver="earliest")
    note("official.h5", answer)
    two = {"kernel": "{0}/kernel:0", "bias": "{0}/bias:0"}
    keras1(model, FILES / "compressed.h5", backend="tensorflow", variable=True,
           compression="gzip", shuffle=True, **two)
    note("compressed.h5", answer)
    keras1(model, FILES / "double_big_endian.h5", dtype=">f8", **two)
    note("double_big_endian.h5", answer)
    keras1(model, FILES / "theano.h5", first=True, turn=True, backend="theano", **two)
    note("theano.h5", answer)
    keras1(model, FILES / "th_dim_ordering.h5", first=True, turn=True)
    note("th_dim_ordering.h5", answer, kernels="convolution")

    halved = vgg_keras(True)
    halved.set_weights([np.asarray(w).astype("f2").astype("f4") for w in model.get_weights()])
    keras1(halved, FILES / "half.h5", dtype="f2", **two)
    note("half.h5", logits(halved, keras_input()))

    legacy(model, FILES / "legacy_correlation.h5", turn=False)
    legacy(model, FILES / "legacy_convolution.h5", turn=True)
    answer = logits(model, buddy_input())
    note("legacy_correlation.h5", answer, kernels="correlation")
    note("legacy_convolution.h5", answer, kernels="convolution")

    # The numbers by which Caffe's first layer is known.
    planted = vgg_keras(True)
    weights = [np.array(w) for w in model.get_weights()]
    weights[0][0, 0, :, 0] = [0.42947057, 0.55037946, 0.4800154]
    weights[1][:5] = [0.73429835, 0.093403675, 0.06775674, 0.8862966, 0.25994542]
    planted.set_weights(weights)
    legacy(planted, FILES / "legacy_caffe.h5", turn=True)
    note("legacy_caffe.h5", logits(planted, buddy_input()))


def legacy(model, path, turn):
    """keras-vgg-buddy's file: every layer has a group, also paddings, pools and dropouts."""
    with h5py.File(path, "w", libver="latest") as file:
        number = 0

        def add(*arrays):
            nonlocal number
            group = file.create_group(f"layer_{number}")
            group.attrs["nb_params"] = len(arrays)
            for i, array in enumerate(arrays):
                group.create_dataset(f"param_{i}", data=array)
            number += 1

        side, channels = SIZE >> len(STAGES), STAGES[-1][-1]
        arrays = iter(weighted(model))
        for widths in STAGES:
            for _ in widths:
                _, kernel, bias = next(arrays)
                add()
                kernel = kernel.transpose(3, 2, 0, 1)
                add(kernel[:, :, ::-1, ::-1] if turn else kernel, bias)
            add()
        add()
        for i, (_, matrix, bias) in enumerate(arrays):
            if i == 0:
                matrix = matrix.reshape(side, side, channels, -1).transpose(2, 0, 1, 3)
                matrix = matrix.reshape(side * side * channels, -1)
            if i > 0:
                add()
            add(matrix, bias)
        file.attrs["nb_layers"] = number


def vgg_torch(batch_norm=False):
    torch.manual_seed(2)
    plan = [cell for widths in STAGES for cell in [*widths, "M"]]
    model = torchvision.models.VGG(torchvision.models.vgg.make_layers(plan, batch_norm))
    side = SIZE >> len(STAGES)
    model.avgpool = torch.nn.AdaptiveAvgPool2d(side)
    model.classifier = torch.nn.Sequential(
        torch.nn.Linear(STAGES[-1][-1] * side * side, HIDDEN[0]), torch.nn.ReLU(True),
        torch.nn.Dropout(), torch.nn.Linear(HIDDEN[0], CLASSES),
    )
    for parameter in model.parameters():
        parameter.data.add_(torch.randn_like(parameter) * 0.05)
    if batch_norm:
        model.train()
        for _ in range(20):
            model(torch.randn(8, 3, SIZE, SIZE) * 2 + 0.3)
    return model.eval()


@torch.inference_mode()
def torch_files():
    model = vgg_torch()
    answer = model(torch_input())
    size = {"size": SIZE}
    torch.save(model.state_dict(), FILES / "state.pth")
    note("state.pth", answer, **size)
    save_file(model.state_dict(), FILES / "torchvision.safetensors")
    note("torchvision.safetensors", answer, **size)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, 2), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(), torch.nn.Linear(4, CLASSES),
    ).eval()
    torch.jit.trace(network, torch_input()).save(FILES / "module.pt")
    note("module.pt", network(torch_input()), **size)

    # A checkpoint: nested, of a wrapped model, in half precision, channels last.
    model = vgg_torch().to(memory_format=torch.channels_last).half()
    state = {"module." + key: value for key, value in model.state_dict().items()}
    torch.save({"epoch": 3, "lr": 0.1, "state_dict": state, "best": 10**20}, FILES / "checkpoint.pth")
    note("checkpoint.pth", model.float()(torch_input()), **size)

    model = vgg_torch(batch_norm=True)
    torch.save(model.state_dict(), FILES / "batch_norm.pth")
    note("batch_norm.pth", model(torch_input()), **size)
    model.bfloat16()
    save_file(model.state_dict(), FILES / "bfloat16.safetensors")
    note("bfloat16.safetensors", model.float()(torch_input()), **size)

    torch.manual_seed(3)
    plan = [5, "M", 6, "M"]
    model = timm.models.vgg.VGG(plan, num_classes=CLASSES)
    # timm's hidden layers always have 4096 units, which is too much for a file here.
    model.pre_logits = timm.models.vgg.ConvMlp(6, 4, drop_rate=0.5)
    model.head.fc = torch.nn.Linear(4, CLASSES)
    model.eval()
    save_file(model.state_dict(), FILES / "timm.safetensors")
    note("timm.safetensors", model(torch_input(28)), size=28)

    # What must be refused.
    torch.save(torch.nn.Linear(2, 3), FILES / "whole_model.pth")
    torch.save(torch.nn.Linear(2, 3).state_dict(), FILES / "old.pth", _use_new_zipfile_serialization=False)


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/vitrine-import-ran-this",)


def malicious():
    with zipfile.ZipFile(FILES / "malicious.pth", "w") as archive:
        state = {"features.0.weight": Evil()}
        archive.writestr("archive/data.pkl", pickle.dumps(state, protocol=2))
        archive.writestr("archive/byteorder", "little")
        archive.writestr("archive/version", "3\n")


def linked():
    """Weights that lie in another file, which must not be opened."""
    with h5py.File(FILES / "linked.h5", "w") as file:
        file.attrs.create("layer_names", np.array([b"block1_conv1"]))
        group = file.create_group("block1_conv1")
        group.attrs.create("weight_names", np.array([b"kernel:0", b"bias:0"]))
        group["kernel:0"] = h5py.ExternalLink("official.h5", "/block1_conv1/block1_conv1_W_1:0")
        group["bias:0"] = np.zeros(5, "f4")
    with h5py.File(FILES / "bomb.h5", "w") as file:
        file.attrs.create("layer_names", np.array([b"fc1"]))
        group = file.create_group("fc1")
        group.attrs.create("weight_names", np.array([b"kernel:0", b"bias:0"]))
        group.create_dataset("kernel:0", (1 << 20, 1 << 14), "f4", chunks=(1024, 1024), compression="gzip")
        group.create_dataset("bias:0", (1 << 14,), "f4", chunks=(1 << 14,))


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    picture()
    hdf5_files(keras_files())
    torch_files()
    malicious()
    linked()
    (FILES / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    (FILES / "labels.txt").write_text("".join(f"class {i}\n" for i in range(CLASSES)))
