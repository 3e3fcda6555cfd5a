#!/usr/bin/env python3
"""What vitrine holds in memory beyond libtorch and the weights, at idle and under load.

    bench/memory.py                       VGG-16 with 8 clients, flags and no network with 64

Libtorch is a process that has loaded and asked a network that is nearly none (`vision/examples/base.rs`);
weights count as what they are computed in, four bytes a number. Everything is
resident memory of the one process, pages of its files included, in MiB. Idle is three seconds after the
first answer, and again twenty after the load; under load the most that was seen counts. Ends with status 1 if
a budget is not met.
"""

import argparse
import dataclasses
import json
import math
import struct
import subprocess
import threading
import time

import generator
from prepare import prepare
from servers import named, pictures
from settings import DATA, Settings, program

IDLE_MB, LOAD_MB = 40, 120
# The server gives memory back when nobody has asked for two seconds, and for sixteen.
QUIET_SECONDS, QUIET_AGAIN_SECONDS = 3, 20


def resident(pid, key="VmRSS"):
    """MiB, of a kind that the system tells of a process."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(f"{key}:")) / 1024


def weights(network):
    """MiB of the numbers of a network in f32."""
    path = DATA / "models" / network / "model.safetensors"
    if not path.exists():
        return 0.0
    with open(path, "rb") as file:
        header = json.loads(file.read(*struct.unpack("<Q", file.read(8))))
    return sum(math.prod(it["shape"]) * 4 for key, it in header.items() if key != "__metadata__") / 2**20


class Watched:
    """The most that a process holds while something goes on."""

    def __init__(self, pid):
        self.pid, self.most, self.over = pid, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.over.wait(0.02):
            self.most = max(self.most, resident(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="of load")
    parser.add_argument("--profile", default="release")
    told = parser.parse_args()
    prepare(told.profile)
    settings = dataclasses.replace(Settings(), profile=told.profile)
    base = program("examples/base", settings.profile)
    libtorch = int(subprocess.run([base], capture_output=True, text=True, check=True).stdout.split()[0]) / 1024
    server = named("vitrine", settings)
    print(f"libtorch {libtorch:.1f} MiB; beyond it and the weights, idle at most {IDLE_MB}, load at most {LOAD_MB}:")
    print("network  clients   weights   idle (of files)     load   idle again   answers/s   failed")
    missed = False
    for network, clients in [("vgg", 8), ("flags", 64), ("no-op", 64)]:
        known = libtorch + weights(network)
        with server.start(network, settings) as process:
            pid = process.child.pid
            time.sleep(QUIET_SECONDS)
            idle, files = resident(pid) - known, resident(pid, "RssFile")
            with Watched(pid) as watched:
                report = generator.drive(process, server, pictures(network), settings, told.seconds, clients=clients)
            load = watched.most - known
            time.sleep(QUIET_AGAIN_SECONDS)
            again = resident(pid) - known
        bad = report["refused"] + report["failed"]
        missed |= idle > IDLE_MB or load > LOAD_MB or bad > 0
        print(
            f"{network:<8} {clients:>7} {weights(network):>9.1f} {idle:>6.1f} ({files:>7.1f}) {load:>8.1f}"
            f" {again:>12.1f} {report['rate']:>11.1f} {bad:>8}",
            flush=True,
        )
    raise SystemExit(missed)


if __name__ == "__main__":
    main()
