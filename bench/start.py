#!/usr/bin/env python3
"""How long vitrine takes to start, and what it holds then.

    bench/start.py                        with no network, flags and VGG-16, five times each

Prints medians: seconds until the port is open and until the first answer, and resident memory at idle,
also without what libtorch and the weights take: the memory without a network, and the weights' file.
"""

import argparse
import dataclasses
import statistics
import time

from servers import all_servers
from settings import DATA, Settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--profile", default="release")
    told = parser.parse_args()
    settings = dataclasses.replace(Settings(), profile=told.profile)
    server = next(it for it in all_servers(settings) if it.name == "vitrine")
    print("                  port s   answer s   stop s   memory MB   weights MB")
    for network in ["no-op", "flags", "vgg"]:
        rows = []
        for _ in range(told.times):
            process = server.start(network, settings)
            # What the first answer has set off may still go on.
            time.sleep(1)
            memory = process.memory_mb()
            rows.append((process.port_s, process.ready_s, process.stop(), memory))
        port, ready, stop, memory = (statistics.median(column) for column in zip(*rows, strict=True))
        weights = DATA / "models" / network / "model.safetensors"
        size = weights.stat().st_size / 2**20 if weights.exists() else 0
        print(f"{network:<16} {port:>7.2f} {ready:>10.2f} {stop:>8.2f} {memory:>11.1f} {size:>12.1f}", flush=True)


if __name__ == "__main__":
    main()
