"""The network behind a peer, the same for all: encoded pictures in, numbers of the best classes out.

What to load comes by the environment: BENCH_NETWORK is `no-op`, `vgg` or `flags`, BENCH_FOLDER has
the TorchScript modules of bench/export.py, BENCH_THREADS is how many threads may compute.
"""

import io
import os

NAME = os.environ.get("BENCH_NETWORK", "no-op")
FOLDER = os.environ.get("BENCH_FOLDER", ".")
THREADS = int(os.environ.get("BENCH_THREADS", "1"))
# The same for everybody who collects batches; the wait is where a peer wants one.
MAX_BATCH = 8
MAX_WAIT_MS = 1


def load():
    """A function that takes a list of encoded pictures and gives a list of classes."""
    if NAME == "no-op":
        return lambda bodies: [0] * len(bodies)
    import torch

    torch.set_num_threads(THREADS)
    network = torch.jit.load(os.path.join(FOLDER, NAME + ".pt")).eval()
    network = network.to(memory_format=torch.channels_last)

    def classify(bodies):
        # Without what TorchScript would compile anew for every size of a batch, which takes longer
        # than all it saves here.
        with torch.inference_mode(), torch.jit.optimized_execution(False):
            batch = torch.stack([prepare(body) for body in bodies])
            return network(batch.to(memory_format=torch.channels_last)).argmax(1).tolist()

    # As vitrine does before it says that it is ready.
    picture = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (64, 64)).save(picture, "png")
    classify([picture.getvalue()])
    return classify


def prepare(body):
    """An encoded picture as the tensor `CHW` that the network was trained on."""
    import torch
    from PIL import Image

    picture = Image.open(io.BytesIO(body)).convert("RGB")
    if NAME == "flags":
        picture = picture.resize((64, 64), Image.Resampling.BILINEAR)
        mean, std = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
    else:
        width, height = picture.size
        scale = 256 / min(width, height)
        picture = picture.resize((int(width * scale), int(height * scale)), Image.Resampling.BILINEAR)
        left, top = round((picture.width - 224) / 2), round((picture.height - 224) / 2)
        picture = picture.crop((left, top, left + 224, top + 224))
        mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    import numpy

    samples = torch.from_numpy(numpy.array(picture)).permute(2, 0, 1).float() / 255
    return (samples - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
