"""Makes `module.pt`, with PyTorch 2.13: `python3 module.py`.

libtorch has operators of oneDNN that add, and cut at zero, before their result leaves the cache. They are
reached by a module that calls them. What takes many small steps around such an operator is here, too, so that it
is one call.
"""

import io
import zipfile
from typing import List, Optional

import torch

fused = torch.ops.mkldnn


class Fused(torch.nn.Module):
    @torch.jit.export
    def convolution(
        self,
        xs: torch.Tensor,
        weight: torch.Tensor,
        bias: Optional[torch.Tensor],
        padding: List[int],
        stride: List[int],
        activation: str,
    ) -> torch.Tensor:
        return fused._convolution_pointwise(
            xs, weight, bias, padding, stride, [1, 1], 1, activation, [], ""
        )

    @torch.jit.export
    def convolution_and_sum(
        self,
        xs: torch.Tensor,
        weight: torch.Tensor,
        bias: Optional[torch.Tensor],
        padding: List[int],
        stride: List[int],
        other: torch.Tensor,
    ) -> torch.Tensor:
        return fused._convolution_pointwise(
            xs, other, weight, bias, padding, stride, [1, 1], 1, "add", 1.0, "relu", [], ""
        )

    @torch.jit.export
    def dense(
        self, xs: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, activation: str
    ) -> torch.Tensor:
        return fused._linear_pointwise(xs, weight, bias, activation, [], "")

    @torch.jit.export
    def winograd(
        self, xs: torch.Tensor, kernel: torch.Tensor, bias: torch.Tensor, band: int
    ) -> torch.Tensor:
        """A convolution of 3 x 3, padded by 1, as F(2 x 2, 3 x 3) of Lavin and Gray, "Fast Algorithms for
        Convolutional Neural Networks" (2015), for so many rows of tiles at a time, by which all can be divided. See
        winograd.rs."""
        pictures, channels, height, width = xs.shape
        outputs = bias.shape[0] // 16
        down, across = height // 2, width // 2
        ys = torch.empty([pictures, down, 2, across, 2, outputs], dtype=xs.dtype)
        # In one piece, and rows and columns are never needed at once.
        half = 8 * band * across * max(channels, outputs)
        scratch = torch.empty([3 * half], dtype=xs.dtype)
        inputs, sums = band * across * channels, band * across * outputs
        rows = scratch[: 8 * inputs].view([band, across, 2, 4, channels])
        columns = scratch[: 8 * sums].view([band, across, 2, 4, outputs])
        tiles = scratch[half : half + 16 * inputs].view([band, across, 4, 4, channels])
        for index in range(pictures):
            x = xs[index].permute(1, 2, 0).reshape([down, 2, width, channels])
            for start in range(0, down, band):
                self.spread(x, start, rows.view([band, width, 4, channels]))
                self.spread(rows.permute(1, 2, 0, 3, 4), 0, tiles.permute(1, 0, 2, 3, 4))
                # Each of the sixteen numbers of a tile has a kernel of its own.
                cells = tiles.view([1, band, across, 16 * channels]).permute(0, 3, 1, 2)
                made = fused._convolution_pointwise(
                    cells, kernel, bias, [0, 0], [1, 1], [1, 1], 16, "none", [], ""
                )
                made = made.permute(0, 2, 3, 1).view([band, across, 4, 4, outputs])
                self.gather(made, 2, columns, 2)
                self.gather(columns, 3, ys[index, start : start + band], 1)
        return ys.view([pictures, height, width, outputs]).permute(0, 3, 1, 2)

    def spread(self, x: torch.Tensor, start: int, out: torch.Tensor):
        """Four numbers of two lines and their neighbours, which the first and the last lack: of pairs of lines
        along the first two axes, from one of them on, along the first and the third."""
        end = start + out.shape[0]
        upper, lower = x[:, 0], x[:, 1]
        if start > 0:
            torch.sub(lower[start - 1 : end - 1], lower[start:end], out=out[:, :, 0])
        else:
            torch.neg(lower[0], out=out[0, :, 0])
            torch.sub(lower[: end - 1], lower[1:end], out=out[1:, :, 0])
        torch.add(upper[start:end], lower[start:end], out=out[:, :, 1])
        torch.sub(lower[start:end], upper[start:end], out=out[:, :, 2])
        if end < x.shape[0]:
            torch.sub(upper[start:end], upper[start + 1 : end + 1], out=out[:, :, 3])
        else:
            torch.sub(upper[start : end - 1], upper[start + 1 : end], out=out[:-1, :, 3])
            out[-1, :, 3].copy_(upper[-1])

    def gather(self, four: torch.Tensor, dim: int, two: torch.Tensor, to: int):
        """Two sums of four along one axis, into another tensor along one of its own."""
        first, second = two.select(to, 0), two.select(to, 1)
        inner = four.select(dim, 1), four.select(dim, 2)
        torch.add(inner[0], inner[1], out=first)
        first.add_(four.select(dim, 0))
        torch.sub(inner[0], inner[1], out=second)
        second.sub_(four.select(dim, 3))


buffer = io.BytesIO()
torch.jit.save(torch.jit.script(Fused()), buffer)
with zipfile.ZipFile(buffer) as made, zipfile.ZipFile("module.pt", "w") as kept:
    for record in made.infolist():
        # Where the lines of this script were when it ran is nobody's business.
        if not record.filename.endswith(".debug_pkl"):
            kept.writestr(zipfile.ZipInfo(record.filename), made.read(record))
