#!/usr/bin/env python3
"""What a picture of `flags` costs any server at least: decoding it with libjpeg-turbo, at full and at reduced
scale, and the network by the fastest engine in f32 and in bf16, each on one thread, in milliseconds of the
processor. For how long a lone client waits at least, with the network on all cores, by the clock. And what to
refuse one costs at least, of all cores with the generator on them: how much that leaves of the peak, if three
are refused for each that is answered.

    bench/floor.py

Needs what `make bench` has installed and made. Beside them stand what FastAPI and vitrine spend in all, of
bench/results.jsonl.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import generator
from prepare import prepare
from render import OURS
from servers import named, pictures
from settings import BENCH, DATA, STORE, Settings

BATCH = 8
SECONDS = 3
PYTHON = STORE / "engines" / "bin" / "python"


def median_ms(work, clock=time.process_time):
    for _ in range(3):
        work()
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = clock()
        work()
        times.append(1000 * (clock() - start))
    return statistics.median(times)


def decoding(reduced):
    """Of all the pictures in turn, by Pillow. At reduced scale their numbers are others."""
    import io

    from PIL import Image

    files = [path.read_bytes() for path in sorted(DATA.glob("flags*.jpg"))]

    def work():
        for file in files:
            with Image.open(io.BytesIO(file)) as picture:
                if reduced:
                    picture.draft("RGB", (128, 128))
                picture.load()

    return median_ms(work) / len(files)


def networks():
    import numpy
    import onnxruntime
    import openvino

    pictures = numpy.random.default_rng(1).standard_normal((BATCH, 3, 64, 64), dtype="float32")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(DATA / "flags.onnx"), options, providers=["CPUExecutionProvider"])

    def openvino_of(batch, threads, precision):
        model = openvino.Core().read_model(str(DATA / "flags.onnx"))
        model.reshape([batch, 3, 64, 64])
        told = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision}
        return openvino.Core().compile_model(model, "CPU", told)

    engines = {"f32": {"onnxruntime": median_ms(lambda: session.run(None, {"pictures": pictures})) / BATCH}, "bf16": {}}
    lone = {}
    for precision in OURS.values():
        together, one = openvino_of(BATCH, 1, precision), openvino_of(1, len(os.sched_getaffinity(0)), precision)
        engines[precision]["openvino"] = median_ms(lambda: together(pictures)) / BATCH
        lone[precision] = median_ms(lambda: one(pictures[:1]), time.perf_counter)
    return engines, lone


def refusing():
    """Milliseconds of all cores, by axum without anything of ours, the generator's part of it included."""
    settings = Settings()
    server = named("bare axum", settings)
    with server.start("no-op", settings) as process:
        process.url += "refused"
        report = generator.drive(process, server, pictures("flags"), settings, SECONDS, clients=64)
    return 1000 / report["rate"]


def measured(server, clients, figure):
    """Median of a figure of the generator's report for `flags`, as it was measured last."""
    path = BENCH / "results.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    told = {"what": "http", "server": server, "network": "flags", "clients": clients}
    found = [row["report"][figure] for row in rows if told.items() <= row.items()]
    return statistics.median(found) if found else None


def floors(precision, server, full, reduced, engines, lone):
    """Says what any server spends at least, and what FastAPI and vitrine spent."""
    print(precision)
    for name, ms in engines.items():
        print(f"  {name:<14} {ms:.2f} ms in batches of {BATCH}")
    best = min(engines.values())
    print(f"  together       {full + best:.2f} ms, at reduced scale {reduced + best:.2f} ms")
    for name in ("FastAPI", server):
        ms = measured(name, 8, "cpu_ms_per_request")
        if ms:
            print(f"  {name:<14} {ms:.2f} ms in all, a fifth of which is {ms / 5:.2f} ms")
    print(f"  a lone client  waits {full + lone:.2f} ms, {lone:.2f} of them for the network")
    for name in ("FastAPI", server):
        rate = measured(name, 1, "goodput")
        if rate:
            print(f"  {name:<14} {1000 / rate:.2f} ms, a fifth of which is {200 / rate:.2f} ms")


def main():
    if os.environ.get("OMP_NUM_THREADS") != "1":
        prepare(Settings().profile)
        # The libraries read it when they are loaded.
        sys.exit(subprocess.run([PYTHON, *sys.argv], env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode)
    full, reduced, (engines, lone) = decoding(False), decoding(True), networks()
    print(f"decoding        {full:.2f} ms, at reduced scale {reduced:.2f} ms")
    for server, precision in OURS.items():
        floors(precision, server, full, reduced, engines[precision], lone[precision])
    refusal, answers = refusing(), measured("vitrine", 64, "goodput")
    print(f"to refuse       {refusal:.3f} ms of all cores")
    if answers:
        left = 1 / (1 + 3 * refusal * answers / 1000)
        print(f"goodput         {100 * left:.0f} % of the peak at most, {answers:.0f}/s, where three are refused for each answer")


if __name__ == "__main__":
    main()
