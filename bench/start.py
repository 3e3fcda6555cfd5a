#!/usr/bin/env python3
"""How long vitrine takes to start.

    bench/start.py                        with no network, flags and VGG-16, five times each

Prints medians: seconds until the port is open, until the first answer, and until it has stopped.
`bench/memory.py` says what it holds then.
"""

import argparse
import dataclasses
import statistics

from prepare import prepare
from servers import named
from settings import Settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--profile", default="release")
    told = parser.parse_args()
    prepare(told.profile)
    settings = dataclasses.replace(Settings(), profile=told.profile)
    server = named("vitrine", settings)
    print("                  port s   answer s   stop s")
    for network in ["no-op", "flags", "vgg"]:
        rows = []
        for _ in range(told.times):
            process = server.start(network, settings)
            rows.append((process.port_s, process.ready_s, process.stop()))
        port, ready, stop = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{network:<16} {port:>7.2f} {ready:>10.2f} {stop:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
