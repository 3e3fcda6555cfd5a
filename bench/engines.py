#!/usr/bin/env python3
"""How long VGG-16 takes without any server, by one engine. Run by bench/run.py.

    engines.py ENGINE FOLDER --threads 2 --batches 1,4,8 --seconds 3

Prints one JSON object: median milliseconds of a batch by its size.
"""

import argparse
import json
import os
import statistics
import time


def torch_engine(folder, threads, memory_format=None, dtype=None):
    import torch
    import torchvision
    from safetensors.torch import load_file

    torch.set_num_threads(threads)
    network = torchvision.models.vgg16(weights=None).eval()
    network.load_state_dict(load_file(os.path.join(folder, "models", "vgg", "model.safetensors")))
    form = {"memory_format": memory_format or torch.contiguous_format, "dtype": dtype or torch.float32}
    network = network.to(**form)

    def ready(batch):
        # As it comes from a decoder, which is part of what is measured, as it is for the others.
        pictures = torch.randn(batch, 3, 224, 224)

        def run():
            with torch.inference_mode():
                return network(pictures.to(**form)).float().numpy()

        return run

    return ready


def torch_contiguous(folder, threads):
    return torch_engine(folder, threads)


def torch_channels_last(folder, threads):
    import torch

    return torch_engine(folder, threads, torch.channels_last)


def torch_bf16(folder, threads):
    import torch

    return torch_engine(folder, threads, torch.channels_last, torch.bfloat16)


def onnxruntime(folder, threads):
    import numpy
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = ort.InferenceSession(os.path.join(folder, "vgg.onnx"), options, providers=["CPUExecutionProvider"])

    def ready(batch):
        pictures = numpy.random.default_rng(1).standard_normal((batch, 3, 224, 224), dtype="float32")
        return lambda: session.run(None, {"pictures": pictures})

    return ready


def openvino(folder, threads, precision="f32"):
    import numpy
    import openvino as ov

    core = ov.Core()
    told = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision}

    def ready(batch):
        model = core.read_model(os.path.join(folder, "vgg.onnx"))
        # OpenVINO is at its best when it knows the shape.
        model.reshape([batch, 3, 224, 224])
        compiled = core.compile_model(model, "CPU", told)
        pictures = numpy.random.default_rng(1).standard_normal((batch, 3, 224, 224), dtype="float32")
        return lambda: compiled(pictures)

    return ready


def openvino_bf16(folder, threads):
    return openvino(folder, threads, "bf16")


ENGINES = {
    "torch": torch_contiguous,
    "torch-channels-last": torch_channels_last,
    "torch-bf16": torch_bf16,
    "onnxruntime": onnxruntime,
    "openvino": openvino,
    "openvino-bf16": openvino_bf16,
}


def measure(run, seconds):
    for _ in range(2):
        run()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--batches", default="1,4,8")
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    ready = ENGINES[options.engine](options.folder, options.threads)
    batches = [int(batch) for batch in options.batches.split(",")]
    print(json.dumps({str(batch): measure(ready(batch), options.seconds) for batch in batches}))


if __name__ == "__main__":
    main()
