#!/usr/bin/env python3
"""Writes *.json: logits and Grad-CAM of torchvision's networks for generated parameters and pictures.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 torchvision==0.28.0 numpy
    venv/bin/python vision/tests/reference/generate.py

The Rust tests generate the same parameters (support/parameters.rs), so no weights are stored.
"""

import json
import pathlib

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models import resnet18, resnet34, resnet50
from torchvision.models.vgg import VGG, make_layers, vgg16

HERE = pathlib.Path(__file__).parent


def fnv1a(text):
    """FNV-1a in 64 bits: the seed of a tensor is the hash of its key."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def uniform(name, n):
    """n numbers of SplitMix64 in -1..1, with 24 bits each, which float32 holds exactly."""
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a(name)) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = (z ^ (z >> np.uint64(31))) >> np.uint64(40)
    return z.astype(np.float32) * np.float32(2.0**-23) - np.float32(1)


def parameter(key, shape):
    values = uniform(key, int(np.prod(shape)))
    if len(shape) > 1:
        # He initialisation keeps the logits of sensible size, whatever the depth.
        values *= np.float32(np.sqrt(6.0 / np.prod(shape[1:])))
    elif key.endswith("weight") or key.endswith("running_var"):
        values = np.float32(1) + values * np.float32(0.5)
    else:
        values *= np.float32(0.125)
    return torch.from_numpy(values.reshape(shape))


def fill(network):
    state = network.state_dict()
    for key, tensor in state.items():
        if not key.endswith("num_batches_tracked"):
            tensor.copy_(parameter(key, tuple(tensor.shape)))
    return network.eval()


def picture(index, size):
    pixels = uniform(f"input.{index}", size * size * 3) * np.float32(2)
    return torch.from_numpy(pixels.reshape(size, size, 3)).permute(2, 0, 1)


def small():
    network = VGG(make_layers([8, "M", 16, "M", 32, 32, "M", 32, 32, "M", 64, 64, "M"], batch_norm=True), init_weights=False)
    network.avgpool = nn.AdaptiveAvgPool2d((2, 2))
    network.classifier = nn.Sequential(
        nn.Linear(64 * 2 * 2, 24), nn.ReLU(True), nn.Dropout(), nn.Linear(24, 20), nn.ReLU(True), nn.Dropout(), nn.Linear(20, 10)
    )
    return network


def grad_cam(trunk, head, pixels, label):
    """Grad-CAM (Selvaraju et al. 2017), scaled so that the largest weight is 1."""
    with torch.no_grad():
        activation = trunk(pixels)
    activation = activation.detach().requires_grad_(True)
    head(activation)[0, label].backward()
    weights = activation.grad.mean(dim=(2, 3), keepdim=True)
    cam = torch.relu((weights * activation.detach()).sum(dim=(0, 1)))
    return {"class": label, "width": cam.shape[1], "height": cam.shape[0], "weights": (cam / cam.max()).flatten().tolist()}


def parts(network, size):
    """A network up to the last map that is at least 7 cells wide, and the rest of it."""
    if isinstance(network, VGG):
        pools = [i for i, layer in enumerate(network.features) if isinstance(layer, nn.MaxPool2d)]
        pool = [pool for stage, pool in enumerate(pools) if size >> stage >= 7][-1]
        trunk = network.features[:pool]
        head = nn.Sequential(network.features[pool:], network.avgpool, nn.Flatten(), network.classifier)
    else:
        layers = [network.layer1, network.layer2, network.layer3, network.layer4]
        n = len([stage for stage in range(4) if size // 4 >> stage >= 7])
        trunk = nn.Sequential(network.conv1, network.bn1, network.relu, network.maxpool, *layers[:n])
        head = nn.Sequential(*layers[n:], network.avgpool, nn.Flatten(), network.fc)
    return trunk, head


def write(name, network, size, pictures, explained=()):
    batch = torch.stack([picture(index, size) for index in range(pictures)])
    with torch.no_grad():
        logits = network(batch)
    content = {"torchvision": torchvision.__version__, "logits": logits.tolist()}
    if explained:
        trunk, head = parts(network, size)
        content["grad_cam"] = [grad_cam(trunk, head, batch[:1], label) for label in explained]
    (HERE / f"{name}.json").write_text(json.dumps(content) + "\n")
    print(name, logits.std(), logits.abs().max(), torch.get_num_threads())


write("small", fill(small()), 64, 2, [0, 7])
for make in [resnet18, resnet34, resnet50]:
    write(make.__name__, fill(make(num_classes=10)), 64, 2, [0, 7])
with torch.device("cpu"):
    network = vgg16(init_weights=False)
write("vgg16", fill(network), 224, 1)
