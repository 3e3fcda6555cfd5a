#!/usr/bin/env python3
"""Whether memory grows: resident memory of a server over a million requests.

    bench/soak.py                         1 000 000 requests without a network
    bench/soak.py --requests 100000       for trying
    bench/soak.py --network flags --requests 100000

Prints resident memory as it goes. The first tenth fills caches and pools; what counts is how much comes
after it, which should be 10 MB at most. Ends with status 1 if it is more, or if a request failed.
"""

import argparse
import dataclasses

import generator
from prepare import prepare
from servers import named, pictures
from settings import Settings

STEPS = 20
LIMIT_MB = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="no-op", choices=["no-op", "vgg", "flags"])
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--profile", default="release")
    told = parser.parse_args()
    prepare(told.profile)
    settings = dataclasses.replace(Settings(), profile=told.profile)
    server = named("vitrine", settings)
    step, done, bad, settled = max(told.requests // STEPS, 1), 0, 0, None
    with server.start(told.network, settings) as process:
        print(f"{0:>9} requests  {process.memory_mb():8.1f} MB")
        while done < told.requests:
            report = generator.drive(
                process, server, pictures(told.network), settings, 3600, clients=told.clients, requests=step
            )
            done += step
            bad += report["refused"] + report["failed"]
            memory = process.memory_mb()
            print(f"{done:>9} requests  {memory:8.1f} MB  {report['rate']:7.0f}/s", flush=True)
            if settled is None and done * 10 >= told.requests:
                settled = memory
        peak = process.peak_mb()
    grown = memory - settled
    print(f"grown by {grown:+.1f} MB after the first tenth (at most {LIMIT_MB}), at most {peak:.1f} MB, {bad} failed")
    raise SystemExit(grown > LIMIT_MB or bad > 0)


if __name__ == "__main__":
    main()
