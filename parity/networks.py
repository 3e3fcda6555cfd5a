"""Networks with random weights, as the libraries build and export them."""

import math
from dataclasses import dataclass
from typing import Callable

import timm
import torch
import torchvision
from PIL import Image
from timm.data import create_transform, resolve_model_data_config
from torch import nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ImageClassification

IMAGENET = "mean = [0.485, 0.456, 0.406]\nstd = [0.229, 0.224, 0.225]"


@dataclass
class Compared:
    """A network and what a card says of it."""

    name: str
    network: nn.Module
    # From a picture to the tensor (3, 224, 224), by the library.
    prepare: Callable[[Image.Image], torch.Tensor]
    architecture: str
    input: str

    @property
    def is_script(self):
        return "torchscript" in self.architecture


def architecture(name):
    kind, norm = name.removesuffix("_bn"), name.endswith("_bn")
    return f'kind = "{kind}"' + ("\nbatch_norm = true" if norm else "")


def from_torchvision(name, script=False):
    prepare = ImageClassification(crop_size=224, resize_size=256, interpolation=InterpolationMode.BILINEAR)
    network = torchvision.models.get_model(name, weights=None)
    kind = 'kind = "torchscript"' if script else architecture(name)
    library = "torchvision, TorchScript" if script else "torchvision"
    return Compared(f"{name} ({library})", network, prepare, kind, 'preset = "torchvision"')


def from_timm(name):
    network = timm.create_model(name, pretrained=False)
    config = resolve_model_data_config(network)
    assert config["input_size"] == (3, 224, 224) and config["crop_mode"] == "center", config
    side = math.floor(224 / config["crop_pct"])
    card = (
        f'resize = "short-side"\nshort_side = {side}\ninterpolation = "{config["interpolation"]}"\n'
        f'channels = "rgb"\nscale = "unit"\nmean = {list(config["mean"])}\nstd = {list(config["std"])}'
    )
    return Compared(f"{name} (timm)", network, create_transform(**config), architecture(name), card)


def networks(small):
    """One network after the other; those of Keras join here, by `from_keras`, with the importer."""
    if small:
        yield from_torchvision("resnet18")
        yield from_timm("vgg11_bn")
        yield from_torchvision("mobilenet_v3_small", script=True)
        return
    for name in ["vgg16", "vgg11_bn", "vgg19", "resnet18", "resnet34", "resnet50"]:
        yield from_torchvision(name)
        yield from_timm(name)
    for name in ["mobilenet_v3_small", "mobilenet_v3_large"]:
        yield from_torchvision(name, script=True)


@torch.no_grad()
def randomise(network, batch):
    """Makes a network that was just built say something, and something else of each picture.

    The statistics of batch normalisations are measured and then moved, so that they are far from
    0 and 1. The last layer is scaled and centred over the pictures: a random deep network says nearly
    the same of everything, and softmax makes 0 and 1 of logits in the hundreds. What the pictures have
    in common is taken away by that, but not its rounding, so logits differ by more than those of a
    trained network would, a hundred times more in a ResNet-50.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.weight.uniform_(0.7, 1.3)
        norm.bias.normal_(0, 0.1)
        norm.momentum = None
        norm.reset_running_stats()
    if norms:
        network.train()
        network(batch)
    network.eval()
    for norm in norms:
        norm.running_mean += norm.running_var.sqrt() * torch.randn_like(norm.running_mean) * 0.1
        norm.running_var *= torch.empty_like(norm.running_var).uniform_(0.7, 1.4)
    last = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    last.bias.zero_()
    logits = network(batch)
    scale = 3 / (logits - logits.mean(0)).std()
    last.weight *= scale
    last.bias.copy_(-logits.mean(0) * scale)
