#!/usr/bin/env python3
"""Writes *.pt: small TorchScript modules, good and bad, and expected.json, what the good ones say.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 numpy
    venv/bin/python vision/tests/scripts/generate.py
"""

import json
import pathlib
from typing import Dict, Tuple

import torch
from torch import Tensor, nn

HERE = pathlib.Path(__file__).parent
SIZE, CLASSES = 16, 5
torch.manual_seed(7)


class Network(nn.Module):
    """Has a `view` that needs rows in order, and a dropout that must be off."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3, stride=4)
        self.dense = nn.Linear(4 * 4 * 4, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.convolution(x))
        x = nn.functional.dropout(x.view(x.size(0), -1), 0.5, self.training)
        return self.dense(x)


class Probabilities(Network):
    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.convolution(x)).flatten(1)
        return self.dense(x).softmax(1)


class FixedBatch(Network):
    def forward(self, x: Tensor) -> Tensor:
        return self.dense(torch.relu(self.convolution(x)).view(1, -1))


class Mixing(Network):
    """The rows of a batch depend on each other; alone, each is a row of zeros and its logits."""

    def forward(self, x: Tensor) -> Tensor:
        logits = self.dense(torch.relu(self.convolution(x)).flatten(1))
        return logits - logits.mean(0, keepdim=True) * (x.size(0) - 1)


class Pair(Network):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        x = torch.relu(self.convolution(x)).flatten(1)
        return self.dense(x), x


class Named(Network):
    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        x = torch.relu(self.convolution(x)).flatten(1)
        return {"out": self.dense(x)}


class Map(Network):
    def forward(self, x: Tensor) -> Tensor:
        return self.convolution(x)


class Indices(Network):
    def forward(self, x: Tensor) -> Tensor:
        return self.dense(torch.relu(self.convolution(x)).flatten(1)).argsort(1)


class Broken(Network):
    """Not a number for a black picture, because of 0 / 0."""

    def forward(self, x: Tensor) -> Tensor:
        x = x / x.abs().sum()
        return self.dense(torch.relu(self.convolution(x)).flatten(1))


good = Network()
modules = {
    "good": good,
    "probabilities": Probabilities(),
    "fixed-batch": FixedBatch(),
    "mixing": Mixing(),
    "tuple": Pair(),
    "dict": Named(),
    "map": Map(),
    "indices": Indices(),
    "broken": Broken(),
}
picture = torch.linspace(-2, 2, SIZE * SIZE * 3).reshape(SIZE, SIZE, 3).permute(2, 0, 1)[None].contiguous()
expected = {}
for name, module in modules.items():
    module.load_state_dict(good.state_dict())
    # Saved in training mode: the reader must see to it that nothing is dropped.
    torch.jit.script(module.train()).save(str(HERE / f"{name}.pt"))
    if name in ["good", "probabilities", "fixed-batch", "mixing"]:
        with torch.no_grad():
            expected[name] = module.eval()(picture)[0].tolist()
with torch.no_grad():
    torch.jit.trace(good.eval(), picture).save(str(HERE / "traced.pt"))
torch.save(good.state_dict(), HERE / "state-dict.pt")
(HERE / "expected.json").write_text(json.dumps(expected) + "\n")
